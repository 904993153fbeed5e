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
from amzlinkr.amazon.json_text import repaired
from amzlinkr.amazon.transport import AmazonResponse

_WRAPPERS = ("error", "output", "data", "body")
_INNER = ("errors", *_WRAPPERS, "details")
"""Members that may contain errors of their own: one, or a list of them."""
_RESULT = ("result", "results")
_LISTS = ("items", "browsenodes")
_TEXTS = ("message", "errormessage", "error_description", "detail")
_CODES = ("reason", "code", "errorcode", "error_code", "error", "type", "__type")
_RESOURCE = "resourceid"
_GENERIC = frozenset({"accessdenied", "unauthorized", "validation"})
"""Names of codes that a more specific code in the same body explains."""
_NO_CODES = frozenset({"", "other", "errordata"})
MAX_TEXT = 65_536
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")
_CODE_TEXT = re.compile(r"[\w.#-]+", re.ASCII)
# All ASINs in use contain a digit; words in capital letters do not.
_ASIN_IN_TEXT = re.compile(r"\b(?=[A-Z]*[0-9])[A-Z0-9]{10}\b")
_FRAMEWORK = "coral"
"""The namespace of errors that the host returns before any operation is reached."""
Members = Mapping[str, object]
"""The members of a JSON object, by name in lower case."""


@dataclass(frozen=True, slots=True)
class ErrorPart:
    """One error of a body, or the body itself.

    `codes` are as Amazon spelled them, the most specific first. `asins` are named anywhere in it
    but in `resourceId`, which contains the `resource_asins`.
    """

    codes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    asins: tuple[str, ...] = ()
    resource_asins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The readable parts of an error response.

    `parts` are its errors; the last one is the body itself. `codes` are those of all parts, the
    most specific first. `is_readable` is False for a body that is not JSON; its text is the
    beginning of the body. `has_result` is True for the result of an operation, even an empty one;
    `has_items` is True if there is something in it.
    """

    parts: tuple[ErrorPart, ...] = ()
    codes: tuple[str, ...] = ()
    field_names: tuple[str, ...] = ()
    retry_after: float | None = None
    is_readable: bool = False
    is_from_framework: bool = False
    has_result: bool = False
    has_items: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the comparable names of the codes."""
        return tuple(map(code_name, self.codes))

    @property
    def texts(self) -> tuple[str, ...]:
        """Return all messages."""
        return tuple(text for part in self.parts for text in part.texts)

    @property
    def text(self) -> str:
        """Return the first message."""
        return next(iter(self.texts), "")


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
        return ErrorBody((ErrorPart(texts=(text,) if text else ()),), _specific_first(from_header))
    objects = list(_objects(document))
    sent = [code for part in objects for code in _codes(part)] + from_header
    waits = [_seconds(part.get("retryafterseconds")) for part in objects]
    results = list(_results(objects[-1]))
    return ErrorBody(
        tuple(map(_part, objects)),
        _specific_first(sent),
        tuple(name for part in objects for name in _field_names(part.get("fieldlist"))),
        next((wait for wait in waits if wait is not None), None),
        is_readable=True,
        is_from_framework=any(_FRAMEWORK in code for code in sent),
        has_result=bool(results),
        has_items=any(results),
    )


def _decode(body: bytes) -> dict[str, object] | None:
    """Return the JSON object of a body, or None. A list counts as a list of errors."""
    if is_too_deep(body):
        return None
    try:
        document = msgspec.json.decode(repaired(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    document = {"errors": document} if isinstance(document, list) else document
    return document if isinstance(document, dict) else None


def _objects(document: dict[str, object]) -> Iterator[Members]:
    """Yield the members of the errors inside an object, and at last its own."""
    members = {name.lower(): value for name, value in document.items()}
    for name in _INNER:
        inner = members.get(name)
        for part in inner if isinstance(inner, list) else [inner]:
            if isinstance(part, dict):
                yield from _objects(part)
            # A text outside a list is a member of this object, for example the code in `error`.
            elif isinstance(part, str) and isinstance(inner, list):
                yield {"code" if _CODE_TEXT.fullmatch(part) else "message": part}
    yield members


def _part(members: Members) -> ErrorPart:
    texts = (members.get(name) for name in _TEXTS)
    others = (members[name] for name in members if name not in (*_INNER, _RESOURCE))
    return ErrorPart(
        _specific_first(_codes(members)),
        tuple(text for text in texts if isinstance(text, str) and text),
        _asins_in(others),
        _asins_in([members.get(_RESOURCE)]),
    )


def _asins_in(values: Iterable[object]) -> tuple[str, ...]:
    texts = (text for value in values for text in _strings(value))
    return tuple(dict.fromkeys(_ASIN_IN_TEXT.findall("\n".join(texts))))


def _strings(value: object) -> Iterator[str]:
    """Yield a text, or the texts of a list: resource IDs, or invalid fields with their messages."""
    for entry in value if isinstance(value, list) else [value]:
        for text in entry.values() if isinstance(entry, dict) else [entry]:
            if isinstance(text, str):
                yield text


def _results(members: Members) -> Iterator[bool]:
    """Yield for each result of an operation whether there is something in it."""
    for name, value in members.items():
        if name.endswith(_RESULT) and isinstance(value, dict):
            yield any(isinstance(part, list) and part for part in value.values())
        elif name in _LISTS and isinstance(value, list):
            yield bool(value)


def _codes(part: Members) -> Iterator[str]:
    for name in _CODES:
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
