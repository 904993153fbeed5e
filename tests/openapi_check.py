"""Check of responses against the OpenAPI document."""

import re

import msgspec

from amzlinkr.http.schemas.problems import ProblemOut
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS
from infra.openapi.problems import problems_of


def check(method: str, path: str, status: int, text: str) -> None:
    """Raise `AssertionError` for a response that the document does not describe.

    The body must match the schema of its status, or be a problem of this operation.
    """
    operation = find_operation(method, path)
    if operation is None or status == 304:
        return
    where = f"{method} {path}: {status} {text[:300]}"
    if status in operation.responses:
        kind = operation.responses[status]
        if kind is None:
            assert text == "", where
        elif kind is not str:
            msgspec.json.decode(text, type=kind)
        return
    problem = msgspec.json.decode(text, type=ProblemOut)
    assert problem.status == status, where
    assert problem.code in {error.code for error in problems_of(operation)}, where


def find_operation(method: str, path: str) -> Operation | None:
    """Return the operation of a request, or None if the path does not exist."""
    for operation in OPERATIONS:
        pattern = re.sub(r"\{\w+\}", "[^/]+", operation.path)
        if operation.method == method and re.fullmatch(pattern, path):
            return operation
    return None
