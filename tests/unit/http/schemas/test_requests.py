"""Request types: bounds on both sides, strictness, and redaction."""

from typing import Any

import msgspec
import pytest

from amzlinkr.domain.catalog import CONDITIONS, SORTS
from amzlinkr.http.schemas import requests
from amzlinkr.http.schemas.requests import (
    ApiKeyRequest,
    CreatorsCredentialsInput,
    DeleteSiteQuery,
    ImportRequest,
    PaapiCredentialsInput,
    PageQuery,
    ProductsQuery,
    SignupRequest,
    SiteSettings,
    Strict,
    VerifyRequest,
)
from amzlinkr.http.schemas.search_requests import ListInput, SearchQuery, VariationsQuery
from tests.unit.http.schemas.inspection import schemas_of, shown_with

REQUIRED: dict[type[msgspec.Struct], dict[str, Any]] = {
    SignupRequest: {"site_url": "https://example.com", "email": "a@example.com"},
    PaapiCredentialsInput: {"api": "paapi5"}
    | dict.fromkeys(("access_key", "secret_key", "partner_tag", "marketplace"), "x"),
}
NUMBERS: list[tuple[type[msgspec.Struct], str, int, int]] = [
    (SearchQuery, "page", 1, 10),
    (SearchQuery, "min_rating", 1, 4),
    (SearchQuery, "min_saving", 1, 99),
    (SearchQuery, "min_price", 1, 10**9),
    (SearchQuery, "max_price", 1, 10**9),
    (PageQuery, "limit", 1, 100),
    (ProductsQuery, "limit", 1, 100),
    (VariationsQuery, "page", 1, 100),
    (SiteSettings, "refresh_hours", 1, 12),
    (ApiKeyRequest, "overlap_hours", 0, 168),
]
LENGTHS: list[tuple[type[msgspec.Struct], str, int, int]] = [
    (SearchQuery, "keywords", 1, 2_000),
    (SearchQuery, "category", 1, 60),
    *((SearchQuery, name, 1, 200) for name in ("brand", "author", "artist", "actor", "title")),
    (SearchQuery, "delivery", 1, 100),
    (SearchQuery, "marketplace", 2, 2),
    (PageQuery, "cursor", 0, 512),
    (SignupRequest, "site_url", 1, 500),
    (SignupRequest, "email", 0, 254),
    (SignupRequest, "invite", 0, 200),
    (PaapiCredentialsInput, "secret_key", 1, 1_000),
    (SiteSettings, "email", 0, 254),
    (DeleteSiteQuery, "confirm", 0, 600),
]


def accepts(schema: type[msgspec.Struct], name: str, value: object) -> bool:
    """Return whether a request may have this value; if not, the problem must name the field."""
    fields = REQUIRED.get(schema, {}) | {name: value}
    try:
        msgspec.convert(fields, schema)
    except msgspec.ValidationError as error:
        return name not in str(error)
    return True


@pytest.mark.parametrize(("schema", "name", "minimum", "maximum"), NUMBERS)
def test_number_is_accepted_within_its_bounds_only(
    schema: type[msgspec.Struct], name: str, minimum: int, maximum: int
) -> None:
    values = (minimum - 1, minimum, maximum, maximum + 1, str(minimum), minimum + 0.5)

    accepted = [accepts(schema, name, value) for value in values]
    assert accepted == [False, True, True, False, False, False]


@pytest.mark.parametrize(
    ("schema", "defaults"),
    [
        (PageQuery, {"limit": 100}),
        (ProductsQuery, {"limit": 100}),
        (SearchQuery, {"page": 1, "in_stock": True}),
        (VariationsQuery, {"page": 1}),
        (ListInput, {"size": 10, "in_stock": True}),
        (ApiKeyRequest, {"scope": "full", "overlap_hours": 168}),
    ],
)
def test_omitted_fields_have_the_documented_values(
    schema: type[msgspec.Struct], defaults: dict[str, object]
) -> None:
    given = {field.name: field.default for field in msgspec.structs.fields(schema)}

    assert {name: given[name] for name in defaults} == defaults


@pytest.mark.parametrize(("schema", "name", "minimum", "maximum"), LENGTHS)
def test_text_is_accepted_within_its_lengths_only(
    schema: type[msgspec.Struct], name: str, minimum: int, maximum: int
) -> None:
    assert accepts(schema, name, "a" * minimum)
    assert accepts(schema, name, "a" * maximum)
    assert not accepts(schema, name, "a" * (maximum + 1))
    assert minimum == 0 or not accepts(schema, name, "a" * (minimum - 1))


def test_import_has_1_to_1000_entries() -> None:
    # An empty or long entry fails alone, as every other one that names no product.
    for items in (["B000000001"], ["B000000001"] * 1_000, ["x" * 2_001], [""]):
        assert accepts(ImportRequest, "items", items)
    invalid: list[object] = [[], ["B000000001"] * 1_001, [None], "B000000001"]
    assert not any(accepts(ImportRequest, "items", items) for items in invalid)


@pytest.mark.parametrize("category", ["A B", "Books1", "Books\n", "Bücher", "-"])
def test_category_consists_of_letters(category: str) -> None:
    assert accepts(SearchQuery, "category", "AllBooks")
    assert not accepts(SearchQuery, "category", category)


@pytest.mark.parametrize("node", ["", "0", "01", "-1", "1.0", "x", "1" * 20, "1\n", "１"])
def test_browse_node_is_a_positive_number(node: str) -> None:
    assert accepts(SearchQuery, "browse_node", "283155")
    assert accepts(SearchQuery, "browse_node", "9" * 19)
    assert not accepts(SearchQuery, "browse_node", node)


def test_condition_is_one_of_amazons_names() -> None:
    assert all(accepts(SearchQuery, "condition", condition) for condition in CONDITIONS)
    assert not accepts(SearchQuery, "condition", "new")


def test_sort_is_one_of_amazons_names() -> None:
    assert all(accepts(SearchQuery, "sort", sort) for sort in SORTS)
    assert not accepts(SearchQuery, "sort", SORTS[0].lower())


@pytest.mark.parametrize("schema", schemas_of(requests))
def test_every_request_rejects_unknown_fields(schema: type[msgspec.Struct]) -> None:
    assert issubclass(schema, Strict)
    assert schema.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize("schema", schemas_of(requests))
def test_secrets_are_hidden_in_text_forms(schema: type[msgspec.Struct]) -> None:
    is_secret = any("secret" in name for name in schema.__struct_fields__)
    secret_schemas = (PaapiCredentialsInput, CreatorsCredentialsInput, VerifyRequest)

    assert is_secret is (schema in secret_schemas)
    assert not is_secret or "do-not-show" not in shown_with(schema, "do-not-show")
