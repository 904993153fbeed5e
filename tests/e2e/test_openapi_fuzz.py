"""Property tests of the running stack against its OpenAPI document."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.stack.client import ServiceClient
from infra.local.stack.stack import Stack
from infra.openapi.document import document
from tests.e2e.conftest import sign_up

RESPONSE_CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
REJECTION_CHECKS: list[Any] = [*RESPONSE_CHECKS, negative_data_rejection]
CHECKS = {GenerationMode.POSITIVE: RESPONSE_CHECKS, GenerationMode.NEGATIVE: REJECTION_CHECKS}
WITHOUT_INPUT = {"GET /marketplaces", "GET /openapi.json", "GET /security.txt"}


def operations(openapi: dict[str, Any]) -> dict[str, Any]:
    """Return the operations of an OpenAPI document, by method and path."""
    found = schemathesis.openapi.from_dict(openapi).get_all_operations()
    return {result.ok().label: result.ok() for result in found if isinstance(result, Ok)}


OPERATIONS = operations(document())
CASES = [
    pytest.param(label, mode, id=f"{mode.value} {label}")
    for label in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or label not in WITHOUT_INPUT
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


def send_generated(
    service: ServiceClient, operation: Any, mode: GenerationMode, examples: int
) -> None:
    """Send generated requests, valid or invalid by `mode`, and check each response."""

    @seed(examples)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        case.call_and_validate(
            base_url=service.api_url,
            headers={"Authorization": f"Bearer {service.api_key}"},
            checks=_checks(case, mode),
        )

    send()


def _checks(case: Any, mode: GenerationMode) -> list[Any]:
    # The service treats an empty query parameter as absent, which schemathesis does not expect.
    return RESPONSE_CHECKS if "" in (case.query or {}).values() else CHECKS[mode]


@pytest.mark.parametrize(("label", "mode"), CASES)
def test_responses_match_the_document(
    sandbox: ServiceClient, label: str, mode: GenerationMode
) -> None:
    send_generated(sandbox, OPERATIONS[label], mode, examples=3)


@pytest.mark.slow
@pytest.mark.parametrize(("label", "mode"), CASES)
@pytest.mark.parametrize("site", ["sandbox", "connected"])
def test_responses_match_the_document_in_many_examples(
    request: pytest.FixtureRequest, site: str, label: str, mode: GenerationMode
) -> None:
    send_generated(request.getfixturevalue(site), OPERATIONS[label], mode, examples=40)


def undocumented_status(openapi: dict[str, Any]) -> None:
    del openapi["paths"]["/products/{asin}"]["get"]["responses"]["404"]


def undocumented_field(openapi: dict[str, Any]) -> None:
    openapi["components"]["schemas"]["ProblemOut"]["required"].append("remedy")


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
    changed = deepcopy(document())
    change(changed)
    with pytest.raises(FailureGroup):
        send_generated(
            sandbox, operations(changed)["GET /products/{asin}"], GenerationMode.POSITIVE, 5
        )
