"""OpenAPI 3.1 document of the API, generated from the HTTP schemas and the error classes.

`python -m infra.openapi` writes it into the layer, where `GET /v1/openapi.json` reads it.
`infra/openapi.json` is a symbolic link to it.
"""

import json
from pathlib import Path
from typing import Any

from amzlinkr import SERVICE_VERSION
from amzlinkr.http.response import DOCUMENTED_API_URL
from infra.local.stack.transform import load
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS, TAGS
from infra.openapi.parameters import HEADER_PARAMETERS, parameter_objects
from infra.openapi.problem_examples import problem_examples
from infra.openapi.responses import (
    HEADERS,
    problem_codes,
    problem_responses,
    response_objects,
)
from infra.openapi.schemas import components_of, schema_of

ROOT = Path(__file__).parents[2]
FILE = ROOT / "layers/amzlinkr/amzlinkr/http/openapi.json"
INTRODUCTION_FILE = Path(__file__).with_name("introduction.md")
API_KEY_DESCRIPTION = (
    "API key of a site, in the header `Authorization: Bearer amzl_live_…`. An API key "
    "`amzl_test_…` is for its sandbox."
)


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        path = operation.path.removeprefix("/v1")
        paths.setdefault(path, {})[operation.method.lower()] = operation_object(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AmzLinkr API",
            "version": SERVICE_VERSION,
            "summary": "Correct Amazon prices for WordPress sites.",
            "description": INTRODUCTION_FILE.read_text(encoding="utf-8"),
            "contact": {"name": "AmzLinkr contributors"},
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        # Replaced by the URL at which the document was requested.
        "servers": [{"url": DOCUMENTED_API_URL, "description": "This service."}],
        "security": [{"apiKey": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components_of(OPERATIONS),
            "parameters": HEADER_PARAMETERS,
            "responses": problem_responses(),
            "headers": HEADERS,
            "examples": problem_examples(load(ROOT / "template.yaml"), problem_codes()),
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": API_KEY_DESCRIPTION}
            },
        },
    }


def operation_object(operation: Operation) -> dict[str, Any]:
    """Return the operation object of an operation."""
    result: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": list(parameter_objects(operation)),
        "responses": response_objects(operation),
    }
    if operation.public:
        result["security"] = []
    if operation.body is not None:
        content: dict[str, Any] = {"schema": schema_of(operation.body)}
        if operation.examples:
            content["examples"] = {
                name: {"summary": summary, "value": dict(value)}
                for name, (summary, value) in operation.examples.items()
            }
        else:
            content["example"] = dict(operation.example)
        result["requestBody"] = {
            "required": not operation.body_optional,
            "content": {"application/json": content},
        }
    return result


def document_text() -> str:
    """Return the document as it is stored in the file."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
