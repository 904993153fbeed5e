"""Whether an answer is one that the OpenAPI document promises, or a problem it names."""

import re

import msgspec

from amzlinkr.domain.errors import NotFound
from amzlinkr.http.schemas.problems import ProblemOut
from infra.openapi.document import EVERYWHERE, WITH_A_KEY
from infra.openapi.operations import OPERATIONS, Operation


def check(method: str, path: str, status: int, text: str) -> None:
    """Raises `AssertionError` for an answer that no reader of the document would expect."""
    operation = operation_of(method, path)
    if operation is None or status == 304:
        return
    where = f"{method} {path}: {status} {text[:300]}"
    if status in operation.answers:
        kind = operation.answers[status]
        if kind is None:
            assert text == "", where
        else:
            msgspec.json.decode(text, type=kind)
        return
    problem = msgspec.json.decode(text, type=ProblemOut)
    known = {error.code for error in (*operation.problems, *EVERYWHERE)}
    known |= set() if operation.public else {error.code for error in WITH_A_KEY}
    known |= {NotFound.code} if operation.names else set()
    assert problem.status == status, where
    assert problem.code in known, where


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request means."""
    for operation in OPERATIONS:
        pattern = re.sub(r"\{\w+\}", "[^/]+", operation.path)
        if operation.method == method and re.fullmatch(pattern, path):
            return operation
    return None
