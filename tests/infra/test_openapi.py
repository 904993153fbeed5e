"""OpenAPI document: up to date, valid, complete, and with the routes of the template."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from amzlinkr import SERVICE_VERSION
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.diagnosis import DiagnosticResult, steps_of
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.product_errors import NotAccessible
from amzlinkr.http.schemas.problems import ProblemOut
from amzlinkr.wiring import Dependencies
from functions.validate.app import VALID
from infra.local.stack.transform import Template
from infra.openapi import document as openapi
from infra.openapi.examples import STEP_DETAILS
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS
from tests.calls import API_URL, event_of, send
from tests.clock import START
from tests.infra.conftest import ROOT

CONNECTION = Connection(
    "US", "creators", "mysite-20", "…MNOP", "secret", "version", "account", START
)
DOCUMENT: dict[str, Any] = json.loads((ROOT / "infra" / "openapi.json").read_text())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def test_document_is_up_to_date() -> None:
    stored = (ROOT / "infra" / "openapi.json").read_text()
    assert stored == openapi.document_text(), "Run: python -m infra.openapi"


def test_document_has_the_routes_of_the_template(template: Template) -> None:
    body = template["Resources"]["Api"]["Properties"]["Body"]
    deployed = {
        (path.removeprefix("/v1"), method)
        for path, methods in body["paths"].items()
        for method in methods
        if method != "head"
    }
    with_head = {path for path, methods in body["paths"].items() if "head" in methods}
    assert with_head == {path for path, methods in body["paths"].items() if "get" in methods}
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
    assert {error.code for error in classes} - {NotAccessible.code} == set(examples)
    assert {"api_key_rejected", "bad_request"} <= set(examples)
    for code, example in examples.items():
        assert (example["value"]["code"], bool(example["value"]["action"])) == (code, True)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda item: f"{item.method} {item.path}")
def test_request_examples_match_their_schemas(operation: Operation) -> None:
    if operation.body is not None:
        assert operation.example
        shown = [value for _, value in operation.examples.values()] or [operation.example]
        for value in shown:
            msgspec.convert(dict(value), operation.body)
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


def open_values(schema: str, field: str) -> set[str]:
    """Return the documented values of an open enumeration of responses."""
    reference = SCHEMAS[schema]["properties"][field]["$ref"].rpartition("/")[2]
    assert "enum" not in SCHEMAS[reference]
    return set(SCHEMAS[reference]["x-extensible-enum"])


def test_enumerations_of_responses_are_open() -> None:
    assert open_values("Change", "kind") >= {"added", "removed", "expired", "missing"}
    assert open_values("Product", "price_status") == {
        "current", "hidden", "no_offer", "expired", "missing", "waiting",
    }  # fmt: skip
    assert open_values("ImportJob", "status") == {"queued", "running", "done", "failed"}
    assert open_values("ValidationResult", "status") == {"valid", "not_eligible", "throttled"}
    assert "retired" in open_values("Connection", "state")
    assert SCHEMAS["Site"]["properties"]["created_at"]["format"] == "date-time"


def test_enumerations_of_requests_are_closed() -> None:
    scope = SCHEMAS["ApiKeyRequest"]["properties"]["scope"]
    (sort,) = [item for item in parameters_of("/search", "get") if item["name"] == "sort"]

    assert scope["enum"] == ["read", "full"]
    assert "Price:LowToHigh" in sort["schema"]["enum"]
    assert SCHEMAS["MarketplaceCode"]["enum"] == list(MARKETPLACES)


def nodes(node: Any, path: str = "#") -> Iterator[tuple[str, Any]]:
    """Yield each node of a document with its path."""
    yield path, node
    if isinstance(node, dict | list):
        for name, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from nodes(value, f"{path}/{name}")


def parameters_of(path: str, method: str) -> list[dict[str, Any]]:
    """Return the parameters of an operation, without references."""
    shared = DOCUMENT["components"]["parameters"]
    return [
        shared[item["$ref"].rpartition("/")[2]] if "$ref" in item else item
        for item in DOCUMENT["paths"][path][method]["parameters"]
    ]


def test_everything_is_described() -> None:
    named = (
        {f"schema {name}": schema for name, schema in SCHEMAS.items()}
        | {
            f"{schema}.{name}": field
            for schema, content in SCHEMAS.items()
            for name, field in content.get("properties", {}).items()
        }
        | {
            f"{kind} {name}": value
            for kind in ("headers", "parameters", "responses", "securitySchemes")
            for name, value in DOCUMENT["components"][kind].items()
        }
        | {f"tag {tag['name']}": tag for tag in DOCUMENT["tags"]}
    )
    for path, calls in DOCUMENT["paths"].items():
        for method, call in calls.items():
            named[f"{method} {path}"] = call
            named |= {
                f"{method} {path} {item['name']}": item for item in parameters_of(path, method)
            } | {
                f"{method} {path} {status}": response
                for status, response in call["responses"].items()
                if "$ref" not in response
            }

    assert [name for name, value in named.items() if len(value.get("description", "")) < 5] == []
    assert len(named) > 500


def test_each_value_of_an_enumeration_is_described() -> None:
    count, by_path = 0, dict(nodes(DOCUMENT))
    for path, node in by_path.items():
        if isinstance(node, dict) and isinstance(node.get("type"), str):
            values = node.get("enum") or node.get("x-extensible-enum") or []
            # The schema of a parameter is described by the parameter.
            parent = by_path[path.removesuffix("/schema")]
            text = node.get("description") or parent.get("description", "")
            for value in values:
                assert f"- `{value}`: " in text, (path, value)
                count += 1
    assert count > 100


def test_nothing_is_null() -> None:
    for path, node in nodes(DOCUMENT):
        assert node is not None, path
        assert node != {"type": "null"}, path


def test_descriptions_of_responses_do_not_repeat_the_summary() -> None:
    for operation in OPERATIONS:
        for status in operation.responses:
            assert operation.text_of(status) != operation.summary


def test_credentials_are_selected_by_their_api() -> None:
    content = DOCUMENT["paths"]["/validate"]["post"]["requestBody"]["content"]["application/json"]
    credentials = SCHEMAS["Credentials"]

    assert content["schema"] == {"$ref": "#/components/schemas/Credentials"}
    assert set(content["examples"]) == {"creators", "paapi5"}
    assert credentials["discriminator"]["mapping"] == {
        "creators": "#/components/schemas/CreatorsCredentials",
        "paapi5": "#/components/schemas/PaapiCredentials",
    }
    assert [one["$ref"] for one in credentials["oneOf"]] == list(
        credentials["discriminator"]["mapping"].values()
    )
    assert SCHEMAS["PaapiCredentials"]["properties"]["api"]["const"] == "paapi5"
    assert SCHEMAS["PaapiCredentials"]["deprecated"] is True


def test_schemas_are_not_named_like_their_fields() -> None:
    for name, schema in SCHEMAS.items():
        assert name.casefold() not in {field.casefold() for field in schema.get("properties", {})}
        assert not name.endswith(("Out", "Input"))


def test_headers_are_declared() -> None:
    product = DOCUMENT["paths"]["/products/{asin}"]["get"]["responses"]
    started = DOCUMENT["paths"]["/import"]["post"]["responses"]["202"]
    shown = DOCUMENT["paths"]["/marketplaces"]["get"]["responses"]["200"]
    problems = DOCUMENT["components"]["responses"]

    assert {"ETag", "RateLimit", "Request-Id"} <= set(product["200"]["headers"])
    assert {"ETag", "Request-Id"} <= set(product["304"]["headers"])
    assert "Location" in started["headers"]
    assert "Access-Control-Allow-Origin" in shown["headers"]
    assert all({"Request-Id", "RateLimit"} <= set(one["headers"]) for one in problems.values())
    assert "Retry-After" in problems["ServiceUnavailable"]["headers"]
    assert "WWW-Authenticate" in problems["Unauthorized"]["headers"]
    (key,) = [one for one in parameters_of("/import", "post") if one["in"] == "header"]
    assert key["name"] == "Idempotency-Key"


def test_confirmation_of_a_deletion_is_required() -> None:
    (confirm,) = parameters_of("/site", "delete")

    assert (confirm["name"], confirm["required"], "default" in confirm["schema"]) == (
        "confirm", True, False,
    )  # fmt: skip


def test_version_is_that_of_the_project() -> None:
    assert DOCUMENT["info"]["version"] == SERVICE_VERSION


def test_introduction_states_the_compatibility_policy() -> None:
    text = " ".join(DOCUMENT["info"]["description"].split())

    for part in ("x-extensible-enum", "`Deprecation`", "`Sunset`", "Clients must ignore fields"):
        assert part in text


def test_examples_of_problems_have_the_members_of_responses() -> None:
    examples = {code: one["value"] for code, one in DOCUMENT["components"]["examples"].items()}

    assert examples["rate_limited"]["retry_after"] > 0
    assert examples["amazon_throttled"]["retry_after"] > 0
    assert examples["amazon_keys_rejected"]["upstream"]["status"] == 401
    assert examples["not_connected"]["field"] == "marketplace"
    assert len(examples["invalid_request"]["errors"]) == 2
    for code, example in examples.items():
        assert msgspec.convert(example, ProblemOut).type == f"{API_URL}/problems/{code}"


def test_patterns_are_valid_ecma_262_expressions() -> None:
    assert r"\\Z" not in json.dumps(DOCUMENT)
    search = DOCUMENT["paths"]["/search"]["get"]["parameters"]
    (category,) = [item["schema"] for item in search if item["name"] == "category"]
    schema = jsonschema_rs.Draft202012Validator(category)
    assert [schema.is_valid(text) for text in ("Electronics", "ElectronicsZ1", "")] == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("domain", "path", "url"),
    [
        ("abc.execute-api.us-east-1.amazonaws.com", "/api/v1/openapi.json", "/api/v1"),
        ("amzlinkr.example.com", "/v1/openapi.json", "/v1"),
    ],
)
def test_server_url_is_the_one_of_the_request(
    domain: str, path: str, url: str, deps: Dependencies
) -> None:
    event = event_of("GET", "/v1/openapi.json", headers={"Host": "evil.example"})
    event["requestContext"] |= {"domainName": domain, "path": path}

    shown = send(deps, event).json

    assert [server["url"] for server in shown["servers"]] == [f"https://{domain}{url}"]
    assert "evil.example" not in json.dumps(shown)


def test_every_parameter_has_an_example() -> None:
    shared = DOCUMENT["components"]["parameters"]
    for path, calls in DOCUMENT["paths"].items():
        for method, operation in calls.items():
            for parameter in operation["parameters"]:
                name = parameter.get("$ref", "").rpartition("/")[2]
                assert shared.get(name, parameter).get("example") is not None, (method, path)


def test_no_property_has_a_default() -> None:
    """Generators of TypeScript take such a property as always present, also in requests."""
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, kind in schema.get("properties", {}).items():
            assert "default" not in kind, f"{name}.{field}"


def test_operation_ids_are_distinct() -> None:
    ids = [operation.id for operation in OPERATIONS]
    assert len(set(ids)) == len(ids)


def test_document_is_public_and_cacheable(deps: Dependencies) -> None:
    first = send(deps, event_of("GET", "/v1/openapi.json"))
    assert first.status == 200
    assert first.json == DOCUMENT | {"servers": [{"url": API_URL, "description": "This service."}]}
    assert first.headers["cache-control"] == "public, max-age=3600"
    again = event_of("GET", "/v1/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert send(deps, again).status == 304


def test_examples_contain_the_texts_of_the_code() -> None:
    steps = steps_of(CONNECTION, DiagnosticResult("B0EXAMPLE1", None, "request"))
    document = json.dumps(DOCUMENT, ensure_ascii=False)

    assert VALID in document
    assert tuple(step.detail for step in steps[:-1]) == STEP_DETAILS[:-1]


def test_interval_of_refreshes_states_the_guide_of_amazon() -> None:
    settings = SCHEMAS["SiteSettings"]["properties"]["refresh_hours"]

    assert "2 to 12 hours exceed" in json.dumps(settings)
