"""Reading of error bodies in all known spellings: of PA-API 5.0, Creators API, token services.

Sources: PA-API 5.0 and Creators API documentation, error pages; OAuth 2.0 (RFC 6749, section 5.2);
AWS JSON protocols (`__type`, the header `x-amzn-ErrorType`, and `Output` around an error); public
client libraries, which also meet `errors[].code`, `errors[].reason`, and `error.code`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

import msgspec

from amzlinkr.amazon.json_depth import is_too_deep
from amzlinkr.amazon.json_text import without_lone_surrogates
from amzlinkr.amazon.transport import AmazonResponse

_SINGLE = ("error", "output")
_INNER = ("errors", *_SINGLE, "details")
"""Members that may contain errors of their own: lists of objects, or a single object."""
_RESULTS = ("result", "results", "items")
_TEXTS = ("message", "errormessage", "error_description", "detail")
_GENERIC = frozenset({"accessdenied", "unauthorized", "validation"})
"""Names of codes that a more specific code in the same body explains."""
_NO_CODES = frozenset({"", "other"})
_NO_RESULTS = frozenset(
    {"noresults", "resourcenotfound", "itemnotfound", "itemsnotfound", "itemnotaccessible",
     "invaliditemid"}
)  # fmt: skip
MAX_TEXT = 2_000
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")
_FRAMEWORK = "coral"
"""The namespace of errors that the host returns before any operation is reached."""
Members = Mapping[str, object]
"""The members of a JSON object, by name in lower case."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The readable parts of an error response.

    `codes` are as Amazon spelled them, the most specific first. `is_readable` is False for a body
    that is not JSON; its `text` is the beginning of the body.
    """

    codes: tuple[str, ...] = ()
    text: str = ""
    field_names: tuple[str, ...] = ()
    retry_after: float | None = None
    is_readable: bool = False
    is_from_framework: bool = False
    has_result: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the comparable names of the codes."""
        return tuple(map(code_name, self.codes))

    @property
    def has_no_results(self) -> bool:
        """Return True for a code of items that do not exist, or of a search without hits."""
        return not _NO_RESULTS.isdisjoint(self.names)


def code_name(code: str) -> str:
    """Return what all spellings of a code have in common.

    `AccessDeniedException`, `AccessDenied`, and `ACCESS_DENIED` are one code.
    """
    return _NOT_IN_NAMES.sub("", code.lower()).removesuffix("exception")


def read_error_body(response: AmazonResponse) -> ErrorBody:
    """Return the readable parts of a response. A malformed member does not hide the others."""
    header = response.headers.get("x-amzn-errortype")
    from_header = [header] if header else []
    document = _decode(response.body)
    if document is None:
        text = response.body[:MAX_TEXT].decode(errors="replace")
        return ErrorBody(_specific_first(from_header), text)
    parts = list(_objects(document))
    sent = [code for part in parts for code in _codes(part)] + from_header
    texts = [part.get(name) for part in parts for name in _TEXTS]
    top = parts[-1]
    return ErrorBody(
        _specific_first(sent),
        next((text for text in texts if isinstance(text, str) and text), ""),
        tuple(_field_names(top.get("fieldlist"))),
        _seconds(top.get("retryafterseconds")),
        is_readable=True,
        is_from_framework=any(_FRAMEWORK in code for code in sent),
        has_result=any(top[name] for name in top if name.endswith(_RESULTS)),
    )


def _decode(body: bytes) -> dict[str, object] | None:
    """Return the JSON object of a body, or None. A list counts as a list of errors."""
    if is_too_deep(body):
        return None
    try:
        document = msgspec.json.decode(without_lone_surrogates(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    document = {"errors": document} if isinstance(document, list) else document
    return document if isinstance(document, dict) else None


def _objects(document: dict[str, object]) -> Iterator[Members]:
    """Yield the members of the errors inside an object, and at last its own."""
    members = {name.lower(): value for name, value in document.items()}
    for name in _INNER:
        inner = members.get(name)
        inner = [inner] if name in _SINGLE else inner
        for part in inner if isinstance(inner, list) else ():
            if isinstance(part, dict):
                yield from _objects(part)
    yield members


def _codes(part: Members) -> Iterator[str]:
    for name in ("reason", "code", "error", "type", "__type"):
        code = part.get(name)
        if isinstance(code, str):
            yield code


def _specific_first(codes: Iterable[str]) -> tuple[str, ...]:
    """Return codes without namespace, the most specific first."""
    # AWS appends a URL to some codes: `AccessDeniedException:http://internal.amazon.com/…`.
    bare = (code.partition(":")[0].rpartition("#")[2].strip() for code in codes)
    named = [code for code in bare if code_name(code) not in _NO_CODES]
    return tuple(sorted(dict.fromkeys(named), key=lambda code: code_name(code) in _GENERIC))


def _field_names(fields: object) -> Iterator[str]:
    """Yield the names of the invalid request fields.

    The Creators API documentation shows names in one place and objects with a name in another.
    """
    for entry in fields if isinstance(fields, list) else ():
        names = (
            [entry[key] for key in entry if key.lower() == "name"]
            if isinstance(entry, dict)
            else [entry]
        )
        yield from (name for name in names if isinstance(name, str) and name)


def _seconds(value: object) -> float | None:
    try:
        seconds = float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
    return seconds if seconds is not None and isfinite(seconds) else None
