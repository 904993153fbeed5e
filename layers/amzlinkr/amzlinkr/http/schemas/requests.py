"""Request types: bodies and query strings. Unknown fields are rejected.

The docstrings of bodies become descriptions in the OpenAPI document.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from amzlinkr.domain.asins import MAX_INPUT_CHARS
from amzlinkr.domain.catalog import CONDITIONS, MAX_PAGE, SORTS
from amzlinkr.domain.freshness import MAX_REFRESH_HOURS
from amzlinkr.domain.imports import MAX_ITEMS
from amzlinkr.domain.lists import DEFAULT_LIST_SIZE, MAX_LIST_SIZE
from amzlinkr.domain.scopes import Scope

Email = Annotated[str, Meta(max_length=254)]
"""An e-mail address, also an empty text: `email_address` names the rule."""
Text = Annotated[str, Meta(min_length=1, max_length=1_000)]
AsinList = Annotated[str, Meta(min_length=1, max_length=2_000)]
"""Up to 100 ASINs with commas and spaces; their number is checked by `asins_of`."""
MarketplaceCode = Annotated[str, Meta(min_length=2, max_length=2)]
Cursor = Annotated[str, Meta(max_length=512)]
PageLimit = Annotated[int, Meta(ge=1, le=100)]
SearchTerm = Annotated[str, Meta(min_length=1, max_length=200)]
PartnerTag = Annotated[str, Meta(max_length=1_000)]
"""An Associate tag, also an empty one: `partner_tag_of` names the rule."""
_CATEGORY, _BROWSE_NODE = r"^[A-Za-z]+\Z", r"^[1-9][0-9]{0,18}\Z"
PATTERN_RULES = {
    _CATEGORY: "Use the letters of Amazon's name of a category, for example HomeAndKitchen.",
    _BROWSE_NODE: "Use the ID of one browse node: up to 19 digits, for example 283155.",
}
"""The actions for texts that do not match the patterns of this module."""
REFRESH_HOURS = Meta(
    ge=1,
    le=MAX_REFRESH_HOURS,
    description="The hours between two refreshes of a product. Amazon's developer guides name one "
    "hour for offers; 2 to 12 hours exceed that.",
)
PriceFilter = Annotated[int, Meta(ge=1, le=10**9)]
SearchCondition = Literal[CONDITIONS]  # type: ignore[valid-type] # generated, as is `Sort`
Sort = Literal[SORTS]  # type: ignore[valid-type] # generated from the domain's tuple, so that there is one list


class Strict(Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of all request types: rejects fields that the type does not define."""


class NoInput(Strict):
    """Request without a body and without query parameters."""


class SignupRequest(Strict):
    """Body of POST /v1/signup."""

    site_url: Annotated[str, Meta(min_length=1, max_length=500)]
    email: Email
    invite: Annotated[str, Meta(max_length=200)] | None = None


class VerifyRequest(Strict):
    """Body of POST /v1/signup/{signup_id}/verify, with the secret from the start of the sign-up."""

    # Without limits: a text that is not the secret is answered like an unknown sign-up.
    signup_secret: str

    def __repr__(self) -> str:
        return "VerifyRequest(***)"


class PaapiCredentialsInput(Strict, tag_field="api", tag="paapi5"):
    """Body of POST /v1/validate for PA-API 5.0."""

    access_key: Text
    secret_key: Text
    partner_tag: PartnerTag
    marketplace: Text

    def __repr__(self) -> str:
        return "PaapiCredentialsInput(***)"


class CreatorsCredentialsInput(Strict, tag_field="api", tag="creators"):
    """Body of POST /v1/validate for the Creators API."""

    credential_id: Text
    credential_secret: Text
    credential_version: Text
    partner_tag: PartnerTag
    marketplace: Text

    def __repr__(self) -> str:
        return "CreatorsCredentialsInput(***)"


CredentialsInput = PaapiCredentialsInput | CreatorsCredentialsInput


class LinkOnlyConnectionInput(Strict):
    """Body of PUT /v1/connections/{marketplace}: an Associate tag, before API access."""

    partner_tag: PartnerTag


class SearchFilters(Strict):
    """Search with at least one term, from `keywords` to `title`.

    Prices are in minor units of the marketplace's currency. `delivery` has one or several flags,
    separated by commas.
    """

    keywords: Annotated[str, Meta(min_length=1, max_length=MAX_INPUT_CHARS)] | None = None
    brand: SearchTerm | None = None
    author: SearchTerm | None = None
    artist: SearchTerm | None = None
    actor: SearchTerm | None = None
    title: SearchTerm | None = None
    marketplace: MarketplaceCode | None = None
    category: Annotated[str, Meta(max_length=60, pattern=_CATEGORY)] | None = None
    browse_node: Annotated[str, Meta(pattern=_BROWSE_NODE)] | None = None
    sort: Sort | None = None
    min_price: PriceFilter | None = None
    max_price: PriceFilter | None = None
    min_rating: Annotated[int, Meta(ge=1, le=4)] | None = None
    min_saving: Annotated[int, Meta(ge=1, le=99)] | None = None
    in_stock: bool = True
    condition: SearchCondition | None = None
    delivery: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class SearchQuery(SearchFilters):
    """Query of GET /v1/search, with at least one term, from `keywords` to `title`.

    Prices are in minor units of the marketplace's currency. `delivery` has one or several flags,
    separated by commas.
    """

    page: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 1


class ListInput(SearchFilters):
    """Body of PUT /v1/lists/{name}: a search with at least one term, from `keywords` to `title`.

    The terms have at most 300 bytes together, as JSON. `size` is the maximum number of products.
    Prices are in minor units of the marketplace's currency. `delivery` has one or several flags,
    separated by commas.
    """

    size: Annotated[int, Meta(ge=1, le=MAX_LIST_SIZE)] = DEFAULT_LIST_SIZE


class ImportRequest(Strict):
    """Body of POST /v1/import. An item is an ASIN or the URL of a product.

    Items have no limits here: one that cannot be imported fails alone.
    """

    items: Annotated[list[str], Meta(min_length=1, max_length=MAX_ITEMS)]
    marketplace: MarketplaceCode | None = None


class PageQuery(Strict):
    """Page of a list: its maximum size, and the cursor of the page before."""

    limit: PageLimit = 100
    cursor: Cursor = ""


class ProductsQuery(PageQuery):
    """Query of GET /v1/products, of all marketplaces unless one is given.

    The last three have one or several values, comma-separated.
    """

    marketplace: MarketplaceCode | None = None
    asins: AsinList | None = None
    price_status: Text | None = None
    availability: Text | None = None


class MarketplaceQuery(Strict):
    """Marketplace of a request. The default is the site's primary marketplace."""

    marketplace: MarketplaceCode | None = None


class RemovalQuery(MarketplaceQuery, kw_only=True):
    """Query of DELETE /v1/products: up to 100 ASINs, separated by commas."""

    asins: AsinList


class VariationsQuery(MarketplaceQuery):
    """Query of GET /v1/variations/{asin}."""

    page: Annotated[int, Meta(ge=1, le=100)] = 1


class BrowseNodesQuery(MarketplaceQuery, kw_only=True):
    """Query of GET /v1/browse_nodes: up to ten IDs, separated by commas."""

    ids: Text


class SiteSettings(Strict):
    """Body of PATCH /v1/site. Absent settings are not changed."""

    email: Email | None = None
    primary_marketplace: MarketplaceCode | None = None
    refresh_hours: Annotated[int, REFRESH_HOURS] | None = None


class DeleteSiteQuery(Strict):
    """Query of DELETE /v1/site. `confirm` must be the host name of the site."""

    confirm: Annotated[str, Meta(max_length=600)] = ""


class ApiKeyRequest(Strict):
    """Body of POST /v1/keys.

    The default of `mode` is the mode of the API key that sends the request. The earlier API key
    of the same scope expires after `overlap_hours`.
    """

    mode: Literal["live", "test"] | None = None
    scope: Scope = "full"
    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 168


class LeakReport(Strict):
    """Body of POST /v1/keys/leaked: an API key that was found in public."""

    api_key: str

    def __repr__(self) -> str:
        return "LeakReport(***)"
