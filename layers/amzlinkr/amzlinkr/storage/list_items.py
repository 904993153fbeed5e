"""The items of a list: its offers with its place in the change feed, and the details.

Both are packed: thirty products are some ten KB. The details are apart, because a changed price
must not write them again; they are about nine tenths of a list.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

import msgspec
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.feed import TOMBSTONE_RETENTION
from amzlinkr.domain.products import Details, Offer, Product
from amzlinkr.domain.shelves import Shelf
from amzlinkr.net.json_decoding import decode_json
from amzlinkr.storage import item_keys
from amzlinkr.storage.list_records import ListDetailsItem, ListItem

MAX_DETAILS_BYTES = 256 * 1024
"""The details of a list as JSON. An item of DynamoDB has at most 400 KB, also if packing fails."""
_FEATURE_LIMITS = (20, 10, 5, 2, 0)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListWrite:
    """The new content of a list, in the order of the slots of its shelf.

    `details` is None if the stored ones stay. The shelf of a removed list has no definition.
    """

    shelf: Shelf
    name: str
    offers: Sequence[Offer] = ()
    details: Mapping[str, Details] | None = field(default_factory=dict)


def save_lists(
    transaction: TransactWrite, lists: Iterable[ListWrite], numbers: Iterator[int], now: datetime
) -> None:
    """Add the items of lists to a transaction, each with the next number of the feed."""
    for written in lists:
        transaction.save(_list_item(written, next(numbers), now))
        if written.details is None:
            continue
        key = written.shelf.site_id, item_keys.list_details(written.name)
        if written.details:
            transaction.save(ListDetailsItem(*key, details=_pack(written.details)))
        else:
            transaction.delete(ListDetailsItem(*key))


def _list_item(written: ListWrite, seq: int, now: datetime) -> ListItem:
    shelf = written.shelf
    is_removed = shelf.definition is None
    return ListItem(
        shelf.site_id,
        item_keys.list_content(written.name),
        seq=seq,
        kind="list_removed" if is_removed else "list",
        marketplace=shelf.marketplace,
        offers=_pack(written.offers) if written.offers else None,
        expires=int((now + TOMBSTONE_RETENTION).timestamp()) if is_removed else None,
    )


def offers_from_item(item: ListItem) -> list[Offer]:
    """Return the offers of a list, in the order of its slots.

    Another release may have stored them in another form. Then there are none, which is another
    content than the shelf describes: the list is shown after its next refresh.
    """
    return _unpack(item.offers, list[Offer]) or []


def details_from_item(item: ListDetailsItem | None) -> dict[str, Details]:
    """Return the details of a list's products by ASIN."""
    return _unpack(item.details, dict[str, Details]) or {} if item else {}


def fit_details(items: Sequence[Product]) -> tuple[Product, ...]:
    """Return the products, with fewer features if their details are too large for one item."""
    fitting = tuple(items)
    for limit in _FEATURE_LIMITS:
        fitting = tuple(
            replace(item, details=replace(item.details, features=item.details.features[:limit]))
            for item in items
        )
        if len(msgspec.json.encode([item.details for item in fitting])) <= MAX_DETAILS_BYTES:
            break
    return fitting


def _pack(content: object) -> bytes:
    return zlib.compress(msgspec.json.encode(content))


def _unpack(packed: bytes | None, kind: type[T]) -> T | None:
    if packed is None:
        return None
    try:
        return decode_json(zlib.decompress(packed), kind)
    except msgspec.ValidationError:
        return None
