"""Messages about fields that do not fit their schema: plain words, without the value."""

from typing import Annotated, Literal

import msgspec
import pytest

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http.schemas.search_requests import ListInput
from amzlinkr.http.validation import check_members, invalid_request_from


class Payload(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=5)] = "x"
    code: Annotated[str, msgspec.Meta(min_length=2)] = "xx"
    page: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    items: Annotated[list[str], msgspec.Meta(min_length=1, max_length=2)] = []
    node: Annotated[str, msgspec.Meta(pattern="^[1-9]$")] = "1"
    api: Literal["a", "b"] = "a"
    enabled: bool | None = None


class RequiredTag(msgspec.Struct):
    tag: str


def problem_of(sent: object, schema: type) -> InvalidRequest:
    """Return the problem of a body that does not fit a schema."""
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.json.decode(msgspec.json.encode(sent), type=schema)
    return invalid_request_from(error.value, "body", schema)


@pytest.mark.parametrize(
    ("schema", "sent", "field", "detail"),
    [
        (Payload, {"name": ""}, "name", "This is empty."),
        (Payload, {"name": "xxxxxx"}, "name", "This is longer than 5 characters."),
        (Payload, {"code": "x"}, "code", "This is shorter than 2 characters."),
        (Payload, {"page": 0}, "page", "This must be 1 or more."),
        (Payload, {"page": 11}, "page", "This must be 10 or less."),
        (Payload, {"page": "1"}, "page", "This must be a whole number, not text."),
        (
            Payload,
            {"enabled": 1},
            "enabled",
            "This must be true or false, not a whole number.",
        ),
        (Payload, {"node": "0"}, "node", "This value does not have the required form."),
        (Payload, {"items": []}, "items", "This list is empty."),
        (Payload, {"items": ["x"] * 3}, "items", "This list has more than 2 entries."),
        (Payload, {"items": ["x", None]}, "items[1]", "This must be text, not null."),
        (Payload, {"api": "secret"}, "api", "This value is not allowed."),
        (Payload, {"nmae": "x"}, "nmae", "This field does not exist."),
        (Payload, [], "body", "This must be an object, not a list."),
        (RequiredTag, {}, "tag", "This field is required."),
    ],
)
def test_schema_violation_has_a_plain_message(
    schema: type, sent: object, field: str, detail: str
) -> None:
    problem = problem_of(sent, schema)

    assert (problem.field, problem.detail) == (field, detail)


class Paper(msgspec.Struct, tag_field="kind", tag="paper"):
    size: Literal["a4", "a5"] | None = None


class Card(msgspec.Struct, tag_field="kind", tag="card"):
    pass


class Pack(msgspec.Struct, tag_field="kind", tag="pack"):
    entries: list[Paper | Card]


@pytest.mark.parametrize(
    ("schema", "sent", "field", "action"),
    [
        (Payload, {"api": "secret"}, "api", "Use a or b."),
        (Payload, {"api": 5}, "api", "Use a or b."),
        (Paper | Card | Pack, {"kind": "secret"}, "kind", "Use card, pack or paper."),
        (Paper | Card | Pack, {}, "kind", "Use card, pack or paper."),
        (Pack, {"kind": "secret"}, "kind", "Use pack."),
        (
            Pack,
            {"kind": "pack", "entries": [{"kind": "paper", "size": "secret"}]},
            "entries[0].size",
            "Use a4 or a5.",
        ),
        (Payload, {"page": 0}, "page", InvalidRequest.default_action),
        (Payload, {"api.x": 0}, "api.x", "Remove it, or correct its name."),
        (Payload, [], "body", InvalidRequest.default_action),
    ],
)
def test_action_names_the_values_of_an_enumeration(
    schema: type, sent: object, field: str, action: str
) -> None:
    problem = problem_of(sent, schema)

    assert (problem.field, problem.action) == (field, action)


@pytest.mark.parametrize(
    ("schema", "sent", "detail", "action"),
    [
        (Payload, {"x": "1"}, "This parameter does not exist.", "Remove it, or correct its name."),
        (RequiredTag, {}, "This parameter is required.", "Add it to the request."),
        (
            Payload,
            {"page": "0"},
            "This must be 1 or more.",
            "Correct the named parameter and send the request again.",
        ),
    ],
)
def test_part_of_a_query_is_a_parameter(
    schema: type, sent: dict[str, str], detail: str, action: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(sent, schema, strict=False)

    problem = invalid_request_from(error.value, "query", schema)
    assert (problem.detail, problem.action) == (detail, action)


@pytest.mark.parametrize(
    ("sent", "field", "example"),
    [
        ({"category": "Home & Kitchen"}, "category", "HomeAndKitchen"),
        ({"browse_node": "x"}, "browse_node", "283155"),
    ],
)
def test_action_of_a_pattern_names_its_rule(sent: dict[str, str], field: str, example: str) -> None:
    problem = problem_of(sent, ListInput)

    assert problem.field == field
    assert example in problem.action


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        ({"page": "4.5"}, "This must be a whole number."),
        ({"enabled": "maybe"}, "This must be true or false."),
    ],
)
def test_query_has_no_types_but_text(sent: dict[str, str], detail: str) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(sent, Payload, strict=False)

    assert invalid_request_from(error.value, "query", Payload).detail == detail


@pytest.mark.parametrize(
    "body", ['{"a": {"b": [{"x": 1, "y": 2, "x": 1}]}}', '{"x": 1, "\\u0078": 2}']
)
def test_repeated_name_is_refused_at_any_depth(body: str) -> None:
    with pytest.raises(InvalidRequest, match="more than once") as error:
        check_members(body.encode())

    assert error.value.field == "x"


def test_repeated_name_is_cut_in_the_problem() -> None:
    name = "x" * 500

    with pytest.raises(InvalidRequest) as error:
        check_members(f'{{"{name}": 1, "{name}": 1}}'.encode())

    assert error.value.field == name[:100]


def test_name_may_occur_in_several_objects_and_in_another_case() -> None:
    check_members(b'[{"a": 1, "A": {"a": 2}}, {"a": 3}, "a", null]')
