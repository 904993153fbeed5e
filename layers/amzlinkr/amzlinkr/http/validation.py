"""What a schema refuses, in words for those who typed it."""

from __future__ import annotations

import re

import msgspec

from amzlinkr.domain.errors import InvalidRequest

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}
_PLAIN = (
    (r"Object missing required field `.*`", "This is missing"),
    (r"Object contains unknown field `.*`", "There is no field of this name"),
    (r"Expected `str` of length >= 1", "This is empty"),
    (r"Expected `str` of length >= (\d+)", r"This is shorter than \1 characters"),
    (r"Expected `str` of length <= (\d+)", r"This is longer than \1 characters"),
    (r"Expected `array` of length >= 1", "This list is empty"),
    (r"Expected `array` of length <= (\d+)", r"This list has more than \1 entries"),
    (r"Expected `(?:int|float)` >= (\S+)", r"This must be \1 or more"),
    (r"Expected `(?:int|float)` <= (\S+)", r"This must be \1 or less"),
    # An invalid value is not repeated: it may be a secret in the wrong field.
    (r"Invalid .*", "This value is not allowed"),
)
_MISTAKEN = re.compile(r"Expected `([\w| ]+)`, got `(\w+)`")


def invalid_request_from(error: msgspec.ValidationError, where: str) -> InvalidRequest:
    """The problem of a request that does not fit its schema.

    msgspec says «Expected `int`, got `str` - at `$.page`»: the path names the field, else `where`.
    """
    text, _, path = str(error).partition(" - at `")
    field = path.rstrip("`").removeprefix("$").lstrip(".")
    if not field and "`" in text and "field" in text:
        field = text.rpartition("`")[0].rpartition("`")[2]
    return InvalidRequest(field[:100] or where, f"{_in_words(text)}.")


def _in_words(text: str) -> str:
    for pattern, words in _PLAIN:
        if found := re.fullmatch(pattern, text):
            return found.expand(words)
    if found := _MISTAKEN.fullmatch(text):
        wanted = [_KINDS.get(kind, kind) for kind in found[1].split(" | ")]
        return f"This must be {' or '.join(wanted)}, not {_KINDS.get(found[2], found[2])}"
    return text
