"""Changes of a site's lists: definition, removal, refresh, expiry.

As with products, each reads the shelf, decides, and commits its decision in one transaction. On a
conflict it reads and decides again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from pynamodb.connection import Connection

from amzlinkr.domain.clock import Clock
from amzlinkr.domain.deals import offer_at
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL, is_expired
from amzlinkr.domain.list_refresh import (
    ListResults,
    has_same_results,
    list_shelf,
    with_definition,
    with_list_results,
    without_results,
)
from amzlinkr.domain.lists import ListDefinition, ListLimitReached
from amzlinkr.domain.products import Details, Offer
from amzlinkr.domain.shelf_refresh import outdated_offers, with_offers
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import Conflict
from amzlinkr.storage.list_items import (
    ListWrite,
    details_from_item,
    fit_details,
    offers_from_item,
)
from amzlinkr.storage.list_records import ListDetailsItem, ListItem
from amzlinkr.storage.optimistic import retry_on_conflict
from amzlinkr.storage.product_items import read_feed_state
from amzlinkr.storage.product_transaction import ProductWrite, commit, write_decision
from amzlinkr.storage.shelves import ShelfStore


class ListWriter:
    """The lists of all sites, for writing."""

    def __init__(
        self,
        connection: Connection,
        shelves: ShelfStore,
        clock: Clock,
        refresh_interval: timedelta = DEFAULT_REFRESH_INTERVAL,
    ) -> None:
        self._connection = connection
        self._refresh_interval = refresh_interval
        self._shelves = shelves
        self._clock = clock

    def put(
        self, site_id: str, marketplace: str, definition: ListDefinition, maximum: int
    ) -> tuple[Shelf, bool]:
        """Store a list, or replace the one with its name. Return its shelf, and True if it is new.

        The same definition again changes nothing. `maximum` is the number of lists a site may have.

        Raises:
            ListLimitReached: The site has the maximum of lists, and none with this name.
            StoreUnavailable: Nothing was written.
        """

        def attempt() -> tuple[Shelf, bool]:
            # First, so that the write fails if another request adds or removes a list.
            feed = read_feed_state(site_id)
            lists = self._shelves.lists(site_id)
            before = next((one for one in lists if _name_of(one) == definition.name), None)
            if before is None and len(lists) >= maximum:
                raise ListLimitReached(f"The site has {len(lists)} of at most {maximum} lists.")
            shelf = self._defined(before, site_id, marketplace, definition)
            if shelf is not before:
                write = replace(self._definition_write(before, shelf), feed=feed)
                commit(self._connection, site_id, write, self._clock.now())
            return shelf, before is None

        return retry_on_conflict(attempt, self._clock)

    def remove(self, site_id: str, name: str) -> bool:
        """Remove a list. Return False if the site has no such list."""

        def attempt() -> bool:
            feed, now = read_feed_state(site_id), self._clock.now()
            shelf = next((s for s in self._shelves.lists(site_id) if _name_of(s) == name), None)
            stored = find(ListItem, site_id, item_keys.list_content(name))
            if shelf is None and (stored is None or stored.kind != "list"):
                return False
            # A restore of the shelves from an earlier time can leave content without a shelf.
            known = shelf or Shelf(site_id, stored.marketplace if stored else "", "", (), now, now)
            gone = replace(without_results(known), definition=None)
            read, shelves = ({shelf.shelf_id: shelf}, [gone]) if shelf else ({}, [])
            write = ProductWrite(read, shelves, lists=[ListWrite(gone, name)], feed=feed)
            commit(self._connection, site_id, write, now)
            return True

        return retry_on_conflict(attempt, self._clock)

    def refresh(
        self, shelf: Shelf, results: ListResults, refresh_interval: timedelta | None = None
    ) -> bool:
        """Store the results of a list's search. Return True if they were published as a change.

        `shelf` is as it was before the calls. It is due again after `refresh_interval`, by default
        the interval of the service.
        """
        interval = refresh_interval or self._refresh_interval
        fitting = replace(results, items=fit_details(results.items))
        latest: Shelf | None = shelf
        is_changed = False

        def decide() -> ProductWrite | None:
            nonlocal latest, is_changed
            current, latest, is_changed = latest or self._get(shelf), None, False
            updated = with_list_results(current, fitting, interval, shelf) if current else None
            if current is None or updated is None:
                return None
            is_changed = not has_same_results(current, updated)
            write = _write_of(current, updated, fitting)
            lists = [write] if is_changed else []
            return ProductWrite({updated.shelf_id: current}, [updated], lists=lists)

        self._write_decision(shelf.site_id, decide)
        return is_changed

    def expire(self, shelf: Shelf, now: datetime) -> int:
        """Remove the results of a list that are 24 hours old, and publish that.

        Publishes also the ends of deals and early access. Returns the number of expired products.
        """
        expired = 0

        def decide() -> ProductWrite | None:
            nonlocal expired
            current, expired = self._get(shelf), 0
            if current is None or not current.has_results:
                return None
            read = {current.shelf_id: current}
            if is_expired(current.observed_at, now):
                expired = len(current.slots)
                empty = without_results(current)
                write = ListWrite(empty, _name_of(current))
                return ProductWrite(read, [empty], lists=[write])
            offers = self._stored_offers(current) if outdated_offers(current, now) else []
            shown = [offer_at(offer, now) for offer in offers]
            if shown == offers:
                return None
            asins = [slot.asin for slot in current.slots]
            new = with_offers(current, dict(zip(asins, shown, strict=True)))
            write = ListWrite(new, _name_of(current), shown, None)
            return ProductWrite(read, [new], lists=[write])

        self._write_decision(shelf.site_id, decide)
        return expired

    def clear(self, shelf: Shelf) -> None:
        """Remove the results of a list, publish it, and make it due now, after rows were lost."""

        def decide() -> ProductWrite | None:
            current = self._get(shelf)
            if current is None:
                return None
            empty = replace(
                without_results(current), due_at=self._clock.now(), lease="", leased_until=None
            )
            write = ListWrite(empty, _name_of(current))
            read = {empty.shelf_id: current}
            return ProductWrite(read, [empty], lists=[write], repairs_feed=True)

        self._write_decision(shelf.site_id, decide)

    def _defined(
        self, before: Shelf | None, site_id: str, marketplace: str, definition: ListDefinition
    ) -> Shelf:
        """Return the shelf of a definition, which is `before` if that has it already."""
        now = self._clock.now()
        shelf_id = item_keys.list_shelf(marketplace, definition.name)
        if before is None or before.shelf_id != shelf_id:
            return list_shelf(site_id, marketplace, shelf_id, definition, now)
        return (
            before if before.definition == definition else with_definition(before, definition, now)
        )

    def _definition_write(self, before: Shelf | None, shelf: Shelf) -> ProductWrite:
        """Return the write of a list's new definition."""
        name = _name_of(shelf)
        if before is None or before.shelf_id != shelf.shelf_id:
            read = {before.shelf_id: before} if before else {}
            left = [replace(without_results(before), definition=None)] if before else []
            details: dict[str, Details] | None = {} if before and before.slots else None
            return ProductWrite(read, [*left, shelf], lists=[ListWrite(shelf, name, (), details)])
        # Without results before, no details are stored.
        written = ListWrite(shelf, name, details={} if before.slots else None)
        if shelf.slots:
            offers = self._stored_offers(before)[: len(shelf.slots)]
            written = ListWrite(shelf, name, offers, self._stored_details(shelf))
        return ProductWrite({shelf.shelf_id: before}, [shelf], lists=[written])

    def _stored_offers(self, shelf: Shelf) -> list[Offer]:
        """Return the offers of a list, read after its shelf, together with which they change.

        So a change in between fails the transaction. Raises `Conflict` if they do not belong to it.
        """
        item = find(ListItem, shelf.site_id, item_keys.list_content(_name_of(shelf)))
        offers = offers_from_item(item) if item else []
        if len(offers) != len(shelf.slots):
            raise Conflict
        return offers

    def _stored_details(self, shelf: Shelf) -> dict[str, Details]:
        """Return the stored details of a list's results. Raises `Conflict` if one is missing."""
        key = item_keys.list_details(_name_of(shelf))
        details = details_from_item(find(ListDetailsItem, shelf.site_id, key))
        if not details.keys() >= set(shelf.asins):
            raise Conflict
        return {asin: details[asin] for asin in shelf.asins}

    def _get(self, shelf: Shelf) -> Shelf | None:
        return self._shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)

    def _write_decision(self, site_id: str, decide: Callable[[], ProductWrite | None]) -> None:
        write_decision(self._connection, site_id, decide, self._clock)


def _name_of(shelf: Shelf) -> str:
    return shelf.definition.name if shelf.definition else ""


def _write_of(before: Shelf, after: Shelf, results: ListResults) -> ListWrite:
    """Return the new content of a list; its details only if they changed."""
    stored = {slot.asin: slot.fingerprint.details for slot in before.slots if slot.fingerprint}
    new = {slot.asin: slot.fingerprint.details for slot in after.slots if slot.fingerprint}
    details = {item.asin: item.details for item in results.items}
    offers = [item.offer for item in results.items]
    # The details of a product that left the list must not stay: Amazon's license limits their age.
    return ListWrite(after, _name_of(after), offers, None if stored == new else details)
