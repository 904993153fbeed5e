"""The state that the store must have, derived from its writes, and the rules for each write.

Products, shelves and leases are tracked by site. A rule is checked at the write that breaks it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any

from tests.clock import START
from tests.simulation.deals import HIDDEN, Content, StoredOffer, stored_offer
from tests.simulation.lists import (
    ExpectedLists,
    ListShelf,
    is_list_row,
    is_list_shelf,
    list_shelf_from_item,
)

Item = dict[str, Any]
Name = tuple[str, str]
"""Marketplace code and ASIN."""
DAY_SECONDS = 86_400.0
_START_MS = int(START.timestamp() * 1000)
SHELF_SIZE = 10
TOMBSTONE_PREFIX = "#removed#"
AFTER_WAITING = ("added", "missing", "removed")
"""The kinds that may follow `waiting`; the first two end it once."""
REPEATS_ALLOWED_AFTER = 86_000.0
"""Seconds, a little less than a day: then a product may have expired between two equal offers."""
_SET = re.compile(r"(#\d+) = (:\d+)")


@dataclass(slots=True)
class ExpectedProduct:
    """A product's row: its sequence number, kind and offer in the feed, and its shelf."""

    seq: int
    kind: str
    offer: str | None
    shelf_id: str | None
    written_at: float

    @property
    def is_removed(self) -> bool:
        """Return whether the site removed it."""
        return self.kind == "removed"

    @property
    def stored_offer(self) -> StoredOffer | None:
        """Return the offer, None for a product without content."""
        return stored_offer(self.offer) if self.offer else None

    @property
    def price(self) -> int | None:
        """Return the price of the offer, None without a price."""
        return (self.stored_offer.price or None) if self.stored_offer else None


@dataclass(slots=True)
class ExpectedShelf:
    """A shelf: when each of its ASINs was last seen (true seconds), and its number of slots.

    For a missing product that is when Amazon last omitted it, and for a waiting one never.
    `with_content` has the others that have not expired.
    """

    seen: dict[str, float]
    with_content: frozenset[str]
    slots: int
    due_at: float
    lease: str | None


@dataclass
class ExpectedSite:
    """The rows of one site."""

    products: dict[tuple[str, str], ExpectedProduct] = field(default_factory=dict)
    shelves: dict[tuple[str, str], ExpectedShelf] = field(default_factory=dict)
    details: set[tuple[str, str]] = field(default_factory=set)
    tombstones: set[Name] = field(default_factory=set)
    last_seq: int = 0
    removed_at: dict[Name, float] = field(default_factory=dict)
    offers: dict[Name, list[tuple[float, StoredOffer | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By product: since when the service held which offer, None without content."""
    last_seen_at: dict[tuple[str, str, int], float] = field(default_factory=dict)
    """By marketplace, ASIN and price: when the service last saw it. 0 stands for any price."""
    ever_on_shelf: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    lists: ExpectedLists = field(default_factory=ExpectedLists)

    def current_products(self) -> Iterator[tuple[str, str]]:
        """Return the marketplace code and ASIN of each product that is not removed."""
        return (name for name, product in self.products.items() if not product.is_removed)

    def contents_since(
        self, name: Name, since: float, now: float, margin: float, lag: float = 0.0
    ) -> set[Content | None]:
        """Return what the service held of a product, at or after a moment.

        `margin` is the error of a clock that decides whether a deal has ended, `lag` the time after
        which the feed contains the end of early access.
        """
        history = self.offers.get(name, [])
        ends = [*(at for at, _ in history[1:]), now]
        found: set[Content | None] = set()
        if not history or history[0][0] >= since:
            found.add(None)
        for (at, offer), ended in zip(history, ends, strict=True):
            if ended < since:
                continue
            if offer is None:
                found.add(None)
            else:
                found.update(offer.contents(max(at, since) - margin, ended + margin, lag))
        return found

    def seen_at(self, marketplace_code: str, asin: str) -> float | None:
        """Return when the product was last seen."""
        shelf = self.shelves.get(
            (marketplace_code, self.products[marketplace_code, asin].shelf_id or "")
        )
        return shelf.seen.get(asin) if shelf else None

    def record_seen(self, name: Name, price: int) -> None:
        """Record when the service last saw a product at this price, and at any price."""
        seen_at = self.seen_at(*name)
        if seen_at is not None:
            for key in ((*name, price), (*name, HIDDEN.price)):
                self.last_seen_at[key] = max(seen_at, self.last_seen_at.get(key, seen_at))


class ExpectedState:
    """The rows of all sites; `violations` describes writes that broke a rule."""

    def __init__(self, products_table: str, shelves_table: str) -> None:
        self.sites: dict[str, ExpectedSite] = defaultdict(ExpectedSite)
        self.violations: list[str] = []
        self._lease_ended: dict[str, float] = {}
        self._products = products_table
        self._shelves = shelves_table

    def apply(self, operation: str, parameters: Item, now: float) -> set[str]:
        """Apply an operation that succeeded, and return the sites it wrote to."""
        if operation == "TransactWriteItems":
            writes = [next(iter(item.items())) for item in parameters["TransactItems"]]
        elif operation in ("PutItem", "DeleteItem", "UpdateItem"):
            writes = [(operation.removesuffix("Item"), parameters)]
        else:
            return set()
        sites = set()
        numbers: dict[str, list[int]] = defaultdict(list)
        for kind, write in writes:
            if write["TableName"] not in (self._products, self._shelves):
                continue
            key = write.get("Item") or write["Key"]
            site_id, sort_key = key["pk"]["S"], key["sk"]["S"]
            sites.add(site_id)
            if write["TableName"] == self._shelves:
                self._apply_to_shelf(site_id, sort_key, kind, write, now)
            else:
                numbers[site_id] += self._apply_to_product(site_id, sort_key, kind, write, now)
        for site_id, new in numbers.items():
            self._check_sequence_numbers(site_id, new)
        return sites

    def lease_end(self, lease: str) -> float:
        """Return when a lease ended, infinity if it did not."""
        return self._lease_ended.get(lease, inf)

    def _apply_to_shelf(
        self, site_id: str, sort_key: str, kind: str, write: Item, now: float
    ) -> None:
        site = self.sites[site_id]
        if is_list_shelf(sort_key):
            self._apply_to_list_shelf(site.lists.shelves, sort_key, kind, write, now)
            return
        marketplace_code, _, shelf_id = sort_key.partition("#")
        before = site.shelves.get((marketplace_code, shelf_id))
        if kind == "Put":
            after = _shelf_from_item(write["Item"])
            self._check_slots(shelf_id, before, after)
            after.lease, lease = before.lease if before else None, after.lease
            self._set_lease(after, lease, now)
            site.shelves[marketplace_code, shelf_id] = after
            site.ever_on_shelf[marketplace_code, shelf_id] |= set(after.seen)
        elif before is not None and kind == "Delete":
            self._set_lease(before, None, now)
            del site.shelves[marketplace_code, shelf_id]
        elif before is not None:
            self._update_shelf(before, write, now)

    def _apply_to_list_shelf(
        self, shelves: dict[str, ListShelf], sort_key: str, kind: str, write: Item, now: float
    ) -> None:
        before = shelves.get(sort_key)
        if kind == "Put":
            after = list_shelf_from_item(write["Item"], _seconds)
            after.lease, lease = before.lease if before else None, after.lease
            self._set_lease(after, lease, now)
            is_same = before and before.has_results and before.definition == after.definition
            if before and is_same and after.observed_at < before.observed_at:
                self.violations.append(f"I3: {sort_key} was seen earlier than before")
            shelves[sort_key] = after
        elif before is not None and kind == "Delete":
            self._set_lease(before, None, now)
            del shelves[sort_key]
        elif before is not None:
            self._update_shelf(before, write, now)

    def _update_shelf(self, shelf: ExpectedShelf | ListShelf, write: Item, now: float) -> None:
        self._set_lease(shelf, _updated_value(write, "lease", shelf.lease), now)
        due = _updated_value(write, "due_at", None)
        shelf.due_at = shelf.due_at if due is None else _seconds(due)

    def _check_slots(
        self, shelf_id: str, before: ExpectedShelf | None, after: ExpectedShelf
    ) -> None:
        """Check that a shelf has at most ten products, each once, none seen earlier than before."""
        if after.slots != len(after.seen) or after.slots > SHELF_SIZE:
            self.violations.append(
                f"shelf {shelf_id} has {after.slots} slots for {len(after.seen)} products"
            )
        for asin, at in before.seen.items() if before else ():
            if asin in after.seen and after.seen[asin] < at:
                self.violations.append(f"I3: {asin} was seen at {at}, then at {after.seen[asin]}")

    def _set_lease(self, shelf: ExpectedShelf | ListShelf, lease: str | None, now: float) -> None:
        if shelf.lease and shelf.lease != lease:
            self._lease_ended[shelf.lease] = now
        shelf.lease = lease
        # A request that the SDK sends again can set a lease that has ended since.
        if lease:
            self._lease_ended.pop(lease, None)

    def _apply_to_product(
        self, site_id: str, sort_key: str, kind: str, write: Item, now: float
    ) -> list[int]:
        site = self.sites[site_id]
        if is_list_row(sort_key):
            if kind == "Delete":
                site.lists.delete(sort_key)
            return site.lists.put(sort_key, write["Item"], now) if kind == "Put" else []
        marketplace_code, _, asin = sort_key.removeprefix(TOMBSTONE_PREFIX).partition("#")
        if sort_key.startswith(TOMBSTONE_PREFIX):
            (site.tombstones.add if kind == "Put" else site.tombstones.discard)(
                (marketplace_code, asin)
            )
        if asin.endswith("#details"):
            name = marketplace_code, asin.removesuffix("#details")
            (site.details.add if kind == "Put" else site.details.discard)(name)
        old = site.products.get((marketplace_code, asin))
        if kind == "Update" and old is not None:
            old.shelf_id = _updated_value(write, "shelf_id", old.shelf_id)
        item = write.get("Item", {})
        if kind != "Put" or "seq" not in item:
            return []
        new = ExpectedProduct(
            int(item["seq"]["N"]),
            item["kind"]["S"],
            item.get("offer", {}).get("S"),
            item.get("shelf_id", {}).get("S"),
            now,
        )
        self._check_change((marketplace_code, asin), old, new, site)
        if new.is_removed and old and not old.is_removed:
            site.removed_at[marketplace_code, asin] = now
        site.products[marketplace_code, asin] = new
        site.offers[marketplace_code, asin].append((now, new.stored_offer))
        return [new.seq]

    def _check_change(
        self,
        name: tuple[str, str],
        old: ExpectedProduct | None,
        new: ExpectedProduct,
        site: ExpectedSite,
    ) -> None:
        """Check that a row follows from the one before: changed, and waiting only at first."""
        is_same = old and (old.kind, old.offer) == (new.kind, new.offer)
        if old and is_same and new.written_at - old.written_at < REPEATS_ALLOWED_AFTER:
            self.violations.append(f"I2: {name[1]} entered the feed at {new.seq} without a change")
        is_new = old is None or old.is_removed
        is_waiting = old is not None and old.kind == "waiting"
        if (new.kind == "waiting" and not is_new) or (is_waiting and new.kind not in AFTER_WAITING):
            was = old.kind if old else "new"
            self.violations.append(f"I3: {name[1]} was {was}, and is {new.kind} at {new.seq}")
        if new.kind == "waiting" and (new.offer or name in site.details):
            self.violations.append(f"I5: {name[1]} is waiting at {new.seq} and has content")

    def _check_sequence_numbers(self, site_id: str, new: list[int]) -> None:
        site = self.sites[site_id]
        if new and (len(set(new)) < len(new) or min(new) <= site.last_seq):
            self.violations.append(f"I3/I4: numbers {new} were written after {site.last_seq}")
        site.last_seq = max([site.last_seq, *new])

    def check_shelves(self, site_id: str) -> None:
        """Check that every product is on exactly one shelf, the one that its row names."""
        site = self.sites[site_id]
        shelves: dict[tuple[str, str], list[str]] = defaultdict(list)
        for (marketplace_code, shelf_id), shelf in site.shelves.items():
            for asin in shelf.seen:
                shelves[marketplace_code, asin].append(shelf_id)
            expiry = min((shelf.seen[asin] for asin in shelf.with_content), default=inf)
            # A due time has whole milliseconds, and sums of floats are inexact.
            if shelf.due_at - DAY_SECONDS > expiry + 0.001:
                self.violations.append(f"I3: shelf {shelf_id} is due after a product expires")
        current = set(site.current_products())
        self.violations += [
            f"{asin} has a tombstone and is not removed" for _, asin in current & site.tombstones
        ]
        for name in current | set(shelves):
            actual, row = shelves.get(name, []), site.products.get(name)
            named = row.shelf_id if row and not row.is_removed else None
            if actual != ([named] if name in current else []):
                self.violations.append(f"{name[1]} is on {actual}, its row names {named}")
            if name in current and row and (row.offer is None) == (name in site.details):
                self.violations.append(f"{name[1]} has details without an offer, or the reverse")
            if name in current and row and row.stored_offer is not None:
                site.record_seen(name, row.stored_offer.price)


def _shelf_from_item(item: Item) -> ExpectedShelf:
    observed = _seconds(item["observed_at"]["N"])
    rows = json.loads(item["slots"]["S"])
    seen = {
        asin: -inf if more[2:] == [True] else observed if at is None else _seconds(at)
        for asin, _, at, *more in rows
    }
    with_content = frozenset(asin for asin, fingerprint, *_ in rows if fingerprint)
    due_at = _seconds(item["due_at"]["N"])
    return ExpectedShelf(seen, with_content, len(rows), due_at, item.get("lease", {}).get("S"))


def _seconds(stored: str | int) -> float:
    return (int(stored) - _START_MS) / 1000


def _updated_value(write: Item, attribute: str, old: str | None) -> str | None:
    """Return an attribute's value after an update, None if the update removes it."""
    placeholders = {name: key for key, name in write.get("ExpressionAttributeNames", {}).items()}
    placeholder = placeholders.get(attribute)
    expression = write.get("UpdateExpression", "")
    if placeholder is None:
        return old
    assigned, _, removed = expression.partition("REMOVE")
    for name, value in _SET.findall(assigned):
        if name == placeholder:
            return str(next(iter(write["ExpressionAttributeValues"][value].values())))
    return None if placeholder in re.findall(r"#\d+", removed) else old
