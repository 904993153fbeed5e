"""Execution of docs/quickstart.md: its commands run in order and print what it documents."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack.processes import choose_port
from infra.local.stack.stack import Stack
from tests.docs.markdown import Block, fenced_blocks

QUICKSTART = Path(__file__).parents[2] / "docs" / "quickstart.md"
SEPARATOR = "\x1e"
OMITTED = "…"
MAX_SECONDS = 120


@pytest.mark.skipif(not shutil.which("curl"), reason="the page is about curl")
def test_quickstart_prints_what_it_documents(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_text(json.dumps(stack.description()))
    steps = steps_of(fenced_blocks(QUICKSTART.read_text("utf-8")))

    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script_of([code for code, _ in steps])],
        cwd=tmp_path,
        env={**os.environ, "SITE_PORT": str(choose_port(None)), "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
        check=False,
    )

    assert result.returncode == 0, f"{result.stderr}\n{result.stdout}"
    outputs = result.stdout.split(SEPARATOR)
    assert len(outputs) == len(steps)
    for (code, documented), output in zip(steps, outputs, strict=True):
        if documented is None:
            assert not output.strip(), f"undocumented output of:\n{code}\n{output}"
        else:
            assert not difference(documented, json.loads(output)), f"{code}\n{output}"


def steps_of(blocks: list[Block]) -> list[tuple[str, Any]]:
    """Pair each block of commands with the documented output that follows it, if any."""
    steps: list[tuple[str, Any]] = []
    for block in blocks:
        if block.language == "sh":
            steps.append((block.content, None))
        elif block.language == "json":
            steps[-1] = (steps[-1][0], json.loads(block.content))
    return steps


def script_of(codes: list[str]) -> str:
    """Return one script, so that later blocks see the variables of earlier ones."""
    # A failed command ends the script, but not what runs in its background.
    stop_background = "trap 'jobs -p | xargs --no-run-if-empty kill' EXIT"
    return "\n".join([stop_background, "\nprintf '\\036'\n".join(codes)])


def difference(documented: Any, found: Any) -> str:
    """Return the first documented value that differs from the output; "" if there is none.

    Objects may have more fields and lists more items than documented.
    """
    if documented == OMITTED:
        return "" if found else "empty"
    if isinstance(documented, dict) and isinstance(found, dict):
        for name, value in documented.items():
            if problem := difference(value, found.get(name)):
                return f"{name}: {problem}"
        return ""
    if isinstance(documented, list) and isinstance(found, list):
        if len(found) < len(documented):
            return f"{len(found)} items"
        pairs = zip(documented, found, strict=False)
        return next((problem for pair in pairs if (problem := difference(*pair))), "")
    return "" if documented == found else f"{documented!r} is documented, {found!r} was found"


@pytest.mark.parametrize(
    ("documented", "found"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({"a": "…"}, {"a": ""}),
        ([{"a": 1}, {"a": 1}], [{"a": 1}]),
        ([{"a": 1}], [{"a": 2}]),
        ({"a": {"b": 1}}, {"a": 1}),
    ],
)
def test_differences_from_the_document_are_found(documented: Any, found: Any) -> None:
    assert difference(documented, found)


def test_more_than_the_document_shows_is_no_difference() -> None:
    assert not difference({"a": "…", "b": [1]}, {"a": "x", "b": [1, 2], "c": 3})
