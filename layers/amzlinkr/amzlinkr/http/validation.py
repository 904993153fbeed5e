"""Problems of requests that do not fit their schema, in plain words instead of msgspec's."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http.schemas.requests import PATTERN_RULES

MAX_FIELD_CHARS = 100
_TYPE_NAMES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",  # never an expected type: optional fields are absent
}
_MESSAGES = (
    (r"Expected `str` of length >= 1", "This is empty"),
    (r"Expected `str` of length >= (\d+)", r"This is shorter than \1 characters"),
    (r"Expected `str` of length <= (\d+)", r"This is longer than \1 characters"),
    (r"Expected `str` matching regex .*", "This value does not have the required form"),
    (r"Expected `array` of length >= 1", "This list is empty"),
    (r"Expected `array` of length <= (\d+)", r"This list has more than \1 entries"),
    (r"Expected `(?:int|float)` >= (\S+)", r"This must be \1 or more"),
    (r"Expected `(?:int|float)` <= (\S+)", r"This must be \1 or less"),
    # msgspec repeats the value. The problem does not: it may be a secret in the wrong field.
    (r"Invalid .*", "This value is not allowed"),
)
_MISSING, _UNKNOWN = "Object missing required field", "Object contains unknown field"
_NAME_MESSAGES = {
    "field": {_MISSING: "This field is required.", _UNKNOWN: "This field does not exist."},
    "parameter": {
        _MISSING: "This parameter is required.",
        _UNKNOWN: "This parameter does not exist.",
    },
}
_NAME_ACTIONS = {_MISSING: "Add it to the request.", _UNKNOWN: "Remove it, or correct its name."}
_WRONG_TYPE = re.compile(r"Expected `([\w| ]+)`, got `(\w+)`")


def invalid_request_from(
    error: msgspec.ValidationError, source: str, schema: Any
) -> InvalidRequest:
    """Return the problem of a request that does not fit its schema.

    If the field is an enumeration, the action names its values.

    Args:
        error: msgspec's error. Its message ends with the path of the field, for example
            «Expected `int`, got `str` - at `$.page`».
        source: The name to use if the message names no field: `body`, `query` or `order`.
        schema: The type by which msgspec decoded the request.
    """
    message, _, path = str(error).partition(" - at `")
    field = path.rstrip("`").removeprefix("$").lstrip(".")
    # For a missing or unknown top-level field, msgspec gives no path: the name is in the message.
    if not field and "`" in message and "field" in message:
        field = message.rpartition("`")[0].rpartition("`")[2]
    # An unknown field has the name that the client sent, of any length.
    field = field[:MAX_FIELD_CHARS]
    noun = "parameter" if source == "query" else "field"
    detail, action = _text_about_name(message, noun)
    detail = detail or f"{_plain_message(message, source)}."
    action = _values_action(schema, field) or _rule_of(message) or action
    if action is None and noun == "parameter":
        action = "Correct the named parameter and send the request again."
    return InvalidRequest(field or source, detail, action)


def check_members(body: bytes) -> None:
    """Raise `InvalidRequest` if an object of the body has a name twice, or a null, at any depth.

    msgspec keeps the last value, and a proxy or a log can keep the first (RFC 8259, section 4). A
    null would be ignored, although the client may expect that it clears something.
    `body` must be JSON that msgspec has decoded, because `json` accepts more than JSON.
    """
    _DECODER.decode(body.decode())


def null_field(name: str) -> InvalidRequest:
    """Return the problem of a field that is null."""
    return InvalidRequest(
        name[:MAX_FIELD_CHARS], "This field is null.", "Omit the field, or send a value."
    )


def _check_object(members: list[tuple[str, object]]) -> set[str]:
    # Its result stands for the object in the object around it: never None.
    names: set[str] = set()
    for name, value in members:
        if name in names:
            raise InvalidRequest(
                name[:MAX_FIELD_CHARS],
                "This field occurs more than once in its object.",
                "Send each field once.",
            )
        if value is None:
            raise null_field(name)
        names.add(name)
    return names


_DECODER = json.JSONDecoder(object_pairs_hook=_check_object)


def _values_action(schema: Any, field: str) -> str | None:
    """Return the action that names the values of an enumeration, or None for another field."""
    from amzlinkr.http.enumerations import allowed_values  # not needed by accepted requests

    *others, last = allowed_values(schema, field) or [""]
    values = f"{', '.join(others)} or {last}" if others else last
    return f"Use {values}." if values else None


def _text_about_name(message: str, noun: str) -> tuple[str | None, str | None]:
    """Return the detail and the action of a missing or unknown name, or None twice."""
    for beginning, detail in _NAME_MESSAGES[noun].items():
        if message.startswith(beginning):
            return detail, _NAME_ACTIONS[beginning]
    return None, None


def _rule_of(message: str) -> str | None:
    """Return the action for a text that a pattern of the schema does not match, or None."""
    return next((rule for pattern, rule in PATTERN_RULES.items() if repr(pattern) in message), None)


def _plain_message(message: str, source: str) -> str:
    for pattern, plain in _MESSAGES:
        if match := re.fullmatch(pattern, message):
            return match.expand(plain)
    if match := _WRONG_TYPE.fullmatch(message):
        types = [name for name in match[1].split(" | ") if name != "null"]
        expected = " or ".join(_TYPE_NAMES.get(name, name) for name in types)
        if source == "query":  # everything in a query is text
            return f"This must be {expected}"
        return f"This must be {expected}, not {_TYPE_NAMES.get(match[2], match[2])}"
    return message
