"""What requests must look like. Unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from amzlinkr.domain.asins import MAX_INPUT_CHARS
from amzlinkr.domain.catalog import MAX_PAGE, SORTS
from amzlinkr.domain.freshness import MAX_REFRESH_HOURS
from amzlinkr.domain.imports import MAX_ITEMS

Text = Annotated[str, Meta(min_length=1, max_length=1_000)]
MarketplaceCode = Annotated[str, Meta(min_length=2, max_length=2)]
Cursor = Annotated[str, Meta(max_length=512)]
Limit = Annotated[int, Meta(ge=1, le=100)]
Price = Annotated[int, Meta(ge=1, le=10**9)]
Sort = Literal[SORTS]  # type: ignore[valid-type] # the domain's tuple is the one list of sorts


class Strict(Struct, forbid_unknown_fields=True, kw_only=True):
    """A request: nothing in it that is not named here."""


class NoInput(Strict):
    """A request that takes neither body nor query."""


class SignupRequest(Strict):
    """POST /v1/signup"""

    site_url: Annotated[str, Meta(min_length=1, max_length=500)]
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    invite: Annotated[str, Meta(max_length=200)] | None = None


class PaapiCredentialsInput(Strict, tag_field="api", tag="paapi5"):
    """POST /v1/validate for PA-API 5.0"""

    access_key: Text
    secret_key: Text
    partner_tag: Text
    marketplace: Text

    def __repr__(self) -> str:
        return "PaapiKeys(***)"


class CreatorsCredentialsInput(Strict, tag_field="api", tag="creators"):
    """POST /v1/validate for the Creators API"""

    credential_id: Text
    credential_secret: Text
    credential_version: Text
    partner_tag: Text
    marketplace: Text

    def __repr__(self) -> str:
        return "CreatorsKeys(***)"


CredentialsInput = PaapiCredentialsInput | CreatorsCredentialsInput


class SearchQuery(Strict):
    """GET /v1/search; prices in minor units of the marketplace's currency"""

    keywords: Text
    marketplace: MarketplaceCode | None = None
    category: Annotated[str, Meta(max_length=60, pattern=r"^[A-Za-z]+\Z")] | None = None
    page: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 1
    sort: Sort | None = None
    brand: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    min_price: Price | None = None
    max_price: Price | None = None
    min_rating: Annotated[int, Meta(ge=1, le=4)] | None = None
    min_saving: Annotated[int, Meta(ge=1, le=99)] | None = None
    in_stock: bool = True


class ImportRequest(Strict):
    """POST /v1/import"""

    items: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=MAX_INPUT_CHARS)]],
        Meta(min_length=1, max_length=MAX_ITEMS),
    ]
    marketplace: MarketplaceCode | None = None


class PageQuery(Strict):
    """`limit` and `cursor` of a list"""

    limit: Limit = 100
    cursor: Cursor = ""


class ProductsQuery(PageQuery):
    """GET /v1/products"""

    marketplace: MarketplaceCode | None = None


class MarketplaceQuery(Strict):
    """Which marketplace; the site's primary one if not said"""

    marketplace: MarketplaceCode | None = None


class VariationsQuery(MarketplaceQuery):
    """GET /v1/variations/{asin}"""

    page: Annotated[int, Meta(ge=1, le=100)] = 1


class BrowseNodesQuery(MarketplaceQuery, kw_only=True):
    """GET /v1/browse_nodes; up to ten numbers, separated by commas"""

    ids: Text


class SiteSettings(Strict):
    """PATCH /v1/site; what is not named stays as it is"""

    email: Annotated[str, Meta(min_length=3, max_length=254)] | None = None
    primary_marketplace: MarketplaceCode | None = None
    refresh_hours: Annotated[int, Meta(ge=1, le=MAX_REFRESH_HOURS)] | None = None


class DeleteSiteQuery(Strict):
    """DELETE /v1/site; the site's host name, to confirm"""

    confirm: Annotated[str, Meta(max_length=600)] = ""


class ApiKeyRequest(Strict):
    """POST /v1/keys; `mode` is the caller's own if not said, and the other key ends after
    `overlap_hours`"""

    mode: Literal["live", "test"] | None = None
    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 168


class InviteCommand(Strict, tag_field="order", tag="invite"):
    """The operator lets a site in that cannot show a token"""

    site_url: Annotated[str, Meta(min_length=1, max_length=500)]
    by: Annotated[str, Meta(min_length=1, max_length=100)]


class SuspendCommand(Strict, tag_field="order", tag="suspend"):
    """The operator stops a site, by its id or its address"""

    site: Annotated[str, Meta(min_length=1, max_length=500)]
    by: Annotated[str, Meta(min_length=1, max_length=100)]
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class ResumeCommand(Strict, tag_field="order", tag="resume"):
    """The operator lets a site go on"""

    site: Annotated[str, Meta(min_length=1, max_length=500)]
    by: Annotated[str, Meta(min_length=1, max_length=100)]
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


AdminCommand = InviteCommand | SuspendCommand | ResumeCommand
