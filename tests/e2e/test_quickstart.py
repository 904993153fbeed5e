"""Execution of docs/quickstart.md: its commands run in order and print what it documents."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack.processes import choose_port
from infra.local.stack.stack import Stack
from tests.e2e.documented_commands import difference, run_document

QUICKSTART = Path(__file__).parents[2] / "docs" / "quickstart.md"


@pytest.mark.skipif(not shutil.which("curl"), reason="the page is about curl")
def test_quickstart_prints_what_it_documents(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_text(json.dumps(stack.description()))

    run_document(QUICKSTART, tmp_path, {"SITE_PORT": str(choose_port(None))})


@pytest.mark.parametrize(
    ("documented", "found"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({"a": "…"}, {"a": ""}),
        ({"a": "x…"}, {"a": "yx"}),
        ([{"a": 1}, {"a": 1}], [{"a": 1}]),
        ([{"a": 1}], [{"a": 2}]),
        ({"a": {"b": 1}}, {"a": 1}),
    ],
)
def test_differences_from_the_document_are_found(documented: Any, found: Any) -> None:
    assert difference(documented, found)


def test_more_than_the_document_shows_is_no_difference() -> None:
    assert not difference({"a": "x…", "b": [1]}, {"a": "xy", "b": [1, 2], "c": 3})
