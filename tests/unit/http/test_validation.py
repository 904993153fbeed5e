"""What people are told of a field that does not fit: plain words, and never their value."""

from typing import Annotated, Literal

import msgspec
import pytest

from amzlinkr.http.validation import invalid_request_from


class Form(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=5)] = "x"
    code: Annotated[str, msgspec.Meta(min_length=2)] = "xx"
    page: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    items: Annotated[list[str], msgspec.Meta(min_length=1, max_length=2)] = []
    api: Literal["a", "b"] = "a"
    sure: bool | None = None


class Needed(msgspec.Struct):
    tag: str


@pytest.mark.parametrize(
    ("schema", "sent", "field", "said"),
    [
        (Form, {"name": ""}, "name", "This is empty."),
        (Form, {"name": "xxxxxx"}, "name", "This is longer than 5 characters."),
        (Form, {"code": "x"}, "code", "This is shorter than 2 characters."),
        (Form, {"page": 0}, "page", "This must be 1 or more."),
        (Form, {"page": 11}, "page", "This must be 10 or less."),
        (Form, {"page": "1"}, "page", "This must be a whole number, not text."),
        (Form, {"sure": 1}, "sure", "This must be true or false or nothing, not a whole number."),
        (Form, {"items": []}, "items", "This list is empty."),
        (Form, {"items": ["x"] * 3}, "items", "This list has more than 2 entries."),
        (Form, {"items": ["x", None]}, "items[1]", "This must be text, not nothing."),
        (Form, {"api": "secret"}, "api", "This value is not allowed."),
        (Form, {"nane": "x"}, "nane", "There is no field of this name."),
        (Form, [], "body", "This must be an object, not a list."),
        (Needed, {}, "tag", "This is missing."),
    ],
)
def test_what_does_not_fit_is_told_in_words(
    schema: type, sent: object, field: str, said: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(sent), type=schema)
    problem = invalid_request_from(refused.value, "body")
    assert (problem.field, problem.detail) == (field, said)
