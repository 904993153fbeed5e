"""From what Amazon answered to the row of the error table: the only place that reads its codes."""

from __future__ import annotations

import re

import msgspec

from amzlinkr.amazon.transport import Answer
from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonPaapiRetired,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
    Upstream,
)

OK, FORBIDDEN, NOT_FOUND = 200, 403, 404
PAUSE = 5
"""Seconds to wait after a 429 that does not say how long; PA-API 5.0 never says."""
ROWS: dict[str, type[AmazonError]] = {
    code: row for row in AmazonError.__subclasses__() for code in row.amazon_codes
}
_BY_STATUS: dict[int, type[AmazonError]] = {
    400: AmazonRejectedRequest,
    401: AmazonKeysRejected,
    403: AmazonAccessDenied,
    404: AmazonRejectedRequest,
    429: AmazonThrottled,
}
_KEY = re.compile(r"\b[A-Z0-9]{16,40}\b|\bamzn1\.[\w.-]+|[A-Za-z0-9/+=]{40,}")


class _Entry(msgspec.Struct):
    code: str | None = msgspec.field(default=None, name="Code")
    message: str | None = msgspec.field(default=None, name="Message")


class _Body(msgspec.Struct):
    kind: str | None = msgspec.field(default=None, name="__type")
    errors: list[_Entry] | None = msgspec.field(default=None, name="Errors")
    message: str | None = None


def error_of(answer: Answer, service: str) -> AmazonError | None:
    """The error an answer stands for; None for a 200 and for a 404 that only means "no hits"."""
    if answer.status == OK:
        return None
    code, message = _code_and_message(answer.body)
    if answer.status == NOT_FOUND and code == "NoResults":
        return None
    row = _row(answer.status, code, message)
    detail = _safe(message) if row is AmazonRejectedRequest and message else ""
    return row(
        detail,
        retry_after=_retry_after(answer) or (PAUSE if row is AmazonThrottled else None),
        upstream=Upstream(
            service, answer.status, _word(code), _word(answer.headers.get("x-amzn-requestid"))
        ),
    )


def _row(status: int, code: str | None, message: str) -> type[AmazonError]:
    row = ROWS.get(code or "")
    if status == FORBIDDEN and "deprecated" in message.lower():
        return AmazonPaapiRetired
    if row is not None:
        return row
    return _BY_STATUS.get(status, AmazonUnavailable)


def _code_and_message(body: bytes) -> tuple[str | None, str]:
    """Amazon's code from either form of its error body: a list of errors, or a bare type."""
    try:
        parsed = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, ""
    first = next(iter(parsed.errors or ()), _Entry())
    kind = (parsed.kind or "").rpartition("#")[2].removesuffix("Exception")
    return first.code or kind or None, first.message or parsed.message or ""


def _retry_after(answer: Answer) -> int | None:
    value = answer.headers.get("retry-after", "")
    return min(int(value), 3600) if value.isascii() and value.isdecimal() else None


def _word(text: str | None) -> str | None:
    """A code or an id of Amazon's, if it looks like one."""
    return text if text and re.fullmatch(r"[\w.-]{1,80}", text, re.ASCII) else None


def _safe(message: str) -> str:
    """Amazon's sentence without anything that could be a key, and without control characters."""
    printable = "".join(char for char in message if char.isprintable())
    return _KEY.sub("…", printable)[:300]
