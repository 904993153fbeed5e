"""Domain values as answers, and domain errors as problem+json: nobody else chooses a status."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import UNSET

from amzlinkr.domain.amazon_errors import AmazonError, Upstream
from amzlinkr.domain.catalog import BrowseNode
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.freshness import (
    DISCLAIMER,
    fresh_until,
    is_expired,
    price_status,
)
from amzlinkr.domain.imports import Entry, Outcome, Problem
from amzlinkr.domain.limits import LimitUsage
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Details, Offer, Product, StoredProduct
from amzlinkr.http.schemas.products import (
    BrowseNodeOut,
    ChangeOut,
    DealOut,
    EntryProblem,
    ImageOut,
    ImportResult,
    MoneyOut,
    NodeNameOut,
    ProductOut,
)
from amzlinkr.http.schemas.sites import (
    ProblemOut,
    UpstreamOut,
)

JSON, PROBLEM_JSON = "application/json", "application/problem+json"


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What a story gives back: a status and a schema; `cacheable` adds an ETag, and what is
    `public` may be kept by anybody for an hour."""

    status: int = 200
    body: msgspec.Struct | msgspec.Raw | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cacheable: bool = False
    public: bool = False
    content_type: str = JSON

    def encoded(self) -> str:
        """The body as JSON text; empty without one."""
        return "" if self.body is None else msgspec.json.encode(self.body).decode()


@cache
def api_description() -> msgspec.Raw:
    """The API as an OpenAPI document."""
    return msgspec.Raw(Path(__file__).with_name("openapi.json").read_bytes())


def etag_of(text: str) -> str:
    """A strong validator of a body. Products carry `observed_at`, so it covers that too."""
    return f'"{blake2b(text.encode(), digest_size=12).hexdigest()}"'


def problem(error: AmzlinkrError, request_id: str) -> ApiResponse:
    """The problem+json of an error; `field` is named where the error knows it."""
    upstream = error.upstream if isinstance(error, AmazonError) else None
    body = ProblemOut(
        type=f"urn:amzlinkr:problem:{error.code}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        code=error.code,
        action=error.action,
        retryable=error.retryable,
        request_id=request_id,
        field=getattr(error, "field", UNSET),
        retry_after=UNSET if error.retry_after is None else error.retry_after,
        upstream=upstream_out(upstream) if upstream else UNSET,
    )
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return ApiResponse(error.status, body, headers, content_type=PROBLEM_JSON)


def rate_limit_headers(allowance: LimitUsage) -> dict[str, str]:
    """How much of a limit is left, as the IETF's draft "RateLimit header fields for HTTP" says."""
    limit = allowance.limit
    window = f";w={int(limit.per.total_seconds())}" if limit.per else ""
    return {
        "RateLimit-Policy": f'"{limit.kind}";q={limit.maximum}{window}',
        "RateLimit": f'"{limit.kind}";r={allowance.remaining};t={allowance.resets_in}',
    }


def product_out(product: Product | StoredProduct, now: datetime) -> ProductOut:
    """A product as it may be shown now: after 24 hours nothing but the ASIN."""
    expired = is_expired(product.observed_at, now) or product.details is None
    details = Details("", "") if expired or product.details is None else product.details
    offer = Offer() if expired else product.offer
    image = details.image
    return ProductOut(
        asin=product.asin,
        marketplace=product.marketplace,
        title=details.title or None,
        url=details.url or None,
        image=ImageOut(image.url, image.width, image.height) if image else None,
        brand=details.brand,
        features=list(details.features),
        binding=details.binding,
        price=_money(offer.price),
        list_price=_money(offer.list_price),
        savings_percent=UNSET if offer.savings_percent is None else offer.savings_percent,
        availability=None if expired else offer.availability,
        price_status="expired" if expired else price_status(offer, product.observed_at, now),
        condition=offer.condition,
        merchant=offer.merchant,
        deal=DealOut(offer.deal.badge, offer.deal.access, offer.deal.ends_at)
        if offer.deal
        else UNSET,
        prime=UNSET if offer.prime is None else offer.prime,
        observed_at=product.observed_at,
        fresh_until=fresh_until(product.observed_at) if product.observed_at else None,
        disclaimer=DISCLAIMER.format(shop=MARKETPLACES[product.marketplace].domain),
    )


def upstream_out(upstream: Upstream) -> UpstreamOut:
    """Amazon's own words."""
    return UpstreamOut(upstream.service, upstream.status, upstream.code, upstream.request_id)


def browse_node_out(node: BrowseNode) -> BrowseNodeOut:
    """A category among its neighbours."""
    above, below = (
        [NodeNameOut(name.id, name.name) for name in names]
        for names in (node.ancestors, node.children)
    )
    return BrowseNodeOut(node.id, node.name, above, below)


def import_result(
    entry: Entry, outcome: Outcome, product: StoredProduct | None, now: datetime
) -> ImportResult:
    """What became of an entry whose chunk is done; its product as it stands now."""
    trouble = entry.problem or outcome
    if trouble is not None:
        return ImportResult(
            entry.input,
            entry.asin,
            entry.marketplace,
            "not_found" if trouble.code == "not_found" else "failed",
            problem=_entry_problem(trouble),
        )
    shown = UNSET if product is None else product_out(product, now)
    return ImportResult(entry.input, entry.asin, entry.marketplace, "imported", product=shown)


def import_waiting(entry: Entry) -> ImportResult:
    """An entry whose turn has not come."""
    return ImportResult(entry.input, entry.asin, entry.marketplace, "queued")


def _entry_problem(trouble: Problem) -> EntryProblem:
    return EntryProblem(trouble.code, trouble.detail, trouble.action, trouble.field or UNSET)


def _money(money: Money | None) -> MoneyOut | msgspec.UnsetType:
    return MoneyOut(money.amount, money.currency, money.display) if money else UNSET


def change_out(product: StoredProduct, now: datetime) -> ChangeOut:
    """A feed entry; a removed product is named, not shown."""
    shown = UNSET if product.removed else product_out(product, now)
    return ChangeOut(product.asin, product.marketplace, product.kind, shown)
