"""Converters from products, categories and imports to HTTP output types."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, UnsetType

from amzlinkr.domain.catalog import BrowseNode
from amzlinkr.domain.freshness import DISCLAIMER, fresh_until, is_expired, price_status
from amzlinkr.domain.imports import Entry, Outcome
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Details, Offer, Product, StoredProduct
from amzlinkr.http.presenters.problems import entry_problem
from amzlinkr.http.schemas.products import (
    BrowseNodeOut,
    ChangeOut,
    DealOut,
    ImageOut,
    ImportResult,
    MoneyOut,
    NodeNameOut,
    ProductOut,
)


def product_out(product: Product | StoredProduct, now: datetime) -> ProductOut:
    """Return the fields of a product that may be shown at `now`.

    Amazon's license allows content for 24 hours after it was retrieved. An older product, and one
    without stored details, has an ASIN and no content.
    """
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
        price=_money_out(offer.price),
        list_price=_money_out(offer.list_price),
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


def change_out(product: StoredProduct, now: datetime) -> ChangeOut:
    """Return a change feed entry. A removed product has an ASIN and no content."""
    content = UNSET if product.removed else product_out(product, now)
    return ChangeOut(product.asin, product.marketplace, product.kind, content)


def browse_node_out(node: BrowseNode) -> BrowseNodeOut:
    """Return a category with its ancestors and its children."""
    ancestors, children = (
        [NodeNameOut(name.id, name.name) for name in names]
        for names in (node.ancestors, node.children)
    )
    return BrowseNodeOut(node.id, node.name, ancestors, children)


def import_result(
    entry: Entry, outcome: Outcome, product: StoredProduct | None, now: datetime
) -> ImportResult:
    """Return the result of an entry of a finished chunk, with the product in its current state."""
    # An entry that could not be parsed has its own problem and was never sent to Amazon.
    problem = entry.problem or outcome
    if problem is not None:
        return ImportResult(
            entry.input,
            entry.asin,
            entry.marketplace,
            "not_found" if problem.code == "not_found" else "failed",
            problem=entry_problem(problem),
        )
    content = UNSET if product is None else product_out(product, now)
    return ImportResult(entry.input, entry.asin, entry.marketplace, "imported", product=content)


def queued_import_result(entry: Entry) -> ImportResult:
    """Return the result of an entry of an unfinished chunk."""
    return ImportResult(entry.input, entry.asin, entry.marketplace, "queued")


def _money_out(money: Money | None) -> MoneyOut | UnsetType:
    return MoneyOut(money.amount, money.currency, money.display) if money else UNSET
