"""Values of enumerations: every one in the types of requests, at any path."""

from typing import Annotated, Literal, get_args, get_type_hints

import msgspec
import pytest

from amzlinkr.http.enumerations import allowed_values
from amzlinkr.http.schemas import commands, requests, search_requests

SCHEMAS = [
    schema
    for module in (requests, search_requests, commands)
    for schema in vars(module).values()
    if isinstance(schema, type) and issubclass(schema, requests.Strict)
]


def literals_of(hint: object) -> list[str]:
    """Return the values of the enumeration in a type hint, also in a union."""
    found = [hint, *get_args(hint)]
    return [
        value for one in found if repr(one).startswith("typing.Literal") for value in get_args(one)
    ]


ENUMERATIONS = [
    (schema, name, literals_of(hint))
    for schema in SCHEMAS
    for name, hint in get_type_hints(schema).items()
    if literals_of(hint)
]


class Entry(msgspec.Struct):
    kind: Annotated[Literal["b", "a"] | None, msgspec.Meta(description="A kind.")] = None


class Listing(msgspec.Struct):
    entries: list[Entry]
    title: str


def test_types_of_requests_have_enumerations() -> None:
    assert {name for _, name, _ in ENUMERATIONS} >= {"scope", "mode", "sort", "condition"}


@pytest.mark.parametrize(("schema", "name", "values"), ENUMERATIONS)
def test_values_are_those_of_the_type(schema: type, name: str, values: list[str]) -> None:
    assert allowed_values(schema, name) == sorted(values)


@pytest.mark.parametrize(
    ("schema", "tag_field", "values"),
    [
        (requests.CredentialsInput, "api", ["creators", "paapi5"]),
        (
            commands.AdminCommand,
            "order",
            sorted(str(one.__struct_config__.tag) for one in get_args(commands.AdminCommand)),
        ),
        (commands.StatusCommand, "order", ["status"]),
    ],
)
def test_tag_of_a_union_is_an_enumeration(
    schema: object, tag_field: str, values: list[str]
) -> None:
    assert allowed_values(schema, tag_field) == values


def test_enumeration_in_a_list_with_a_description() -> None:
    assert allowed_values(Listing, "entries[0].kind") == ["a", "b"]


@pytest.mark.parametrize(
    "path", ["", "title", "unknown", "title.kind", "entries", "entries[0]", "entries.kind", "[0]"]
)
def test_another_path_has_no_values(path: str) -> None:
    assert allowed_values(Listing, path) == []
