"""Requests that schemathesis generates from an OpenAPI document, and the checks of the responses.

Tests import this module when they run: schemathesis takes every process a second to import.
"""

from functools import cache
from typing import Any

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

from infra.local.stack.client import ServiceClient
from infra.openapi.document import document

RESPONSE_CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
REJECTION_CHECKS: list[Any] = [*RESPONSE_CHECKS, negative_data_rejection]
CHECKS = {GenerationMode.POSITIVE: RESPONSE_CHECKS, GenerationMode.NEGATIVE: REJECTION_CHECKS}
DEVIATION = FailureGroup
"""The exception about responses that deviate from the document."""


def operations(openapi: dict[str, Any]) -> dict[str, Any]:
    """Return the operations of an OpenAPI document, by method and path."""
    found = schemathesis.openapi.from_dict(openapi).get_all_operations()
    return {result.ok().label: result.ok() for result in found if isinstance(result, Ok)}


@cache
def documented_operations() -> dict[str, Any]:
    """Return the operations of the service's document."""
    return operations(document())


def send_generated(service: ServiceClient, operation: Any, mode: str, examples: int) -> None:
    """Send generated requests, valid or invalid by `mode`, and check each response."""
    generation = GenerationMode(mode)

    @seed(examples)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=operation.as_strategy(generation_mode=generation))
    def send(case: Any) -> None:
        case.call_and_validate(
            base_url=service.api_url,
            headers={"Authorization": f"Bearer {service.api_key}"},
            checks=_checks(case, generation),
        )

    send()


def _checks(case: Any, mode: GenerationMode) -> list[Any]:
    # The service treats an empty query parameter as absent, which schemathesis does not expect.
    return RESPONSE_CHECKS if "" in (case.query or {}).values() else CHECKS[mode]
