"""Check of responses against the OpenAPI document."""

import re

import msgspec

from amzlinkr.domain.errors import NotFound
from amzlinkr.http.schemas.problems import ProblemOut
from infra.openapi.document import API_KEY_PROBLEMS, COMMON_PROBLEMS
from infra.openapi.operations import OPERATIONS, Operation


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
    codes = {error.code for error in (*operation.problems, *COMMON_PROBLEMS)}
    codes |= set() if operation.public else {error.code for error in API_KEY_PROBLEMS}
    codes |= {NotFound.code} if operation.path_parameters else set()
    assert problem.status == status, where
    assert problem.code in codes, where


def find_operation(method: str, path: str) -> Operation | None:
    """Return the operation of a request, or None if the path does not exist."""
    for operation in OPERATIONS:
        pattern = re.sub(r"\{\w+\}", "[^/]+", operation.path)
        if operation.method == method and re.fullmatch(pattern, path):
            return operation
    return None
