"""Converters from products, categories and imports to HTTP output types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET, UnsetType
from msgspec.json import encode

from amzlinkr.domain.catalog import BrowseNode
from amzlinkr.domain.deals import offer_at
from amzlinkr.domain.freshness import DISCLAIMER, WITHOUT_CONTENT, fresh_until, status_of
from amzlinkr.domain.imports import WAITING, Entry, Outcome, Problem
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Image, Product, StoredProduct
from amzlinkr.http.presenters.pages import fit_page
from amzlinkr.http.presenters.problems import entry_problem
from amzlinkr.http.schemas.catalog import BrowseNodeOut, NodeNameOut
from amzlinkr.http.schemas.feed import ChangeOut
from amzlinkr.http.schemas.imports import ImportResult, ResultStatus
from amzlinkr.http.schemas.problems import EntryProblem
from amzlinkr.http.schemas.products import DealOut, ImageOut, MoneyOut, ProductOut

MAX_PROBLEM_BYTES = 16_000
"""The bytes of results with problems in a page of a job."""
NO_TAGS: Mapping[str, str] = MappingProxyType({})
"""The partner tags of a site without connections."""


@dataclass(frozen=True, slots=True)
class ResultContext:
    """Values that all results of a response have in common. `partner_tags` is by marketplace."""

    now: datetime
    api_url: str
    partner_tags: Mapping[str, str]


def product_out(
    product: Product | StoredProduct, now: datetime, partner_tags: Mapping[str, str] = NO_TAGS
) -> ProductOut:
    """Return the fields of a product that may be shown at `now`.

    Amazon's license allows content for 24 hours after it was retrieved. A product without content
    has an ASIN and a link with the site's partner tag (`partner_tags` is by marketplace code).
    """
    status, details = status_of(product, now), product.details
    if status in WITHOUT_CONTENT or details is None:
        url = product_url(product.marketplace, product.asin, partner_tags.get(product.marketplace))
        return ProductOut(
            asin=product.asin, marketplace=product.marketplace, url=url, price_status=status
        )
    offer, observed_at = offer_at(product.offer, now), product.observed_at
    return ProductOut(
        asin=product.asin,
        marketplace=product.marketplace,
        title=details.title or UNSET,
        url=details.url or UNSET,
        image=_image_out(details.image),
        brand=details.brand or UNSET,
        features=list(details.features),
        binding=details.binding or UNSET,
        price=_money_out(offer.price),
        list_price=_money_out(offer.list_price),
        list_price_kind=offer.list_price_kind or UNSET,
        list_price_label=offer.list_price_label or UNSET,
        savings_percent=UNSET if offer.savings_percent is None else offer.savings_percent,
        unit_price=offer.unit_price or UNSET,
        availability=offer.availability,
        availability_message=offer.availability_message or UNSET,
        min_order_quantity=offer.min_order_quantity or UNSET,
        max_order_quantity=offer.max_order_quantity or UNSET,
        price_status=status,
        condition=offer.condition or UNSET,
        merchant=offer.merchant or UNSET,
        deal=_deal_out(offer.deal),
        prime=UNSET if offer.prime is None else offer.prime,
        observed_at=observed_at or UNSET,
        fresh_until=fresh_until(observed_at, offer) if observed_at else UNSET,
        disclaimer=DISCLAIMER.format(domain=MARKETPLACES[product.marketplace].domain),
    )


def products_out(
    products: Iterable[Product | StoredProduct], now: datetime, partner_tags: Mapping[str, str]
) -> list[ProductOut]:
    """Return the first products, as many as a page may have."""
    return fit_page([product_out(product, now, partner_tags) for product in products])


def product_url(marketplace_code: str, asin: str, partner_tag: str | None) -> str:
    """Return the address of a product; without a partner tag it earns no commission."""
    tag = f"?tag={partner_tag}" if partner_tag else ""
    return f"https://{MARKETPLACES[marketplace_code].domain}/dp/{asin}{tag}"


def change_out(
    product: StoredProduct, now: datetime, partner_tags: Mapping[str, str] = NO_TAGS
) -> ChangeOut:
    """Return a change feed entry. A removed product has an ASIN and no content."""
    content = UNSET if product.removed else product_out(product, now, partner_tags)
    return ChangeOut(
        asin=product.asin, marketplace=product.marketplace, kind=product.kind, product=content
    )


def browse_node_out(node: BrowseNode) -> BrowseNodeOut:
    """Return a category with its ancestors and its children."""
    ancestors, children = (
        [NodeNameOut(name.id, name.name) for name in names]
        for names in (node.ancestors, node.children)
    )
    return BrowseNodeOut(node.id, node.name, ancestors, children)


def import_result(
    entry: Entry,
    outcome: Outcome,
    product: StoredProduct | None,
    context: ResultContext,
) -> ImportResult:
    """Return the result of an entry of a finished chunk, with the product in its current state."""
    # An entry that could not be parsed has its own problem and was never sent to Amazon.
    problem = entry.problem or (outcome if isinstance(outcome, Problem) else None)
    if problem is not None:
        status: ResultStatus = "not_found" if problem.code == "not_found" else "failed"
        return _result(entry, status, problem=entry_problem(problem, context.api_url))
    if product is None:
        return _result(entry, "waiting" if outcome == WAITING else "imported")
    content = product_out(product, context.now, context.partner_tags)
    return _result(entry, "waiting" if outcome == WAITING else "imported", product=content)


def queued_import_result(entry: Entry) -> ImportResult:
    """Return the result of an entry of an unfinished chunk."""
    return _result(entry, "queued")


def _result(
    entry: Entry,
    status: ResultStatus,
    product: ProductOut | UnsetType = UNSET,
    problem: EntryProblem | UnsetType = UNSET,
) -> ImportResult:
    return ImportResult(
        input=entry.input,
        asin=entry.asin or UNSET,
        marketplace=entry.marketplace or UNSET,
        status=status,
        product=product,
        problem=problem,
    )


def results_of_page(results: list[ImportResult]) -> list[ImportResult]:
    """Return the first results, as many as a page may have.

    Those with problems have fewer bytes: refused entries need no Amazon account, so anybody can
    have a long list of them.
    """
    fitting, size = fit_page(results), 0
    for number, result in enumerate(fitting):
        size += 0 if result.problem is UNSET else len(encode(result))
        if number and size > MAX_PROBLEM_BYTES:
            return fitting[:number]
    return fitting


def _deal_out(deal: Deal | None) -> DealOut | UnsetType:
    if deal is None:
        return UNSET
    return DealOut(deal.access, deal.badge, deal.starts_at or UNSET, deal.ends_at or UNSET)


def _image_out(image: Image | None) -> ImageOut | UnsetType:
    return ImageOut(image.url, image.width, image.height) if image else UNSET


def _money_out(money: Money | None) -> MoneyOut | UnsetType:
    return MoneyOut(money.amount, money.currency, money.display) if money else UNSET
