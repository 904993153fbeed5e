"""What the store must hold, told from the writes it carried out, and what each write may not do.

Products, shelves and their leases are followed by site; every rule is checked at the very write
that breaks it.
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

Item = dict[str, Any]
_START_MS = int(START.timestamp() * 1000)
SHELF_SIZE, A_DAY = 10, 86_000.0
_SET = re.compile(r"(#\d+) = (:\d+)")


@dataclass(slots=True)
class Stored:
    """A product as the feed tells it: its number, kind and offer, and its shelf."""

    seq: int
    kind: str
    offer: str | None
    shelf_id: str | None
    written_at: float

    @property
    def is_removed(self) -> bool:
        """Whether the site took it out."""
        return self.kind == "removed"

    @property
    def price(self) -> int | None:
        """The price in the offer."""
        shown = json.loads(self.offer).get("price") if self.offer else None
        return int(shown["amount"]) if shown else None


@dataclass(slots=True)
class Placed:
    """A shelf: when each of its ASINs was seen (true seconds), and how many slots there are."""

    seen: dict[str, float]
    slots: int
    due_at: float
    lease: str | None


@dataclass
class SiteMirror:
    """One site's rows."""

    products: dict[tuple[str, str], Stored] = field(default_factory=dict)
    shelves: dict[tuple[str, str], Placed] = field(default_factory=dict)
    details: set[tuple[str, str]] = field(default_factory=set)
    last_seq: int = 0
    removed_at: dict[tuple[str, str], float] = field(default_factory=dict)
    stood_on: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def live(self) -> Iterator[tuple[str, str]]:
        """The marketplace and ASIN of each product the site has."""
        return (name for name, stored in self.products.items() if not stored.is_removed)

    def seen_at(self, shop: str, asin: str) -> float | None:
        """When the product was last observed."""
        shelf = self.shelves.get((shop, self.products[shop, asin].shelf_id or ""))
        return shelf.seen.get(asin) if shelf else None


class Mirror:
    """All sites', fed with the operations that succeeded; `broken` tells what did not hold."""

    def __init__(self, products_table: str, shelves_table: str) -> None:
        self.sites: dict[str, SiteMirror] = defaultdict(SiteMirror)
        self.broken: list[str] = []
        self.lease_ended: dict[str, float] = {}
        self.touched: list[tuple[str, str, str]] = []
        self._products = products_table
        self._shelves = shelves_table

    def note(self, operation: str, parameters: Item, now: float) -> set[str]:
        """Enter what an operation wrote; the sites it was about."""
        if operation == "TransactWriteItems":
            written = [next(iter(one.items())) for one in parameters["TransactItems"]]
        elif operation in ("PutItem", "DeleteItem", "UpdateItem"):
            written = [(operation.removesuffix("Item"), parameters)]
        else:
            return set()
        sites = set()
        numbers: dict[str, list[int]] = defaultdict(list)
        for kind, one in written:
            if one["TableName"] not in (self._products, self._shelves):
                continue
            key = one.get("Item") or one["Key"]
            site_id, sort_key = key["pk"]["S"], key["sk"]["S"]
            sites.add(site_id)
            if one["TableName"] == self._shelves:
                self._enter_shelf(site_id, sort_key, kind, one, now)
            else:
                numbers[site_id] += self._enter_product(site_id, sort_key, kind, one, now)
        for site_id, taken in numbers.items():
            self._check_numbers(site_id, taken)
        return sites

    def _enter_shelf(self, site_id: str, sort_key: str, kind: str, one: Item, now: float) -> None:
        shop, _, shelf_id = sort_key.partition("#")
        site = self.sites[site_id]
        before = site.shelves.get((shop, shelf_id))
        if kind == "Put":
            after = _placed(one["Item"])
            self._check_content(shelf_id, before, after)
            after.lease, lease = before.lease if before else None, after.lease
            self._lease(after, lease, now)
            site.shelves[shop, shelf_id] = after
            site.stood_on[shop, shelf_id] |= set(after.seen)
        elif before is not None and kind == "Delete":
            self._lease(before, None, now)
            del site.shelves[shop, shelf_id]
        elif before is not None:
            self._lease(before, _set_value(one, "lease", before.lease), now)
            due = _set_value(one, "due_at", None)
            before.due_at = before.due_at if due is None else _seconds(due)

    def _check_content(self, shelf_id: str, before: Placed | None, after: Placed) -> None:
        """At most ten products, each once, and none seen earlier than before."""
        if after.slots != len(after.seen) or after.slots > SHELF_SIZE:
            self.broken.append(f"shelf {shelf_id} has {after.slots} slots for {len(after.seen)}")
        for asin, at in before.seen.items() if before else ():
            if asin in after.seen and after.seen[asin] < at:
                self.broken.append(f"I3: {asin} was seen at {at}, then at {after.seen[asin]}")

    def _lease(self, shelf: Placed, lease: str | None, now: float) -> None:
        if shelf.lease and shelf.lease != lease:
            self.lease_ended[shelf.lease] = now
        shelf.lease = lease

    def _enter_product(
        self, site_id: str, sort_key: str, kind: str, one: Item, now: float
    ) -> list[int]:
        site = self.sites[site_id]
        shop, _, asin = sort_key.partition("#")
        if asin.endswith("#details"):
            name = shop, asin.removesuffix("#details")
            (site.details.add if kind == "Put" else site.details.discard)(name)
        known = site.products.get((shop, asin))
        if kind == "Update" and known is not None:
            known.shelf_id = _set_value(one, "shelf_id", known.shelf_id)
        item = one.get("Item", {})
        if kind != "Put" or "seq" not in item:
            return []
        new = Stored(
            int(item["seq"]["N"]),
            item["kind"]["S"],
            item.get("offer", {}).get("S"),
            item.get("shelf_id", {}).get("S"),
            now,
        )
        old = known
        if old and (old.kind, old.offer) == (new.kind, new.offer) and now - old.written_at < A_DAY:
            self.broken.append(f"I2: {asin} entered the feed again at {new.seq}, with no news")
        if new.is_removed and old and not old.is_removed:
            site.removed_at[shop, asin] = now
        site.products[shop, asin] = new
        self.touched.append((site_id, shop, asin))
        return [new.seq]

    def _check_numbers(self, site_id: str, taken: list[int]) -> None:
        site = self.sites[site_id]
        if taken and (len(set(taken)) < len(taken) or min(taken) <= site.last_seq):
            self.broken.append(f"I3/I4: numbers {taken} were entered after {site.last_seq}")
        site.last_seq = max([site.last_seq, *taken])

    def check_shelves(self, site_id: str) -> None:
        """Every product stands on exactly one shelf, the one its row names."""
        site = self.sites[site_id]
        places: dict[tuple[str, str], list[str]] = defaultdict(list)
        for (shop, shelf_id), shelf in site.shelves.items():
            for asin in shelf.seen:
                places[shop, asin].append(shelf_id)
        live = set(site.live())
        for name in live | set(places):
            stands, row = places.get(name, []), site.products.get(name)
            named = row.shelf_id if row and not row.is_removed else None
            if stands != ([named] if name in live else []):
                self.broken.append(f"{name[1]} stands on {stands}, its row names {named}")
            if name in live and row and (row.offer is None) == (name in site.details):
                self.broken.append(f"{name[1]}: details and offer are not there together")


def _placed(item: Item) -> Placed:
    observed = _seconds(item["observed_at"]["N"])
    rows = json.loads(item["slots"]["S"])
    seen = {asin: observed if at is None else _seconds(at) for asin, _, at in rows}
    due_at = _seconds(item["due_at"]["N"])
    return Placed(seen, len(rows), due_at, item.get("lease", {}).get("S"))


def lease_end(mirror: Mirror, lease: str) -> float:
    """When a lease ended; never, if it did not."""
    return mirror.lease_ended.get(lease, inf)


def _seconds(stored: str | int) -> float:
    return (int(stored) - _START_MS) / 1000


def _set_value(one: Item, attribute: str, otherwise: str | None) -> str | None:
    """What an update makes of an attribute; None if it takes it away."""
    names = {name: held for held, name in one.get("ExpressionAttributeNames", {}).items()}
    held = names.get(attribute)
    expression = one.get("UpdateExpression", "")
    if held is None:
        return otherwise
    assigned, _, removed = expression.partition("REMOVE")
    for place, value in _SET.findall(assigned):
        if place == held:
            return str(next(iter(one["ExpressionAttributeValues"][value].values())))
    return None if held in re.findall(r"#\d+", removed) else otherwise
