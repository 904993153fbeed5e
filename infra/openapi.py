"""The API as an OpenAPI 3.1 document, from the schemas that the functions use themselves.

`python -m infra.openapi` writes it into the layer, from where `GET /v1/openapi.json` serves it;
`infra/openapi.json` is the same file.
"""

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from amzlinkr.domain import amazon_errors, errors
from amzlinkr.http.account_outputs import ProblemOut
from infra.examples import EXAMPLES
from infra.local.transform import load
from infra.operations import OPERATIONS, Operation

ROOT = Path(__file__).parents[1]
FILE = ROOT / "layers/amzlinkr/amzlinkr/http/openapi.json"
REFERENCE = "#/components/schemas/{name}"
EVERYWHERE: tuple[type[errors.AmzlinkrError], ...] = (
    errors.BadRequest,
    errors.InvalidRequest,
    errors.BodyTooLarge,
    errors.InternalError,
    errors.StoreUnavailable,
)
WITH_A_KEY = (
    errors.ApiKeyMissing, errors.ApiKeyRejected, errors.NotFound, errors.SiteSuspended,
    errors.RateLimited,
)  # fmt: skip
"""A site may have left while its call was under way: then it is not found."""
RATE_LIMIT = {
    name: {"description": text, "schema": {"type": "string"}}
    for name, text in (
        ("RateLimit-Policy", "The limit of calls, and its window in seconds"),
        ("RateLimit", "How many calls are left, and the seconds until there are more"),
    )
}
DESCRIPTION = (
    "Right prices for Amazon products on WordPress sites. Send the site's key as "
    "`Authorization: Bearer amzl_live_…`; a key `amzl_test_…` reaches a sandbox with made-up "
    "products. Every refusal is problem+json whose `action` says what to do next."
)


def document() -> dict[str, Any]:
    """The whole document."""
    schemas, components = components_of(OPERATIONS)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        path = operation.path.removeprefix("/v1")
        paths.setdefault(path, {})[operation.method.lower()] = described(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "AmzLinkr", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "../v1", "description": "Beside this document"}],
        "security": [{"apiKey": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "examples": problem_examples(),
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}},
        },
    }


def components_of(operations: Iterable[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """The schema of each type that is used, and the named parts they refer to."""
    types: list[Any] = [ProblemOut]
    for operation in operations:
        used = (*operation.answers.values(), operation.query, operation.body)
        types += [kind for kind in used if kind not in (None, dict, *types)]
    found, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    return dict(zip(types, found, strict=True)), in_ecma(components)


def in_ecma(schema: Any) -> Any:
    """The schema with patterns as JSON Schema's regular expressions write them: `$` for `\\Z`."""
    if isinstance(schema, dict):
        return {name: portable(name, value) for name, value in schema.items()}
    return [in_ecma(one) for one in schema] if isinstance(schema, list) else schema


def portable(name: str, value: Any) -> Any:
    """Return a value of a schema in a form that no Python version and no client changes."""
    if name == "pattern":
        return value.replace(r"\Z", "$")
    if name == "description" and isinstance(value, str):
        # A docstring. Python 3.13 removes its indentation, older versions do not.
        return inspect.cleandoc(value)
    return in_ecma(value)


def described(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    """One operation object."""
    shown: dict[str, Any] = {
        "operationId": operation_id(operation),
        "summary": operation.summary,
        "parameters": list(parameters(operation)),
        "responses": responses(operation, schemas),
    }
    if operation.public:
        shown["security"] = []
    if operation.body is not None:
        content = {"schema": schemas[operation.body], "example": dict(operation.example)}
        shown["requestBody"] = {
            "required": not operation.body_optional,
            "content": {"application/json": content},
        }
    return shown


def operation_id(operation: Operation) -> str:
    """A name from method and path: `get_products_asin`."""
    words = re.findall(r"[a-z_]+", operation.path.removeprefix("/v1"))
    return "_".join([operation.method.lower(), *words])


def parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    """What stands in the path, the query and the headers."""
    for name, example in operation.names.items():
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
        schema = in_ecma(parts[reference["$ref"].rpartition("/")[2]])
        for name, kind in schema["properties"].items():
            given = {"example": operation.example[name]} if name in operation.example else {}
            required = name in schema.get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": kind, **given}
    for name, text in operation.headers.items():
        yield {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
    if operation.cacheable:
        text = "An ETag of an earlier answer"
        yield {
            "name": "If-None-Match",
            "in": "header",
            "description": text,
            "schema": {"type": "string"},
        }


def responses(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    """Answers and problems by status; every problem with its code and action as an example."""
    shown: dict[str, Any] = {}
    limits = {} if operation.public else {"headers": RATE_LIMIT}
    for status, kind in operation.answers.items():
        shown[str(status)] = {"description": operation.summary, **limits}
        if kind is not None:
            shown[str(status)]["content"] = {"application/json": answer_of(kind, schemas)}
    if operation.cacheable:
        shown["304"] = {"description": "Nothing changed since the answer with this ETag"}
    own = set(operation.problems) | set(EVERYWHERE)
    own |= set() if operation.public else set(WITH_A_KEY)
    # A name in a path may be none that anything of ours could have.
    own |= {errors.NotFound} if operation.names else set()
    examples: dict[int, dict[str, Any]] = {}
    known = {error.code: error.status for error in own}
    for code, status in sorted(known.items()):
        reference = {"$ref": f"#/components/examples/{code}"}
        examples.setdefault(status, {})[code] = reference
    for status, named in sorted(examples.items()):
        shown[str(status)] = problem_response(status, named, schemas[ProblemOut])
    return shown


def answer_of(kind: Any, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    """An answer's schema, with an example."""
    if kind is dict:
        return {"schema": {"type": "object"}}
    return {"schema": schemas[kind], "example": msgspec.to_builtins(EXAMPLES[kind])}


def problem_response(status: int, examples: dict[str, Any], schema: Any) -> dict[str, Any]:
    """A status that comes with a problem."""
    shown: dict[str, Any] = {
        "description": ", ".join(examples),
        "content": {"application/problem+json": {"schema": schema, "examples": examples}},
    }
    if status in (429, 503):
        shown["headers"] = {
            "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}
        }
    return shown


def problem_examples() -> dict[str, Any]:
    """Every problem as a client sees it, by its code: those of the functions and the gateway's."""
    named = {error.code: error for error in every_error()}
    shown = {
        code: {
            "type": f"urn:amzlinkr:problem:{code}",
            "title": error.title,
            "status": error.status,
            "detail": error.title,
            "code": code,
            "action": error.default_action,
            "retryable": error.retryable,
            "request_id": "5a3b3c1e-0d6f-4f55-9c39-7d3a1f0e2b11",
        }
        for code, error in named.items()
    }
    for problem in gateway_problems():
        shown.setdefault(problem["code"], problem)
    return {code: {"value": shown[code]} for code in sorted(shown)}


def gateway_problems() -> list[dict[str, Any]]:
    """What API Gateway answers by itself, from the template."""
    resources = load(ROOT / "template.yaml")["Resources"]
    answers = resources["Api"]["Properties"]["GatewayResponses"].values()
    return [json.loads(one["ResponseTemplates"]["application/json"]) for one in answers]


def every_error() -> list[type[errors.AmzlinkrError]]:
    """All kinds of problems."""
    found: list[type[errors.AmzlinkrError]] = []
    waiting = [errors.AmzlinkrError]
    while waiting:
        error = waiting.pop()
        found.append(error)
        waiting += error.__subclasses__()
    return [error for error in found if error is not amazon_errors.AmazonError]


def text() -> str:
    """The document as it is stored."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
