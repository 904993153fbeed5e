"""Execution of a document: its commands run in order and print what it documents."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.docs.markdown import Block, fenced_blocks

SEPARATOR = "\x1e"
OMITTED = "…"
MAX_SECONDS = 120


def run_document(document: Path, folder: Path, variables: Mapping[str, str]) -> None:
    """Run the `sh` blocks of a document, and compare their output with its `json` blocks."""
    run_text(document.read_text("utf-8"), folder, variables)


def run_text(text: str, folder: Path, variables: Mapping[str, str]) -> None:
    """Run the `sh` blocks of a text, and compare their output with its `json` blocks."""
    steps = steps_of(fenced_blocks(text))

    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script_of([code for code, _ in steps])],
        cwd=folder,
        env={**os.environ, "no_proxy": "*", **variables},
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
    if isinstance(documented, str) and documented.endswith(OMITTED):
        beginning = documented.removesuffix(OMITTED)
        return "" if found and str(found).startswith(beginning) else f"{found!r} for {documented}"
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
