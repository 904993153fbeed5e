"""Shelves as DynamoDB items, and items as shelves."""

from __future__ import annotations

import msgspec

from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.lists import ListDefinition, ListProblem
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.net.json_decoding import decode_json
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import ShelfItem


class _Row(msgspec.Struct, array_like=True):
    """A slot as stored; the last members are omitted if they have their defaults."""

    asin: str
    fingerprint: str
    seen_at: int | None
    omissions: int = 0
    changes_at: int | None = None
    is_waiting: bool = False


class _ListRow(msgspec.Struct, array_like=True):
    """The definition of a list as stored, and whether its slots are the results of its search."""

    definition: ListDefinition
    has_results: bool


def shelf_from_item(item: ShelfItem) -> Shelf:
    """Return the shelf that an item stores."""
    marketplace, shelf_id = item_keys.split_shelf_key(item.sk)
    of_list = decode_json(item.definition, _ListRow) if item.definition else None
    slots = tuple(
        Slot(
            row.asin,
            Fingerprint.from_text(row.fingerprint) if row.fingerprint else None,
            None if row.seen_at is None else from_unix_ms(row.seen_at),
            row.omissions,
            None if row.changes_at is None else from_unix_ms(row.changes_at),
            row.is_waiting,
        )
        for row in decode_json(item.slots, list[_Row])
    )
    return Shelf(
        item.pk,
        marketplace,
        shelf_id,
        slots,
        from_unix_ms(int(item.observed_at)),
        from_unix_ms(int(item.due_at)),
        item.lease or "",
        int(item.version),
        from_unix_ms(int(item.leased_until)) if item.leased_until else None,
        of_list.definition if of_list else None,
        has_results=of_list is not None and of_list.has_results,
        problem=decode_json(item.problem, ListProblem) if item.problem else None,
    )


def item_from_shelf(shelf: Shelf) -> ShelfItem:
    """Return the item that stores a shelf, with its version increased by one."""
    sort_key = item_keys.shelf(shelf.marketplace, shelf.shelf_id)
    of_list = _ListRow(shelf.definition, shelf.has_results) if shelf.definition else None
    rows = [(slot.asin, str(slot.fingerprint or ""), *_last_members(slot)) for slot in shelf.slots]
    return ShelfItem(
        shelf.site_id,
        sort_key,
        slots=msgspec.json.encode(rows).decode(),
        observed_at=to_unix_ms(shelf.observed_at),
        due_at=to_unix_ms(shelf.due_at),
        shard=item_keys.due_shard(shelf.site_id, sort_key) if shelf.is_refreshed else None,
        lease=shelf.lease or None,
        leased_until=to_unix_ms(shelf.leased_until) if shelf.leased_until else None,
        version=shelf.version + 1,
        definition=msgspec.json.encode(of_list).decode() if of_list else None,
        problem=msgspec.json.encode(shelf.problem).decode() if shelf.problem else None,
    )


def _last_members(slot: Slot) -> list[int | None]:
    seen_at = to_unix_ms(slot.seen_at) if slot.seen_at else None
    if slot.is_waiting:
        return [seen_at, slot.omissions, None, True]
    if slot.changes_at is not None:
        return [seen_at, slot.omissions, to_unix_ms(slot.changes_at)]
    return [seen_at, slot.omissions] if slot.omissions else [seen_at]
