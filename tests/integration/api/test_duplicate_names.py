"""A JSON object that has a name twice: refused by every call with a body, and nothing is stored."""

import base64
import json
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS
from tests.calls import event_of, send
from tests.integration import aws_spy
from tests.site_client import Site

WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]
FIELDS = [(operation, name) for operation in WITH_BODY for name in operation.example]


def label(value: Operation | str) -> str:
    return value if isinstance(value, str) else f"{value.method} {value.path}"


def with_duplicate(example: dict[str, Any], name: str) -> str:
    """Return the example as JSON, with one member a second time, its name spelled by escapes."""
    escaped = "".join(f"\\u{ord(char):04x}" for char in name)
    return f'{json.dumps(example)[:-1]}, "{escaped}": {json.dumps(example[name])}}}'


@pytest.mark.parametrize(("operation", "name"), FIELDS, ids=label)
def test_name_that_occurs_twice_is_refused_in_every_body(
    site: Site, deps: Dependencies, aws: Config, operation: Operation, name: str
) -> None:
    body = with_duplicate(dict(operation.example), name)
    path = operation.path.format(**operation.path_parameters)
    site_id = None if operation.public else site.site_id
    before = aws_spy.tables(aws)

    event = event_of(operation.method, path, body, site_id=site_id)
    reply = send(deps, event) if operation.public else site.send(event)

    assert (reply.status, reply.json["code"]) == (422, "invalid_request"), reply.text
    assert reply.json["field"] == name
    assert "more than once" in reply.json["detail"]
    assert aws_spy.tables(aws) == before


def test_name_that_occurs_twice_is_refused_in_base64(site: Site) -> None:
    text = '{"email": "one@example.com", "email": "two@example.com"}'
    event = event_of("PATCH", "/v1/site", base64.b64encode(text.encode()).decode())
    event["isBase64Encoded"] = True

    reply = site.send(event)

    assert (reply.status, reply.json["field"]) == (422, "email")


def test_value_of_a_duplicate_is_not_repeated_in_the_problem(site: Site) -> None:
    reply = site.post("/v1/validate", '{"api":"creators","api":"creators","credential_id":"hush"}')

    assert reply.status == 422
    assert "hush" not in reply.text
