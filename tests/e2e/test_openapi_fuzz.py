"""Over the wire, the stack keeps what its OpenAPI document promises, whatever it is sent."""

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

ANSWERED: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
REFUSED: list[Any] = [*ANSWERED, negative_data_rejection]
CHECKS = {GenerationMode.POSITIVE: ANSWERED, GenerationMode.NEGATIVE: REFUSED}
NOTHING_TO_SPOIL = {"GET /marketplaces", "GET /openapi.json"}


def operations(promised: dict[str, Any]) -> dict[str, Any]:
    """What can be asked for, by its method and path."""
    found = schemathesis.openapi.from_dict(promised).get_all_operations()
    return {one.ok().label: one.ok() for one in found if isinstance(one, Ok)}


PROMISED = operations(document())
ASKED = [
    pytest.param(label, mode, id=f"{mode.value} {label}")
    for label in PROMISED
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or label not in NOTHING_TO_SPOIL
]


@pytest.fixture(scope="module")
def sandbox(stack: Stack) -> ServiceClient:
    """A site of its own with a test key: nothing that is guessed here can end another test."""
    service = sign_up(stack)
    made = service.call("POST", "/keys", {"mode": "test"})
    assert made.status == 201, made.json
    service.api_key = made.json["api_key"]
    return service


@pytest.fixture(scope="module")
def connected(stack: Stack) -> ServiceClient:
    """A site of its own with valid keys of Amazon."""
    service = sign_up(stack)
    assert service.call("POST", "/validate", CREATORS_CREDENTIALS).status == 200
    return service


def ask(service: ServiceClient, operation: Any, mode: GenerationMode, examples: int) -> None:
    """Send requests that are as the document wants them, or are not, and check each answer."""

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
    def one(case: Any) -> None:
        case.call_and_validate(
            base_url=service.api_url,
            headers={"Authorization": f"Bearer {service.api_key}"},
            checks=CHECKS[mode],
        )

    one()


@pytest.mark.parametrize(("label", "mode"), ASKED)
def test_every_answer_is_as_promised(
    sandbox: ServiceClient, label: str, mode: GenerationMode
) -> None:
    ask(sandbox, PROMISED[label], mode, examples=5)


@pytest.mark.prove
@pytest.mark.parametrize(("label", "mode"), ASKED)
@pytest.mark.parametrize("whose", ["sandbox", "connected"])
def test_every_answer_is_as_promised_many_times(
    request: pytest.FixtureRequest, whose: str, label: str, mode: GenerationMode
) -> None:
    ask(request.getfixturevalue(whose), PROMISED[label], mode, examples=100)


def unpromised_status(promised: dict[str, Any]) -> None:
    del promised["paths"]["/products/{asin}"]["get"]["responses"]["404"]


def unpromised_field(promised: dict[str, Any]) -> None:
    promised["components"]["schemas"]["ProblemOut"]["required"].append("remedy")


def unpromised_type(promised: dict[str, Any]) -> None:
    content = promised["paths"]["/products/{asin}"]["get"]["responses"]["404"]["content"]
    content["text/plain"] = content.pop("application/problem+json")


@pytest.mark.parametrize("broken", [unpromised_status, unpromised_field, unpromised_type])
def test_a_broken_promise_is_noticed(
    sandbox: ServiceClient, broken: Callable[[dict[str, Any]], None]
) -> None:
    promised = deepcopy(document())
    broken(promised)
    with pytest.raises(FailureGroup):
        ask(sandbox, operations(promised)["GET /products/{asin}"], GenerationMode.POSITIVE, 5)
