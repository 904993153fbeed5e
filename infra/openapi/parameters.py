"""Parameters of the OpenAPI document: in the path, the query and headers."""

from collections.abc import Iterator
from typing import Any

from infra.openapi.operation import Operation
from infra.openapi.parameter_examples import PARAMETER_EXAMPLES
from infra.openapi.schemas import MARKETPLACE_CODE_NAME, component_of, reference_to

_LIST_NAME = r"^[a-z0-9-]{1,64}$"
PATH_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "signup_id": ("ID of the sign-up, from POST /signup.", {"type": "string"}),
    "marketplace": ("Marketplace of the connection.", reference_to(MARKETPLACE_CODE_NAME)),
    "asin": ("ASIN of the product, 10 letters and digits.", {"type": "string"}),
    "job_id": ("ID of the import job, from POST /import.", {"type": "string"}),
    "name": (
        "Name of the list: 1 to 64 lowercase letters, digits, and hyphens. It is unique in the "
        "site.",
        {"type": "string", "pattern": _LIST_NAME},
    ),
    "kid": ("Public ID of the API key, from GET /keys.", {"type": "string"}),
    "code": ("Problem code, such as `rate_limited`.", {"type": "string"}),
}
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Name of this import that the client chooses, 1 to 255 printable ASCII "
    "characters. A repeat within 24 hours with the same key and body has the same result and "
    "imports nothing again. The same key with another body is a 422 `idempotency_mismatch`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "example": "import-2026-11-28-1",
}
IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "`ETag` of an earlier response. If it is still current, the response is a 304 "
    "without a body.",
    "schema": {"type": "string"},
    "example": PARAMETER_EXAMPLES["If-None-Match"],
}
HEADER_PARAMETERS = {"IdempotencyKey": IDEMPOTENCY_KEY, "IfNoneMatch": IF_NONE_MATCH}


def parameter_objects(operation: Operation) -> Iterator[dict[str, Any]]:
    """Yield the parameter objects of an operation."""
    for name, example in operation.path_parameters.items():
        text, schema = PATH_PARAMETERS[name]
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": text,
            "schema": schema,
            "example": example,
        }
    if operation.query is not None:
        yield from _query_parameters(operation)
    if operation.is_idempotent:
        yield {"$ref": "#/components/parameters/IdempotencyKey"}
    if operation.cacheable:
        yield {"$ref": "#/components/parameters/IfNoneMatch"}


def _query_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    component = component_of(operation.query)
    for name, schema in component["properties"].items():
        text = schema.pop("description")
        is_required = name in component.get("required", ()) or name in operation.required
        if name in operation.required:
            schema.pop("default", None)
        yield {
            "name": name,
            "in": "query",
            "required": is_required,
            # An empty value counts as an absent parameter.
            **({} if is_required else {"allowEmptyValue": True}),
            "description": text,
            "schema": schema,
            "example": operation.example.get(name, PARAMETER_EXAMPLES.get(name)),
        }
