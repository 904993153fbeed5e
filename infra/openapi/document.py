"""OpenAPI 3.1 document of the API, generated from the HTTP schemas and the error classes.

`python -m infra.openapi` writes it into the layer, where `GET /v1/openapi.json` reads it.
`infra/openapi.json` is a symbolic link to it.
"""

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from amzlinkr.http.presenters.problems import error_classes, problem_type
from amzlinkr.http.response import UNAUTHORIZED
from amzlinkr.http.schemas.problems import ProblemOut
from infra.local.stack.transform import load
from infra.openapi.examples import EXAMPLES, SECURITY_TXT
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS
from infra.openapi.problems import problems_of

ROOT = Path(__file__).parents[2]
FILE = ROOT / "layers/amzlinkr/amzlinkr/http/openapi.json"
REFERENCE = "#/components/schemas/{name}"
RATE_LIMIT_HEADERS = {
    name: {"description": text, "schema": {"type": "string"}}
    for name, text in (
        ("RateLimit-Policy", "Maximum number of calls, and the window in seconds"),
        ("RateLimit", "Remaining calls, and the seconds until the window resets"),
    )
}
DESCRIPTION = (
    "Correct Amazon prices for WordPress sites. Send the API key of the site in the header "
    "`Authorization: Bearer amzl_live_…`. An API key `amzl_test_…` is for the sandbox, which has "
    "simulated products. Every error is problem+json, with the next step in `action`."
)


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    schemas, components = components_of(OPERATIONS)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        path = operation.path.removeprefix("/v1")
        paths.setdefault(path, {})[operation.method.lower()] = operation_object(operation, schemas)
    problems = share_problem_responses(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "AmzLinkr", "version": "1", "description": DESCRIPTION},
        # Relative, because the host and the stage of the API differ by deployment.
        "servers": [{"url": "../v1", "description": "The API that serves this document"}],
        "security": [{"apiKey": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": problems,
            "headers": RATE_LIMIT_HEADERS,
            "examples": problem_examples(),
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}},
        },
    }


def components_of(operations: Iterable[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Return the schema of each type that the operations use, and the components they refer to."""
    types: list[Any] = [ProblemOut]
    for operation in operations:
        used = (*operation.responses.values(), operation.query, operation.body)
        types += [kind for kind in used if kind not in (None, dict, str, *types)]
    schemas, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    return dict(zip(types, schemas, strict=True)), to_portable(components)


def to_portable(schema: Any) -> Any:
    """Return the schema in a form that is the same for each Python version and each client."""
    if isinstance(schema, dict):
        return {name: _portable_value(name, value) for name, value in schema.items()}
    return [to_portable(part) for part in schema] if isinstance(schema, list) else schema


def _portable_value(name: str, value: Any) -> Any:
    if name == "pattern":
        # JSON Schema requires ECMA-262 patterns: `$` instead of `\Z`.
        return value.replace(r"\Z", "$")
    if name == "description" and isinstance(value, str):
        # A docstring. Python 3.13 removes its indentation, older versions do not.
        return inspect.cleandoc(value)
    return to_portable(value)


def operation_object(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the operation object of an operation."""
    result: dict[str, Any] = {
        "operationId": operation_id(operation),
        "summary": operation.summary,
        "parameters": list(parameter_objects(operation)),
        "responses": response_objects(operation, schemas),
    }
    if operation.public:
        result["security"] = []
    if operation.body is not None:
        content = {"schema": schemas[operation.body], "example": dict(operation.example)}
        result["requestBody"] = {
            "required": not operation.body_optional,
            "content": {"application/json": content},
        }
    return result


def operation_id(operation: Operation) -> str:
    """Return an ID from method and path, for example `get_products_asin`."""
    words = re.findall(r"[a-z_]+", operation.path.removeprefix("/v1"))
    return "_".join([operation.method.lower(), *words])


def parameter_objects(operation: Operation) -> Iterable[dict[str, Any]]:
    """Yield the parameters in the path, the query and the headers."""
    for name, example in operation.path_parameters.items():
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "maxLength": 100},
            "example": example,
        }
    if operation.query is not None:
        (reference,), parts = msgspec.json.schema_components(
            [operation.query], ref_template=REFERENCE
        )
        schema = to_portable(parts[reference["$ref"].rpartition("/")[2]])
        for name, kind in schema["properties"].items():
            shown = {"example": operation.example[name]} if name in operation.example else {}
            required = name in schema.get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": kind, **shown}
    for name, text in operation.headers.items():
        yield {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
    if operation.cacheable:
        yield {
            "name": "If-None-Match",
            "in": "header",
            "description": "ETag of an earlier response",
            "schema": {"type": "string"},
        }


def response_objects(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    """Return responses and problems by status, with an example of every problem code."""
    result: dict[str, Any] = {}
    references = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE_LIMIT_HEADERS}
    headers = {} if operation.public else {"headers": references}
    for status, kind in operation.responses.items():
        result[str(status)] = {"description": operation.summary, **headers}
        if kind is not None:
            media_type = "text/plain" if kind is str else "application/json"
            result[str(status)]["content"] = {media_type: media_type_object(kind, schemas)}
    if operation.cacheable:
        result["304"] = {"description": "Not changed since the response with this ETag"}
    examples: dict[int, dict[str, Any]] = {}
    statuses = {error.code: error.status for error in problems_of(operation)}
    for code, status in sorted(statuses.items()):
        reference = {"$ref": f"#/components/examples/{code}"}
        examples.setdefault(status, {})[code] = reference
    for status, by_code in sorted(examples.items()):
        result[str(status)] = problem_response(status, by_code, schemas[ProblemOut])
    return result


def media_type_object(kind: Any, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the schema of a response, with an example."""
    if kind is dict:
        return {"schema": {"type": "object"}}
    if kind is str:
        return {"schema": {"type": "string"}, "example": SECURITY_TXT}
    return {"schema": schemas[kind], "example": msgspec.to_builtins(EXAMPLES[kind])}


def problem_response(status: int, examples: dict[str, Any], schema: Any) -> dict[str, Any]:
    """Return the response object of a status that has a problem as its body."""
    result: dict[str, Any] = {
        "description": ", ".join(examples),
        "content": {"application/problem+json": {"schema": schema, "examples": examples}},
    }
    if status == UNAUTHORIZED:
        result["headers"] = {
            "WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}
        }
    if status in (429, 503):
        result["headers"] = {
            "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}
        }
    return result


def share_problem_responses(paths: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Replace the problem responses of all operations by references, and return them by name."""
    shared: dict[str, Any] = {}
    for operation in (item for operations in paths.values() for item in operations.values()):
        for status, response in operation["responses"].items():
            if "application/problem+json" in response.get("content", {}):
                name = response["description"].replace(", ", ".")
                shared[name] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))


def problem_examples() -> dict[str, Any]:
    """Return an example of every problem by code, from the functions and from API Gateway."""
    result = {
        code: {
            "type": problem_type(code),
            "title": error.title,
            "status": error.status,
            "detail": error.title,
            "code": code,
            "action": error.default_action,
            "retryable": error.retryable,
            "request_id": "5a3b3c1e-0d6f-4f55-9c39-7d3a1f0e2b11",
        }
        for code, error in {error.code: error for error in error_classes()}.items()
    }
    # If both send a problem, the function's example is used.
    for problem in gateway_problems():
        result.setdefault(problem["code"], problem)
    return {code: {"value": result[code]} for code in sorted(result)}


def gateway_problems() -> list[dict[str, Any]]:
    """Return the problems that API Gateway sends without a function, from the template."""
    resources = load(ROOT / "template.yaml")["Resources"]
    responses = resources["Api"]["Properties"]["GatewayResponses"].values()
    return [json.loads(item["ResponseTemplates"]["application/json"]) for item in responses]


def document_text() -> str:
    """Return the document as it is stored in the file."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
