"""Consistent reads of lists from the three items in which their parts are stored.

As with products (`product_reads.py`), the items are read one after another, and a refresh can come
in between. The shelf of a list has the fingerprint of each result: a list is only shown if its
offers and details have these fingerprints, otherwise its items are read again. Two equal reads in a
row are not torn: an earlier release wrote another kind of fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from amzlinkr.domain.changes import fingerprint_of
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.lists import StoredList
from amzlinkr.domain.products import Kind, Product
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.list_items import details_from_item, offers_from_item
from amzlinkr.storage.list_records import ListDetailsItem, ListItem
from amzlinkr.storage.product_reads import MAX_READ_ATTEMPTS, read_items
from amzlinkr.storage.shelves import ShelfStore


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some lists by name. `next_name` is the one after which the next page begins, or None."""

    lists: tuple[StoredList, ...]
    next_name: str | None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    stored: StoredList
    shelf: Shelf | None
    is_repeated: bool = False

    @property
    def is_consistent(self) -> bool:
        """Return True if offers, details and shelf belong together."""
        if self.is_repeated or self.stored.removed:
            return True
        # The list was removed, or moved to another marketplace, between the reads.
        if self.shelf is None:
            return False
        read = [(item.asin, fingerprint_of(item)) for item in self.stored.items]
        return read == [(slot.asin, slot.fingerprint) for slot in self.shelf.slots]


class ListStore:
    """The lists of all sites, for reading."""

    def __init__(self, shelves: ShelfStore) -> None:
        self._shelves = shelves

    def get(self, site_id: str, name: str) -> StoredList | None:
        """Return a list, or None."""
        found = self.read(site_id, _content_items(site_id, [name])).get(name)
        return None if found is None or found.removed else found

    def page(self, site_id: str, after: str | None, limit: int) -> ListPage:
        """Return up to `limit` lists by name, after the name `after`."""
        shelves = self._shelves.lists(site_id)
        names = sorted(shelf.definition.name for shelf in shelves if shelf.definition)
        rest = [name for name in names if name > (after or "")]
        found = self.read(site_id, _content_items(site_id, rest[:limit]))
        lists = (found.get(name) for name in rest[:limit])
        return ListPage(
            tuple(one for one in lists if one and not one.removed),
            rest[limit - 1] if len(rest) > limit else None,
        )

    def read(self, site_id: str, items: Sequence[ListItem]) -> dict[str, StoredList]:
        """Return the lists of these items by name, tombstones included. Read torn ones again.

        Raises:
            StoreUnavailable: An item changed during every read.
        """
        known = self._read_with_shelves(site_id, items)
        for _ in range(MAX_READ_ATTEMPTS):
            torn = [name for name, snapshot in known.items() if not snapshot.is_consistent]
            if not torn:
                return {name: snapshot.stored for name, snapshot in known.items()}
            again = self._read_with_shelves(site_id, _content_items(site_id, torn))
            for name in torn:
                before = known.pop(name)
                if name in again:
                    known[name] = replace(again[name], is_repeated=again[name] == before)
        raise StoreUnavailable("The lists changed each time they were read.", is_fault=False)

    def find_damaged(self, shelf: Shelf) -> bool:
        """Return True if the stored content of a list is not what its shelf describes."""
        name = shelf.definition.name if shelf.definition else ""
        items = _content_items(shelf.site_id, [name])
        snapshot = self._read_with_shelves(shelf.site_id, items).get(name)
        return snapshot is None or snapshot.stored.removed or not snapshot.is_consistent

    def unplaced_names(self, site_id: str) -> list[str]:
        """Return the names of lists that have content and no shelf."""
        placed = {
            shelf.definition.name for shelf in self._shelves.lists(site_id) if shelf.definition
        }
        within = ListItem.sk.startswith(item_keys.LIST_CONTENT_PREFIX)
        with store_errors():
            rows = list(ListItem.query(site_id, within, consistent_read=True))
        names = [item_keys.list_name(row.sk) for row in rows if row.kind == "list"]
        return [name for name in names if name not in placed]

    def _read_with_shelves(self, site_id: str, items: Iterable[ListItem]) -> dict[str, _Snapshot]:
        current = {item_keys.list_name(item.sk): item for item in items}
        live = {name: item for name, item in current.items() if item.kind == "list"}
        details = _details_items(site_id, [name for name, item in live.items() if item.offers])
        shelves = self._shelves.get_many(
            site_id,
            [
                (item.marketplace, item_keys.list_shelf(item.marketplace, name))
                for name, item in live.items()
            ],
        )
        by_name = {shelf.definition.name: shelf for shelf in shelves.values() if shelf.definition}
        return {
            name: _snapshot_of(name, item, details.get(name), by_name.get(name))
            for name, item in current.items()
        }


def _snapshot_of(
    name: str, item: ListItem, details_item: ListDetailsItem | None, shelf: Shelf | None
) -> _Snapshot:
    definition = shelf.definition if shelf else None
    known = StoredList(
        name, item.marketplace, definition, seq=int(item.seq), kind=cast("Kind", item.kind)
    )
    if shelf is None or known.removed or not shelf.has_results:
        return _Snapshot(known, shelf)
    offers, details = offers_from_item(item), details_from_item(details_item)
    at = shelf.observed_at
    pairs = zip(shelf.slots, offers, strict=False)
    products = tuple(
        Product(slot.asin, item.marketplace, details[slot.asin], offer, at)
        for slot, offer in pairs
        if slot.asin in details
    )
    # Items that do not belong together are no content: the list is read again.
    is_complete = len(products) == len(shelf.slots) == len(offers)
    stored = replace(known, items=products if is_complete else (), observed_at=at)
    return _Snapshot(stored, shelf)


def _content_items(site_id: str, names: Iterable[str]) -> list[ListItem]:
    found = read_items(site_id, map(item_keys.list_content, names))
    return [item for item in found if isinstance(item, ListItem)]


def _details_items(site_id: str, names: Iterable[str]) -> dict[str, ListDetailsItem]:
    wanted = {item_keys.list_details(name): name for name in names}
    found = read_items(site_id, wanted)
    return {wanted[item.sk]: item for item in found if isinstance(item, ListDetailsItem)}
