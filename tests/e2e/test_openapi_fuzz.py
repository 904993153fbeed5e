"""Property tests of the running stack against its OpenAPI document."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.stack.client import ServiceClient
from infra.local.stack.stack import Stack
from infra.openapi.document import document
from tests.e2e.conftest import sign_up

COMMITTED = json.loads((Path(__file__).parents[2] / "infra" / "openapi.json").read_text())
POSITIVE, NEGATIVE = "positive", "negative"
WITHOUT_INPUT = {
    "GET /marketplaces", "GET /openapi.json", "GET /security.txt", "GET /problems/{code}",
}  # fmt: skip
"""Operations for which no input is invalid: a problem code is any text."""
METHODS = {"get", "post", "put", "patch", "delete"}
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, item in COMMITTED["paths"].items()
    for method in item
    if method in METHODS
]
CASES = [
    pytest.param(label, mode, id=f"{mode} {label}")
    for label in OPERATIONS
    for mode in (POSITIVE, NEGATIVE)
    if mode == POSITIVE or label not in WITHOUT_INPUT
]


@pytest.fixture(scope="module")
def sandbox(stack: Stack) -> ServiceClient:
    """Return a client with a sandbox key of a new site, so that no request affects other tests."""
    service = sign_up(stack)
    created = service.call("POST", "/keys", {"mode": "test"})
    assert created.status == 201, created.json
    service.api_key = created.json["api_key"]
    return service


@pytest.fixture(scope="module")
def connected(stack: Stack) -> ServiceClient:
    """Return a client of a new site with valid Amazon credentials."""
    service = sign_up(stack)
    assert service.call("POST", "/validate", CREATORS_CREDENTIALS).status == 200
    return service


def send_generated(service: ServiceClient, label: str, mode: str, examples: int) -> None:
    """Send generated requests to an operation, valid or invalid by `mode`, and check responses."""
    from tests.e2e import generated_requests

    operation = generated_requests.documented_operations()[label]
    generated_requests.send_generated(service, operation, mode, examples)


def test_all_documented_operations_are_tested() -> None:
    from tests.e2e import generated_requests

    assert list(generated_requests.documented_operations()) == OPERATIONS


@pytest.mark.parametrize(("label", "mode"), CASES)
def test_responses_match_the_document(sandbox: ServiceClient, label: str, mode: str) -> None:
    send_generated(sandbox, label, mode, examples=2)


@pytest.mark.slow
@pytest.mark.parametrize(("label", "mode"), CASES)
@pytest.mark.parametrize("site", ["sandbox", "connected"])
def test_responses_match_the_document_in_many_examples(
    request: pytest.FixtureRequest, site: str, label: str, mode: str
) -> None:
    send_generated(request.getfixturevalue(site), label, mode, examples=40)


def undocumented_status(openapi: dict[str, Any]) -> None:
    del openapi["paths"]["/products/{asin}"]["get"]["responses"]["404"]


def undocumented_field(openapi: dict[str, Any]) -> None:
    openapi["components"]["schemas"]["Problem"]["required"].append("remedy")


def undocumented_content_type(openapi: dict[str, Any]) -> None:
    reference = openapi["paths"]["/products/{asin}"]["get"]["responses"]["404"]["$ref"]
    content = openapi["components"]["responses"][reference.rpartition("/")[2]]["content"]
    content["text/plain"] = content.pop("application/problem+json")


@pytest.mark.parametrize(
    "change", [undocumented_status, undocumented_field, undocumented_content_type]
)
def test_a_deviation_from_the_document_is_detected(
    sandbox: ServiceClient, change: Callable[[dict[str, Any]], None]
) -> None:
    from tests.e2e import generated_requests

    changed = deepcopy(document())
    change(changed)
    operation = generated_requests.operations(changed)["GET /products/{asin}"]
    with pytest.raises(generated_requests.DEVIATION):
        generated_requests.send_generated(sandbox, operation, POSITIVE, 5)
