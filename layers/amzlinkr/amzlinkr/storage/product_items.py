"""A product's rows: its offer with its place in the feed, and its details."""

from __future__ import annotations

from datetime import datetime

import msgspec

from amzlinkr.domain.changes import Change
from amzlinkr.domain.products import Product
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import DetailsItem, OfferItem


def offer_item(site_id: str, change: Change, seq: int, shelf_id: str) -> OfferItem:
    """The newest offer, at its number in the feed."""
    product = change.product
    return OfferItem(
        site_id,
        item_keys.product(product.marketplace, product.asin),
        seq=seq,
        kind=change.kind,
        offer=msgspec.json.encode(product.offer).decode(),
        shelf_id=shelf_id,
    )


def expired_item(shelf: Shelf, asin: str, seq: int) -> OfferItem:
    """What is left of a product after 24 hours: nothing of Amazon's but the ASIN (Associates
    Program IP License)."""
    return OfferItem(
        shelf.site_id,
        item_keys.product(shelf.marketplace, asin),
        seq=seq,
        kind="expired",
        shelf_id=shelf.shelf_id,
    )


def tombstone(site_id: str, removed: tuple[str, str], seq: int, until: datetime) -> OfferItem:
    """That a product was taken out, kept for readers of the feed until then."""
    return OfferItem(
        site_id,
        item_keys.product(*removed),
        seq=seq,
        kind="removed",
        removed=True,
        expires=int(until.timestamp()),
    )


def details_item(site_id: str, product: Product) -> DetailsItem:
    """What rests."""
    return DetailsItem(
        site_id,
        item_keys.details(product.marketplace, product.asin),
        details=msgspec.json.encode(product.details).decode(),
    )
