"""Linters and the validator: they find nothing in the served document, and a planted flaw."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.api.tools import HERE, node_tool, python_tool, run_node_script, run_tool

pytestmark = pytest.mark.api_tools


def redocly(document: str) -> list[str]:
    """Return what Redocly finds in a document at a URL or path."""
    configuration = str(HERE / "redocly.yaml")
    found: list[str] = json.loads(run_node_script("lint_redocly.mjs", configuration, document))
    return found


def spectral(document: str) -> list[str]:
    """Return what Spectral finds in a document at a URL or path, hints included."""
    command = [node_tool("spectral"), "lint", "--ruleset", str(HERE / "spectral.yaml")]
    command += ["--format", "json", "--quiet", "--fail-severity", "hint", document]
    found = json.loads(run_tool(command, accepted=(0, 1)))
    return [f"{item['code']} {'/'.join(item['path'])}: {item['message']}" for item in found]


def test_redocly_finds_nothing(document_url: str) -> None:
    assert redocly(document_url) == []


def test_spectral_finds_nothing(document_url: str) -> None:
    assert spectral(document_url) == []


def test_openapi_spec_validator_accepts_the_document(document_file: Path) -> None:
    run_tool([python_tool("openapi-spec-validator"), "--schema", "3.1", str(document_file)])


def description_removed(document: dict[str, Any]) -> None:
    del document["paths"]["/search"]["get"]["description"]


def component_unused(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Unused"] = {"type": "string", "description": "Unused."}


@pytest.mark.parametrize(
    ("flaw", "rules"),
    [
        (description_removed, ("operation-description", "operation-description")),
        (component_unused, ("no-unused-components", "oas3-unused-component")),
    ],
)
def test_linters_detect_a_flaw(
    document: dict[str, Any],
    flaw: Callable[[dict[str, Any]], None],
    rules: tuple[str, str],
    tmp_path: Path,
) -> None:
    changed = deepcopy(document)
    flaw(changed)
    file = tmp_path / "flawed.json"
    file.write_text(json.dumps(changed))

    for linter, rule in zip((redocly, spectral), rules, strict=True):
        assert any(rule in found for found in linter(str(file)))


@pytest.mark.parametrize(
    ("rule", "place", "flaw"),
    [
        ("absolute-server-url", "servers", [{"url": "../v1"}]),
        ("described-headers", "headers", {"ETag": {"schema": {"type": "string"}}}),
        ("described-schemas", "schemas", {"Money": {"type": "string"}}),
        (
            "described-properties",
            "schemas",
            {"Money": {"properties": {"currency": {"type": "string"}}}},
        ),
    ],
)
def test_own_rules_of_spectral_detect_a_flaw(
    rule: str, place: str, flaw: Any, tmp_path: Path
) -> None:
    document: dict[str, Any] = {"openapi": "3.1.0", "paths": {}, "components": {}}
    (document if place == "servers" else document["components"])[place] = flaw
    file = tmp_path / "flawed.json"
    file.write_text(json.dumps(document))

    assert any(found.startswith(f"{rule} ") for found in spectral(str(file)))


@pytest.mark.parametrize(
    ("rule", "operation"),
    [
        ("no-null-parameters", {"parameters": [{"schema": {"type": ["string", "null"]}}]}),
        ("no-null-parameters", {"parameters": [{"schema": {"anyOf": [{"type": "null"}]}}]}),
        ("parameter-examples", {"parameters": [{"schema": {"type": "string"}}]}),
        ("named-operations", {"operationId": "get_products_asin"}),
    ],
)
def test_own_rules_about_operations_detect_a_flaw(
    rule: str, operation: Any, tmp_path: Path
) -> None:
    file = tmp_path / "flawed.json"
    file.write_text(json.dumps({"openapi": "3.1.0", "paths": {"/a": {"get": operation}}}))

    assert any(found.startswith(f"{rule} ") for found in spectral(str(file)))
