"""Shelves in DynamoDB: read them, find the due ones, lease and reschedule them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.due_shelves import (
    DueEntry,
    DueSelection,
    FindAccounts,
    limit_sandboxes,
    without_accounts,
)
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import is_sandbox
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import ShelfItem
from amzlinkr.storage.shelf_items import shelf_from_item

MAX_SANDBOX_SHELVES = 500
"""Shelves of sandboxes that one run reads, and so enqueues, at most."""


class ShelfStore:
    """The shelves of all sites.

    A due time is only written for the content that was read: another product may expire earlier.
    """

    def get(self, site_id: str, marketplace: str, shelf_id: str) -> Shelf | None:
        """Return one shelf, read consistently, or None."""
        item = find(ShelfItem, site_id, item_keys.shelf(marketplace, shelf_id))
        return None if item is None else shelf_from_item(item)

    def get_many(
        self, site_id: str, names: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], Shelf]:
        """Return the existing shelves among these, by marketplace and shelf ID."""
        found = _batch_get((site_id, item_keys.shelf(*name)) for name in names)
        return {(shelf.marketplace, shelf.shelf_id): shelf for shelf in found}

    def list_for_site(self, site_id: str, marketplace: str | None = None) -> list[Shelf]:
        """Return all shelves of a site, or those of products in one of its marketplaces."""
        within = None
        if marketplace:
            within = ShelfItem.sk.startswith(item_keys.marketplace_prefix(marketplace))
        with store_errors():
            items = list(ShelfItem.query(site_id, within, consistent_read=True))
        return [shelf_from_item(item) for item in items]

    def list_outside(self, site_id: str, marketplace: str) -> list[Shelf]:
        """Return the shelves of products of a site in all its other marketplaces."""
        first, last = item_keys.marketplace_range(None)
        before, after = item_keys.marketplace_range(marketplace)
        with store_errors():
            items = [
                item
                for bounds in ((first, before), (after, last))
                for item in ShelfItem.query(
                    site_id, ShelfItem.sk.between(*bounds), consistent_read=True
                )
            ]
        return [shelf_from_item(item) for item in items]

    def lists(self, site_id: str) -> list[Shelf]:
        """Return the shelves of all lists of a site."""
        within = ShelfItem.sk.startswith(item_keys.LIST_SHELF_PREFIX)
        with store_errors():
            items = list(ShelfItem.query(site_id, within, consistent_read=True))
        return [shelf_from_item(item) for item in items]

    def due(
        self, now: datetime, limit: int, find_accounts: FindAccounts = without_accounts
    ) -> list[Shelf]:
        """Return at most `limit` due shelves, the longest overdue first.

        If more are due, the accounts take turns. At most `MAX_SANDBOX_SHELVES` are of sandboxes.
        The index is eventually consistent: each shelf is read again, and one that is not due any
        more is left out.
        """
        selection = DueSelection(limit, to_unix_ms(now), find_accounts)
        entries = limit_sandboxes(_due_entries(now), MAX_SANDBOX_SHELVES)
        selected = selection.select(entries)
        keys = ((one.site_id, item_keys.shelf(one.marketplace, one.shelf_id)) for one in selected)
        due = [shelf for shelf in _batch_get(keys) if shelf.is_refreshed and shelf.due_at <= now]
        return sorted(due, key=lambda shelf: shelf.due_at)

    def oldest_due_at(self, now: datetime) -> datetime | None:
        """Return the due time of the longest overdue shelf of a live site, or None.

        The index is eventually consistent; a shelf counts as due until its refresh is stored.
        """
        live = (entry for entry in _due_entries(now) if not is_sandbox(entry.site_id))
        oldest = min((entry.due_at for entry in live), default=None)
        return None if oldest is None else from_unix_ms(oldest)

    def lease(self, shelf: Shelf, lease: str, now: datetime, until: datetime) -> bool:
        """Lease a due shelf until a moment. Return False if it was leased or changed since.

        The due time, and with it the index entry, stays: to change it would cost one more write.
        """
        free = ShelfItem.leased_until.does_not_exist() | (ShelfItem.leased_until <= to_unix_ms(now))
        return _update(
            shelf,
            [ShelfItem.lease.set(lease), ShelfItem.leased_until.set(to_unix_ms(until))],
            (ShelfItem.due_at == to_unix_ms(shelf.due_at)) & free,
        )

    def defer(self, shelf: Shelf, until: datetime) -> bool:
        """Postpone a due shelf that is not refreshed, to its next expiry at most.

        Return False if it changed since.
        """
        # A sync request may have made the shelf due earlier since it was read: keep that.
        due_as_read = ShelfItem.due_at == to_unix_ms(shelf.due_at)
        return _set_due_at(shelf, until, due_as_read & is_same_lease(shelf))

    def release_lease(self, shelf: Shelf, until: datetime) -> bool:
        """End the lease of a shelf that was not refreshed; it is due again at `until`.

        It is due earlier if a product expires before. Its `problem` is stored with it. Return False
        if it changed since.
        """
        # A worker with a superseded lease must not end the newer one.
        return _set_due_at(shelf, until, ShelfItem.lease == shelf.lease, *_problem_actions(shelf))

    def reschedule(self, shelf: Shelf, at: datetime) -> bool:
        """Set the due time of a shelf and end its lease: a refresh in progress becomes stale.

        Return False if the content of the shelf changed since it was read.
        """
        # An update without this condition would create an item for a deleted shelf.
        return _set_due_at(shelf, at, ShelfItem.pk.exists())


def _batch_get(wanted: Iterable[tuple[str, str]]) -> list[Shelf]:
    # BatchGetItem rejects a request that names a key twice.
    distinct = list(dict.fromkeys(wanted))
    with store_errors():
        items = list(ShelfItem.batch_get(distinct, consistent_read=True))
    return [shelf_from_item(item) for item in items]


def _due_entries(now: datetime) -> Iterator[DueEntry]:
    """Yield the due times and names of the due shelves in the index, in no order.

    All shards are read completely, about fifty entries for half a read unit.
    """
    is_due = ShelfItem.due_at <= to_unix_ms(now)
    with store_errors():
        for shard in range(item_keys.DUE_SHARDS):
            for item in ShelfItem.due.query(shard, filter_condition=is_due):
                yield DueEntry(int(item.due_at), item.pk, *item_keys.split_shelf_key(item.sk))


def _problem_actions(shelf: Shelf) -> list[Action]:
    if shelf.problem is None:
        return []
    return [ShelfItem.problem.set(msgspec.json.encode(shelf.problem).decode())]


def _set_due_at(shelf: Shelf, at: datetime, condition: Condition, *further: Action) -> bool:
    actions: list[Action] = [
        *further,
        ShelfItem.lease.remove(),
        ShelfItem.leased_until.remove(),
        ShelfItem.due_at.set(to_unix_ms(shelf.due_by(at))),
    ]
    return _update(shelf, actions, condition & (ShelfItem.version == shelf.version))


def _update(shelf: Shelf, actions: list[Action], condition: Condition) -> bool:
    item = ShelfItem(shelf.site_id, item_keys.shelf(shelf.marketplace, shelf.shelf_id))
    try:
        with store_errors():
            item.update(actions, condition=condition)
    except Conflict:
        return False
    return True


def is_same_lease(shelf: Shelf) -> Condition:
    """Return the condition that a shelf has the lease, or no lease, as when it was read."""
    leased: Condition = ShelfItem.lease == shelf.lease
    free: Condition = ShelfItem.lease.does_not_exist()
    return leased if shelf.lease else free
