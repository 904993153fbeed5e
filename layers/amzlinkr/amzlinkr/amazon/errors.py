"""From what Amazon answered to the row of the error table: the only place that reads its codes."""

from __future__ import annotations

import re
from contextlib import suppress
from math import ceil, isfinite
from typing import Any

import msgspec
from msgspec import structs

from amzlinkr.amazon.json_depth import is_too_deep
from amzlinkr.amazon.transport import Answer
from amzlinkr.domain.amazon_errors import (
    CREATORS_KEYS,
    TOKEN_SERVICE,
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonPaapiRetired,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
    Upstream,
)

OK, FORBIDDEN, NOT_FOUND, TOO_MANY = 200, 403, 404, 429
PAAPI5 = "paapi5"
PAUSE, LONGEST_PAUSE = 5, 3600
"""Seconds to wait after a 429 that does not say how long, and at most; PA-API 5.0 never says."""
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
_NOTHING_FOUND = {"NoResults", "ResourceNotFoundException"}
_SECONDS = re.compile(r"[0-9]{1,9}")
_KEY = re.compile(
    r"\b[A-Z0-9]{16,40}\b|\bamzn1\.[\w.-]+|\bAtc\|\S+|\beyJ[\w.-]+|[A-Za-z0-9/+=_-]{40,}"
)


class _Entry(msgspec.Struct):
    code: str | None = msgspec.field(default=None, name="Code")
    message: str | None = msgspec.field(default=None, name="Message")


class _Field(msgspec.Struct):
    name: str | None = None


class _Body(msgspec.Struct):
    """An error of PA-API 5.0, the Creators API or a token service; each has its own fields."""

    paapi_type: str | None = msgspec.field(default=None, name="__type")
    errors: list[_Entry] | None = msgspec.field(default=None, name="Errors")
    creators_type: str | None = msgspec.field(default=None, name="type")
    reason: str | None = None
    fields: list[str | _Field] | None = msgspec.field(default=None, name="fieldList")
    retry_after: float | None = msgspec.field(default=None, name="retryAfterSeconds")
    oauth_error: str | None = msgspec.field(default=None, name="error")
    message: str | None = None

    @property
    def words(self) -> list[str]:
        """What the error is called, the most telling first."""
        kind = (self.creators_type or self.paapi_type or "").rpartition("#")[2]
        bare = kind.removesuffix("Exception")
        is_creators = self.creators_type or "creators" in (self.paapi_type or "")
        kinds = [kind, bare] if is_creators or kind in ROWS else [bare, kind]
        listed = [entry.code for entry in self.errors or () if entry.code][:1]
        reason = None if self.reason == "Other" else self.reason
        return [word for word in (*listed, reason, self.oauth_error, *kinds) if word]

    @property
    def text(self) -> str:
        """Amazon's sentence."""
        listed = next((entry.message for entry in self.errors or () if entry.message), None)
        return listed or self.message or ""

    @property
    def field_names(self) -> list[str]:
        """The request's fields at fault; Amazon lists names, or objects with one."""
        named = [entry if isinstance(entry, str) else entry.name for entry in self.fields or ()]
        return [name for name in named if name]


def error_of(answer: Answer, service: str) -> AmazonError | None:
    """The error an answer stands for; None for a 200 and for a 404 that only means "no hits"."""
    if answer.status == OK:
        return None
    body = _decoded(answer.body)
    if body is None:
        said = Upstream(service, answer.status, None, answer.request_id)
        wait = _retry_after(answer, _Body())
        if answer.status == TOO_MANY:
            return AmazonThrottled(retry_after=wait or PAUSE, upstream=said)
        return AmazonUnavailable(retry_after=wait, upstream=said)
    if answer.status == NOT_FOUND and _NOTHING_FOUND.intersection(body.words):
        return None
    row = _row(answer.status, body, service)
    return row(
        _detail(body) if row is AmazonRejectedRequest else "",
        action=CREATORS_KEYS if row is AmazonKeysRejected and service != PAAPI5 else None,
        retry_after=_retry_after(answer, body) or (PAUSE if row is AmazonThrottled else None),
        upstream=Upstream(
            service,
            answer.status,
            next((word for word in body.words if _word(word)), None),
            answer.request_id,
        ),
    )


def _row(status: int, body: _Body, service: str) -> type[AmazonError]:
    if status == FORBIDDEN and service == PAAPI5 and "deprecated" in body.text.lower():
        return AmazonPaapiRetired
    if status == TOO_MANY:
        return AmazonThrottled
    if body.field_names == ["partnerTag"]:
        return AmazonPartnerTagRejected
    known = (ROWS[word] for word in body.words if word in ROWS)
    row = next(known, _BY_STATUS.get(status, AmazonUnavailable))
    if service == TOKEN_SERVICE and row is AmazonRejectedRequest:
        return AmazonKeysRejected
    return row


def _decoded(body: bytes) -> _Body | None:
    """What can be read of an error, whatever its other fields hold; None if it is no object."""
    if is_too_deep(body):
        return None
    try:
        raw = msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    by_name = {name.lower(): value for name, value in raw.items()}
    read: dict[str, Any] = {}
    for field in structs.fields(_Body):
        with suppress(msgspec.ValidationError):
            value = by_name.get(field.encode_name.lower())
            read[field.name] = msgspec.convert(value, type=field.type, strict=False)
    return _Body(**read)


def _detail(body: _Body) -> str:
    """Amazon's sentence and the fields it names, without anything that could be a key."""
    names = ", ".join(name for name in map(_word, body.field_names) if name)
    printable = "".join(char for char in body.text if char.isprintable())
    return _KEY.sub("…", f"{printable} ({names})" if names else printable)[:300]


def _retry_after(answer: Answer, body: _Body) -> int | None:
    """Seconds to leave Amazon alone, if it says so, within the hour."""
    value = answer.headers.get("retry-after", "")
    if _SECONDS.fullmatch(value):
        return min(int(value), LONGEST_PAUSE)
    if body.retry_after is None or not isfinite(body.retry_after):
        return None
    return max(1, ceil(min(body.retry_after, LONGEST_PAUSE)))


def _word(text: str | None) -> str | None:
    """A code or an id of Amazon's, if it looks like one."""
    return text if text and re.fullmatch(r"[\w.-]{1,80}", text, re.ASCII) else None
