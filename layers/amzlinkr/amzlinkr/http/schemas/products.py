"""What answers about products look like.

Optional fields are left out when there is nothing to say.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.domain.connections import State
from amzlinkr.domain.freshness import PriceStatus
from amzlinkr.domain.imports import JobStatus
from amzlinkr.domain.products import Kind
from amzlinkr.http.schemas.sites import ApiKeyOut, ConnectionOut, Moment, SiteOut


class MoneyOut(Struct):
    """Integer minor units, ISO currency, and Amazon's own rendering"""

    amount: int
    currency: str
    display: str


class ImageOut(Struct):
    """A picture at Amazon, to be linked to"""

    url: str
    width: int
    height: int


class DealOut(Struct):
    """A running promotion"""

    badge: str | None
    access: str | None
    ends_at: str | None


class ProductOut(Struct, kw_only=True):
    """A product. Older than 24 hours: everything but the ASIN is null and `expired` is said"""

    asin: str
    marketplace: str
    title: str | None
    url: str | None
    image: ImageOut | None
    brand: str | None
    features: list[str]
    binding: str | None
    price: MoneyOut | UnsetType = UNSET
    list_price: MoneyOut | UnsetType = UNSET
    savings_percent: int | UnsetType = UNSET
    availability: str | None
    price_status: PriceStatus
    condition: str | None
    merchant: str | None
    deal: DealOut | UnsetType = UNSET
    prime: bool | UnsetType = UNSET
    observed_at: Moment | None
    fresh_until: Moment | None
    disclaimer: str


class ProductList(Struct):
    """GET /v1/products"""

    products: list[ProductOut]
    next_cursor: str | None
    has_more: bool


class SearchResults(Struct):
    """GET /v1/search"""

    items: list[ProductOut]
    total: int
    page: int
    pages: int
    search_url: str | None


class DimensionOut(Struct):
    """One way in which variations differ"""

    name: str
    label: str
    values: tuple[str, ...]


class Variations(Struct):
    """GET /v1/variations/{asin}"""

    items: list[ProductOut]
    dimensions: list[DimensionOut]
    page: int
    pages: int


class NodeNameOut(Struct):
    """A category, named"""

    id: str
    name: str


class BrowseNodeOut(Struct):
    """A category with those above it, the nearest first, and those right below it"""

    id: str
    name: str
    ancestors: list[NodeNameOut]
    children: list[NodeNameOut]


class BrowseNodes(Struct):
    """GET /v1/browse_nodes; `not_found`: the numbers Amazon does not know in this marketplace"""

    browse_nodes: list[BrowseNodeOut]
    not_found: list[str]


class ChangeOut(Struct):
    """One product's newest change"""

    asin: str
    marketplace: str
    kind: Kind
    product: ProductOut | UnsetType = UNSET


class ConnectionState(Struct):
    """Whether a marketplace's Amazon account works; if not, what to do"""

    state: State
    since: Moment
    next_probe_at: Moment | None
    action: str | None


class Changes(Struct):
    """GET /v1/changes"""

    changes: list[ChangeOut]
    next_cursor: str
    has_more: bool
    checked_at: dict[str, Moment]
    connections: dict[str, ConnectionState]


class EntryProblem(Struct):
    """Why one entry of an import failed"""

    code: str
    detail: str
    action: str
    field: str | UnsetType = UNSET


class ImportResult(Struct):
    """What became of one entry of an import"""

    input: str
    asin: str | None
    marketplace: str | None
    status: Literal["imported", "not_found", "failed", "queued"]
    product: ProductOut | UnsetType = UNSET
    problem: EntryProblem | UnsetType = UNSET


class ImportResults(Struct):
    """POST /v1/import, up to ten entries"""

    results: list[ImportResult]


class JobStarted(Struct):
    """POST /v1/import, more than ten entries"""

    job_id: str
    status_url: str


class JobProgress(Struct):
    """GET /v1/import/{job_id}; `done`: finished entries, `failed`: those of them that failed"""

    job_id: str
    status: JobStatus
    total: int
    done: int
    failed: int
    results: list[ImportResult]
    next_cursor: str | None


class ExportPage(Struct):
    """GET /v1/export: all there is about a site; its products by pages"""

    site: SiteOut
    connections: list[ConnectionOut]
    keys: list[ApiKeyOut]
    products: list[ProductOut]
    next_cursor: str | None
    has_more: bool
