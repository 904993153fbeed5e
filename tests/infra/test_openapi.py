"""The OpenAPI document: drawn from the code as it is, about the routes there are."""

import json
from typing import Any
from urllib.parse import urljoin

import jsonschema_rs
import msgspec
import pytest

from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.wiring import Dependencies
from infra.local.stack.transform import Template
from infra.openapi import document as openapi
from infra.openapi.operations import OPERATIONS, Operation
from tests.calls import event_of, send
from tests.infra.conftest import ROOT

DOCUMENT: dict[str, Any] = json.loads((ROOT / "infra" / "openapi.json").read_text())


def test_it_is_up_to_date() -> None:
    stored = (ROOT / "infra" / "openapi.json").read_text()
    assert stored == openapi.text(), "Run: python -m infra.openapi.document"


def test_it_names_the_routes_of_the_template(template: Template) -> None:
    body = template["Resources"]["Api"]["Properties"]["Body"]
    deployed = {
        (path.removeprefix("/v1"), method)
        for path, methods in body["paths"].items()
        for method in methods
        if method != "options"
    }
    described = {(path, method) for path, calls in DOCUMENT["paths"].items() for method in calls}
    assert described == deployed
    for path, method in described:
        is_public = DOCUMENT["paths"][path][method].get("security") == []
        assert is_public == (body["paths"]["/v1" + path][method]["security"] == [{"NONE": []}])


def test_every_reference_leads_somewhere() -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [found for value in node.values() for found in references(value)]
        if isinstance(node, list):
            return [found for value in node for found in references(value)]
        return []

    found = references(DOCUMENT)
    assert len(found) > 200
    for reference in found:
        place: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]


def test_every_problem_is_there_with_its_action() -> None:
    kinds = [AmzlinkrError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    examples = DOCUMENT["components"]["examples"]
    assert {kind.code for kind in kinds} <= set(examples)
    assert {"api_key_rejected", "bad_request"} <= set(examples)
    for code, example in examples.items():
        assert (example["value"]["code"], bool(example["value"]["action"])) == (code, True)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_examples_are_what_the_schemas_take(operation: Operation) -> None:
    if operation.body is not None:
        assert operation.example
        msgspec.convert(dict(operation.example), operation.body)
    elif operation.query is not None:
        texts = {name: str(value) for name, value in operation.example.items()}
        msgspec.convert(texts, operation.query, strict=False)
    assert set(operation.names) == {
        part.strip("{}") for part in operation.path.split("/") if part.startswith("{")
    }


def resolved(content: dict[str, Any]) -> Any:
    """A validator of what is promised, with references into the document."""
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def test_every_answer_has_an_example_that_is_one() -> None:
    count = 0
    for path, calls in DOCUMENT["paths"].items():
        for method, operation in calls.items():
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/json")
                if content is None or path == "/openapi.json":
                    continue
                assert resolved(content).is_valid(content["example"]), (method, path, status)
                count += 1
    assert count == sum(
        kind not in (None, dict) for one in OPERATIONS for kind in one.answers.values()
    )


def test_closed_vocabularies_and_times_are_said() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    def words(schema: str, field: str) -> set[str]:
        found = schemas[schema]["properties"][field]
        if "$ref" in found:
            found = schemas[found["$ref"].rpartition("/")[2]]
        return set(found["enum"])

    assert words("ChangeOut", "kind") >= {"added", "removed", "expired"}
    assert words("ProductOut", "price_status") == {"current", "expired", "hidden", "no_offer"}
    assert words("JobProgress", "status") == {"queued", "running", "done", "failed"}
    assert words("Validated", "status") == {"valid", "not_eligible", "throttled"}
    assert "retired" in words("ConnectionOut", "state")
    assert schemas["SiteOut"]["properties"]["created_at"]["format"] == "date-time"


def test_patterns_are_regular_expressions_for_javascript_too() -> None:
    assert r"\\Z" not in json.dumps(DOCUMENT)
    search = DOCUMENT["paths"]["/search"]["get"]["parameters"]
    (category,) = [one["schema"] for one in search if one["name"] == "category"]
    schema = jsonschema_rs.Draft202012Validator(category)
    assert [schema.is_valid(word) for word in ("Electronics", "ElectronicsZ1", "")] == [
        True, False, False,
    ]  # fmt: skip


def test_its_calls_are_beside_it_wherever_it_is() -> None:
    (server,) = DOCUMENT["servers"]
    for place in ("https://abc.example/api/v1", "https://api.example/v1"):
        assert urljoin(f"{place}/openapi.json", server["url"]) == place


def test_operation_ids_are_distinct() -> None:
    names = [openapi.operation_id(operation) for operation in OPERATIONS]
    assert len(set(names)) == len(names)


def test_it_is_served_to_everybody_and_cached(deps: Dependencies) -> None:
    first = send(deps, event_of("GET", "/v1/openapi.json"))
    assert (first.status, first.json) == (200, DOCUMENT)
    assert first.headers["cache-control"] == "public, max-age=3600"
    again = event_of("GET", "/v1/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert send(deps, again).status == 304
