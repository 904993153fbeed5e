"""The lists that the store must have, derived from its writes, and the rules for each write."""

from __future__ import annotations

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple

from amzlinkr.storage import item_keys
from tests.simulation.deals import StoredOffer, stored_offer

Item = dict[str, Any]
DAY_SECONDS = 86_400.0
REPEATS_ALLOWED_AFTER = 86_000.0
"""Seconds, a little less than a day: then a list may have expired between two equal contents."""


class ListVersion(NamedTuple):
    """The content of a list that the service holds: without results, `items` is None."""

    marketplace_code: str
    definition: str
    items: tuple[tuple[str, StoredOffer], ...] | None


class ListRow(NamedTuple):
    """The row of a list: its sequence number and kind in the feed, its offers, and the time."""

    seq: int
    kind: str
    marketplace_code: str
    offers: tuple[StoredOffer, ...]
    written_at: float


@dataclass(slots=True)
class ListShelf:
    """The shelf of a list; times are seconds."""

    marketplace_code: str
    name: str
    asins: tuple[str, ...]
    observed_at: float
    due_at: float
    lease: str | None
    definition: str
    has_results: bool


@dataclass
class ExpectedLists:
    """The rows of the lists of one site."""

    rows: dict[str, ListRow] = field(default_factory=dict)
    shelves: dict[str, ListShelf] = field(default_factory=dict)
    details: set[str] = field(default_factory=set)
    history: dict[str, list[tuple[float, ListVersion | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By name: since when the service held which version, None for a removed list."""

    def current(self) -> list[str]:
        """Return the names of the lists that are not removed."""
        return sorted(name for name, row in self.rows.items() if row.kind == "list")

    def shelf_of(self, name: str) -> ListShelf | None:
        """Return the shelf of a list."""
        found = [shelf for shelf in self.shelves.values() if shelf.name == name]
        return found[0] if found else None

    def version_of(self, name: str) -> ListVersion | None:
        """Return what the service holds of a list now."""
        row, shelf = self.rows.get(name), self.shelf_of(name)
        if row is None or row.kind != "list" or shelf is None:
            return None
        pairs = tuple(zip(shelf.asins, row.offers, strict=False)) if shelf.has_results else None
        return ListVersion(shelf.marketplace_code, shelf.definition, pairs)

    def versions_since(self, name: str, since: float, now: float) -> Iterator[tuple[Any, float]]:
        """Yield what the service held of a list at or after a moment, and until when."""
        history = self.history.get(name, [])
        ends = [*(at for at, _ in history[1:]), now]
        if not history or history[0][0] >= since:
            yield None, now
        for (_, version), ended in zip(history, ends, strict=True):
            if ended >= since:
                yield version, ended

    def put(self, sort_key: str, item: Item, now: float) -> list[int]:
        """Apply a write to the products table; return the new sequence number, if any."""
        if sort_key.endswith("#details"):
            self.details.add(_name_of(sort_key))
            return []
        packed = item.get("offers", {}).get("B")
        seq = int(item["seq"]["N"])
        self.rows[_name_of(sort_key)] = ListRow(
            seq, item["kind"]["S"], item["marketplace"]["S"], _offers(packed), now
        )
        return [seq]

    def delete(self, sort_key: str) -> None:
        """Apply a deletion in the products table."""
        if sort_key.endswith("#details"):
            self.details.discard(_name_of(sort_key))
        else:
            self.rows.pop(_name_of(sort_key), None)

    def check(self, now: float) -> Iterator[str]:
        """Record the new versions after a write, and yield the rules that it broke."""
        for name, row in self.rows.items():
            shelves = [shelf for shelf in self.shelves.values() if shelf.name == name]
            if len(shelves) != (row.kind == "list"):
                yield f"the list {name} is {row.kind}, and has {len(shelves)} shelves"
            before = self.history[name][-1][1] if self.history[name] else None
            version = self.version_of(name)
            is_new = row.written_at == now
            if not self.history[name] or version != before:
                self.history[name].append((now, version))
                if not is_new:
                    yield f"I4: the list {name} changed without an entry in the feed"
            elif is_new and now - self.history[name][-1][0] < REPEATS_ALLOWED_AFTER:
                yield f"I2: the list {name} entered the feed at {row.seq} without a change"
        yield from self._check_shelves()

    def _check_shelves(self) -> Iterator[str]:
        for shelf in self.shelves.values():
            row = self.rows.get(shelf.name)
            if len(set(shelf.asins)) < len(shelf.asins):
                yield f"the list {shelf.name} has a product twice"
            if row is None or len(row.offers) != len(shelf.asins):
                yield f"the list {shelf.name} has {len(shelf.asins)} slots for its offers"
            if bool(shelf.asins) != (shelf.name in self.details):
                yield f"the list {shelf.name} has details without results, or the reverse"
            # A due time has whole milliseconds, and sums of floats are inexact.
            if shelf.has_results and shelf.due_at - DAY_SECONDS > shelf.observed_at + 0.001:
                yield f"I3: the list {shelf.name} is due after it expires"

    def check_expired(self, since: float, margin: float) -> Iterator[str]:
        """Yield the lists that a run of the planner, begun at `since`, should have changed."""
        for shelf in self.shelves.values():
            row = self.rows[shelf.name]
            if shelf.has_results and shelf.observed_at < since - DAY_SECONDS - margin:
                yield f"I5: the list {shelf.name}, seen at {shelf.observed_at:.0f}, is not expired"
            outdated = min((offer.outdated_since() for offer in row.offers), default=inf)
            if shelf.has_results and outdated < since - margin and row.written_at <= since:
                yield f"I5: the list {shelf.name}, outdated at {outdated:.0f}, is not published"


def list_shelf_from_item(item: Item, seconds: Any) -> ListShelf:
    """Return the shelf that an item stores; `seconds` converts a stored time."""
    sort_key = item["sk"]["S"]
    definition, has_results = json.loads(item["definition"]["S"])
    return ListShelf(
        item_keys.split_shelf_key(sort_key)[0],
        definition["name"],
        tuple(row[0] for row in json.loads(item["slots"]["S"])),
        seconds(item["observed_at"]["N"]),
        seconds(item["due_at"]["N"]),
        item.get("lease", {}).get("S"),
        json.dumps(definition, sort_keys=True),
        has_results,
    )


def is_list_shelf(sort_key: str) -> bool:
    """Return True for the sort key of a list's shelf."""
    return sort_key.startswith(item_keys.LIST_SHELF_PREFIX)


def is_list_row(sort_key: str) -> bool:
    """Return True for the sort key of a list's row in the products table."""
    return sort_key.startswith(item_keys.LIST_CONTENT_PREFIX)


def _name_of(sort_key: str) -> str:
    return item_keys.list_name(sort_key).removesuffix("#details")


def _offers(packed: bytes | str | None) -> tuple[StoredOffer, ...]:
    if packed is None:
        return ()
    raw = base64.b64decode(packed) if isinstance(packed, str) else packed
    return tuple(stored_offer(json.dumps(offer)) for offer in json.loads(zlib.decompress(raw)))
