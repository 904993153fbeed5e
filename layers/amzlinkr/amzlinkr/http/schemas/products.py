"""Response types about products, categories and imports.

The class docstrings become descriptions in the OpenAPI document. Optional fields are absent, never
null.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.domain.freshness import PriceStatus
from amzlinkr.domain.imports import JobStatus
from amzlinkr.domain.products import AvailabilityName, DealAccess, ListPriceKind
from amzlinkr.http.schemas.problems import EntryProblem
from amzlinkr.http.schemas.sites import Timestamp


class MoneyOut(Struct):
    """Amount in integer minor units, ISO 4217 currency, and the text as Amazon formats it."""

    amount: int
    currency: str
    display: str


class ImageOut(Struct):
    """URL and size in pixels of an image that Amazon hosts."""

    url: str
    width: int
    height: int


class DealOut(Struct):
    """Running deal of an offer. The deal price is for Prime members if `access` is not `all`.

    `badge` is Amazon's text for display, empty if there is none. A deal without `ends_at` has no
    planned end.
    """

    access: DealAccess
    badge: str
    starts_at: Timestamp | UnsetType = UNSET
    ends_at: Timestamp | UnsetType = UNSET


class ProductOut(Struct, kw_only=True):
    """Product with its details and current offer.

    A product with the `price_status` `expired` (seen 24 hours ago), `missing` (Amazon does not
    return it any more) or `waiting` (not retrieved yet) has an ASIN, a marketplace and a `url`, and
    no other field.
    """

    asin: str
    marketplace: str
    title: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    image: ImageOut | UnsetType = UNSET
    brand: str | UnsetType = UNSET
    features: list[str] | UnsetType = UNSET
    binding: str | UnsetType = UNSET
    price: MoneyOut | UnsetType = UNSET
    list_price: MoneyOut | UnsetType = UNSET
    list_price_kind: ListPriceKind | UnsetType = UNSET
    list_price_label: str | UnsetType = UNSET
    savings_percent: int | UnsetType = UNSET
    unit_price: str | UnsetType = UNSET
    availability: AvailabilityName | UnsetType = UNSET
    availability_message: str | UnsetType = UNSET
    min_order_quantity: int | UnsetType = UNSET
    max_order_quantity: int | UnsetType = UNSET
    price_status: PriceStatus
    condition: str | UnsetType = UNSET
    merchant: str | UnsetType = UNSET
    deal: DealOut | UnsetType = UNSET
    prime: bool | UnsetType = UNSET
    observed_at: Timestamp | UnsetType = UNSET
    fresh_until: Timestamp | UnsetType = UNSET
    disclaimer: str | UnsetType = UNSET


class ProductList(Struct):
    """Response of GET /v1/products."""

    products: list[ProductOut]
    next_cursor: str | None
    has_more: bool


class SearchResults(Struct):
    """Response of GET /v1/search."""

    items: list[ProductOut]
    total: int
    page: int
    pages: int
    search_url: str | None


class DimensionOut(Struct):
    """Attribute in which variations differ, for example the color."""

    name: str
    label: str
    values: tuple[str, ...]


class Variations(Struct):
    """Response of GET /v1/variations/{asin}."""

    items: list[ProductOut]
    dimensions: list[DimensionOut]
    page: int
    pages: int


class NodeNameOut(Struct):
    """ID and name of a category."""

    id: str
    name: str


class BrowseNodeOut(Struct):
    """Category with its ancestors, the nearest first, and its direct children."""

    id: str
    name: str
    ancestors: list[NodeNameOut]
    children: list[NodeNameOut]


class BrowseNodes(Struct):
    """Response of GET /v1/browse_nodes.

    `not_found` lists the IDs that do not exist in this marketplace.
    """

    browse_nodes: list[BrowseNodeOut]
    not_found: list[str]


class ImportResult(Struct):
    """Result of one import entry. `input` has up to 200 characters of it.

    A product is `waiting` if its account has no access to Amazon's API: it is stored, with its
    content if it was imported before, and retrieved when the account works.
    """

    input: str
    asin: str | None
    marketplace: str | None
    status: Literal["imported", "waiting", "not_found", "failed", "queued"]
    product: ProductOut | UnsetType = UNSET
    problem: EntryProblem | UnsetType = UNSET


class ImportResults(Struct):
    """Response of POST /v1/import with up to ten entries."""

    results: list[ImportResult]


class JobStarted(Struct):
    """Response of POST /v1/import with more than ten entries."""

    job_id: str
    status_url: str


class JobProgress(Struct):
    """Response of GET /v1/import/{job_id}.

    `done` counts the finished entries. `failed` counts those of them that failed.
    """

    job_id: str
    status: JobStatus
    total: int
    done: int
    failed: int
    results: list[ImportResult]
    next_cursor: str | None
