"""The items of a product: its offer with its place in the change feed, and its details."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_type_hints

import msgspec

from amzlinkr.domain.changes import Change
from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.deals import offer_at, without_price
from amzlinkr.domain.feed import FeedState
from amzlinkr.domain.products import Kind, Offer, Product
from amzlinkr.domain.shelf_refresh import outdated_offers
from amzlinkr.domain.shelves import Shelf
from amzlinkr.net.json_decoding import decode_json
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.list_records import ListItem
from amzlinkr.storage.records import (
    DetailsItem,
    FeedItem,
    OfferItem,
    ProductsItem,
    TombstoneItem,
)

FEED_ITEMS = (OfferItem, ListItem)
"""The items with a place in the change feed."""
_OFFER_TYPES = get_type_hints(Offer)


def read_feed_state(site_id: str) -> FeedState:
    """Return the state of a site's change feed; its number is 0 before the first change."""
    item = find(FeedItem, site_id, item_keys.FEED)
    if item is None:
        return FeedState(0)
    began_at = None if item.began_at is None else from_unix_ms(int(item.began_at))
    return FeedState(int(item.last_seq), began_at, is_complete=not item.incomplete)


def newest_seq(site_id: str) -> int:
    """Return the highest sequence number of a stored product or list, 0 without one."""
    with store_errors():
        newest = ProductsItem.feed.query(
            site_id, consistent_read=True, scan_index_forward=False, limit=1
        )
        return max((int(item.seq) for item in newest if isinstance(item, FEED_ITEMS)), default=0)


def item_from_feed_state(site_id: str, state: FeedState) -> FeedItem:
    """Return the item that stores the state of a site's change feed."""
    began_at = None if state.began_at is None else to_unix_ms(state.began_at)
    incomplete = None if state.is_complete else True
    return FeedItem(
        site_id, item_keys.FEED,
        last_seq=state.last_seq, began_at=began_at, incomplete=incomplete,
    )  # fmt: skip


def find_offers(site_id: str, marketplace: str, asins: Iterable[str]) -> list[OfferItem]:
    """Return the offer items of these products, without tombstones."""
    wanted = [(site_id, item_keys.product(marketplace, asin)) for asin in asins]
    with store_errors():
        items = list(OfferItem.batch_get(wanted, consistent_read=True))
    return [item for item in items if not item.removed]


def find_tombstones(site_id: str, marketplace: str, asins: Iterable[str]) -> tuple[str, ...]:
    """Return those of these ASINs that have a tombstone."""
    wanted = [(site_id, item_keys.tombstone(marketplace, asin)) for asin in asins]
    with store_errors():
        items = list(TombstoneItem.batch_get(wanted, consistent_read=True))
    return tuple(item_keys.split_sort_key(item.sk)[1] for item in items)


def item_from_change(site_id: str, change: Change, seq: int, shelf_id: str) -> OfferItem:
    """Return the item of a product's newest offer, at its sequence number in the feed."""
    product = change.product
    return OfferItem(
        site_id,
        item_keys.product(product.marketplace, product.asin),
        seq=seq,
        kind=change.kind,
        offer=msgspec.json.encode(product.offer).decode(),
        shelf_id=shelf_id,
    )


def offer_from_item(item: OfferItem) -> Offer:
    """Return the stored offer, or an empty one for a product without content.

    Another release may have stored members in another form: release 0.2.0 has other members in a
    deal. They are omitted, and the price is hidden until the next refresh, because what limits it
    may be among them. One product must not make a whole page unreadable.
    """
    if not item.offer:
        return Offer()
    try:
        return decode_json(item.offer, Offer)
    except msgspec.ValidationError:
        return without_price(_offer_from_known_members(msgspec.json.decode(item.offer)))


def _offer_from_known_members(members: dict[str, Any]) -> Offer:
    known = {}
    for name in _OFFER_TYPES.keys() & members.keys():
        try:
            known[name] = msgspec.convert(members[name], _OFFER_TYPES[name])
        except msgspec.ValidationError:
            continue
    return Offer(**known)


def outdated_item(shelf: Shelf, asin: str, seq: int, offer: Offer) -> OfferItem:
    """Return the item of a product after the end of its deal or early access."""
    return OfferItem(
        shelf.site_id,
        item_keys.product(shelf.marketplace, asin),
        seq=seq,
        kind="price",
        offer=msgspec.json.encode(offer).decode(),
        shelf_id=shelf.shelf_id,
    )


def cleared_item(shelf: Shelf, asin: str, seq: int, kind: Kind) -> OfferItem:
    """Return the item of a product without content: it has expired, is missing, or is waiting.

    Source: Associates Program IP License.
    """
    return OfferItem(
        shelf.site_id,
        item_keys.product(shelf.marketplace, asin),
        seq=seq,
        kind=kind,
        shelf_id=shelf.shelf_id,
    )


def tombstone_item(
    site_id: str, removed: tuple[str, str], seq: int, until: datetime
) -> TombstoneItem:
    """Return the tombstone of a removed product (marketplace, ASIN), kept until a moment."""
    return TombstoneItem(
        site_id,
        item_keys.tombstone(*removed),
        seq=seq,
        kind="removed",
        removed=True,
        expires=int(until.timestamp()),
    )


def item_from_details(site_id: str, product: Product) -> DetailsItem:
    """Return the item of a product's details."""
    return DetailsItem(
        site_id,
        item_keys.details(product.marketplace, product.asin),
        details=msgspec.json.encode(product.details).decode(),
    )


def current_offers(shelf: Shelf, now: datetime) -> dict[str, Offer]:
    """Return the offers at `now` that differ from the stored ones, by ASIN.

    Read after the shelf: an offer changes only together with its shelf, so a change in between
    fails the transaction.
    """
    asins = outdated_offers(shelf, now)
    items = find_offers(shelf.site_id, shelf.marketplace, asins) if asins else []
    stored = {
        item_keys.split_sort_key(item.sk)[1]: offer_from_item(item) for item in items if item.offer
    }
    shown = {asin: offer_at(offer, now) for asin, offer in stored.items()}
    return {asin: offer for asin, offer in shown.items() if offer != stored[asin]}
