"""OpenAPI document: up to date, valid, complete, and with the routes of the template."""

import json
from typing import Any
from urllib.parse import urljoin

import jsonschema_rs
import msgspec
import pytest

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.diagnosis import DiagnosticResult, steps_of
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.wiring import Dependencies
from functions.validate.app import VALID
from infra.local.stack.transform import Template
from infra.openapi import document as openapi
from infra.openapi.examples import STEP_DETAILS
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS
from tests.calls import event_of, send
from tests.clock import START
from tests.infra.conftest import ROOT

CONNECTION = Connection(
    "US", "creators", "mysite-20", "…MNOP", "secret", "version", "account", START
)
DOCUMENT: dict[str, Any] = json.loads((ROOT / "infra" / "openapi.json").read_text())


def test_document_is_up_to_date() -> None:
    stored = (ROOT / "infra" / "openapi.json").read_text()
    assert stored == openapi.document_text(), "Run: python -m infra.openapi"


def test_document_has_the_routes_of_the_template(template: Template) -> None:
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


def test_every_reference_has_a_target() -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            direct = [node["$ref"]] if "$ref" in node else []
            return direct + [found for value in node.values() for found in references(value)]
        if isinstance(node, list):
            return [found for value in node for found in references(value)]
        return []

    found = references(DOCUMENT)
    assert len(found) > 200
    for reference in found:
        target: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            target = target[name]


def test_every_problem_has_an_example_with_an_action() -> None:
    classes = [AmzlinkrError]
    for error in classes:
        classes += error.__subclasses__()
    examples = DOCUMENT["components"]["examples"]
    assert {error.code for error in classes} <= set(examples)
    assert {"api_key_rejected", "bad_request"} <= set(examples)
    for code, example in examples.items():
        assert (example["value"]["code"], bool(example["value"]["action"])) == (code, True)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda item: f"{item.method} {item.path}")
def test_request_examples_match_their_schemas(operation: Operation) -> None:
    if operation.body is not None:
        assert operation.example
        msgspec.convert(dict(operation.example), operation.body)
    elif operation.query is not None:
        texts = {name: str(value) for name, value in operation.example.items()}
        msgspec.convert(texts, operation.query, strict=False)
    assert set(operation.path_parameters) == {
        part.strip("{}") for part in operation.path.split("/") if part.startswith("{")
    }


def validator_of(content: dict[str, Any]) -> Any:
    """Return a validator for a schema that refers to components of the document."""
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def test_response_examples_match_their_schemas() -> None:
    count = 0
    for path, calls in DOCUMENT["paths"].items():
        for method, operation in calls.items():
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/json")
                if content is None or path == "/openapi.json":
                    continue
                assert validator_of(content).is_valid(content["example"]), (method, path, status)
                count += 1
    assert count == sum(
        kind not in (None, dict, str)
        for operation in OPERATIONS
        for kind in operation.responses.values()
    )


def test_enums_and_formats_are_documented() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    def values(schema: str, field: str) -> set[str]:
        definition = schemas[schema]["properties"][field]
        if "$ref" in definition:
            definition = schemas[definition["$ref"].rpartition("/")[2]]
        return set(definition["enum"])

    assert values("ChangeOut", "kind") >= {"added", "removed", "expired", "missing"}
    assert values("ProductOut", "price_status") == {
        "current", "hidden", "no_offer", "expired", "missing", "waiting",
    }  # fmt: skip
    assert values("JobProgress", "status") == {"queued", "running", "done", "failed"}
    assert values("Validated", "status") == {"valid", "not_eligible", "throttled"}
    assert "retired" in values("ConnectionOut", "state")
    assert schemas["SiteOut"]["properties"]["created_at"]["format"] == "date-time"


def test_patterns_are_valid_ecma_262_expressions() -> None:
    assert r"\\Z" not in json.dumps(DOCUMENT)
    search = DOCUMENT["paths"]["/search"]["get"]["parameters"]
    (category,) = [item["schema"] for item in search if item["name"] == "category"]
    schema = jsonschema_rs.Draft202012Validator(category)
    assert [schema.is_valid(text) for text in ("Electronics", "ElectronicsZ1", "")] == [
        True, False, False,
    ]  # fmt: skip


def test_server_url_is_relative_to_the_document() -> None:
    (server,) = DOCUMENT["servers"]
    for base in ("https://abc.example/api/v1", "https://api.example/v1"):
        assert urljoin(f"{base}/openapi.json", server["url"]) == base


def test_operation_ids_are_distinct() -> None:
    ids = [openapi.operation_id(operation) for operation in OPERATIONS]
    assert len(set(ids)) == len(ids)


def test_document_is_public_and_cacheable(deps: Dependencies) -> None:
    first = send(deps, event_of("GET", "/v1/openapi.json"))
    assert (first.status, first.json) == (200, DOCUMENT)
    assert first.headers["cache-control"] == "public, max-age=3600"
    again = event_of("GET", "/v1/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert send(deps, again).status == 304


def test_examples_contain_the_texts_of_the_code() -> None:
    steps = steps_of(CONNECTION, DiagnosticResult("B0EXAMPLE1", None, "request"))
    document = json.dumps(DOCUMENT, ensure_ascii=False)

    assert VALID in document
    assert tuple(step.detail for step in steps[:-1]) == STEP_DETAILS[:-1]


def test_interval_of_refreshes_states_the_guide_of_amazon() -> None:
    settings = DOCUMENT["components"]["schemas"]["SiteSettings"]["properties"]["refresh_hours"]

    assert "2 to 12 hours exceed" in json.dumps(settings)
