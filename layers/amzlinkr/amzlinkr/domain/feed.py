"""The change feed as its reader knows it: how far it has come, how long it may stay away, and how
old what it holds may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from amzlinkr.domain.errors import CursorTooOld
from amzlinkr.domain.products import StoredProduct
from amzlinkr.domain.shelves import Shelf, oldest_by_marketplace

TOMBSTONE_RETENTION = timedelta(days=30)
"""So long the feed remembers that a product was removed."""
MAX_CURSOR_AGE = TOMBSTONE_RETENTION - timedelta(days=1)
"""A day less, for clocks that differ and for a removal's way from its time stamp to the table."""


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """Behind the number `after`. Everything that happened before `since` was read.

    `since` is not the moment the page was made. A reader in the middle of the feed still has to
    hear of every removal since it was last at the end: its numbers lie ahead of it, however new its
    page is. So `since` moves at the end of the feed only, and to the moment before that page was
    read, because what happens during the reading may be missing from it.
    """

    after: int
    since: datetime

    @classmethod
    def start(cls, now: datetime) -> FeedPosition:
        """Where a reader without a cursor stands. It knows no product, so none can be removed
        behind its back."""
        return cls(0, now)

    def check(self, now: datetime) -> None:
        """Raises `CursorTooOld` if a tombstone that the reader needs may have been deleted."""
        if now - self.since > MAX_CURSOR_AGE:
            raise CursorTooOld

    def advance(
        self, shown: Iterable[StoredProduct], read_at: datetime, *, has_more: bool
    ) -> FeedPosition:
        """Behind the entries shown, which were read from `read_at` on."""
        after = max((entry.seq for entry in shown), default=self.after)
        return FeedPosition(after, self.since if has_more else read_at)


def checked_at(shelves: Iterable[Shelf], shown: Iterable[StoredProduct]) -> dict[str, datetime]:
    """Per marketplace: the oldest sight of a product not announced as expired.

    The shelves must be read before the page. Then a reader at the end of the feed holds what the
    shelves vouch for, or something newer. Read afterwards, they could vouch for prices that came in
    between, and the reader would take its old ones for fresh. Products that came in between are on
    the page, if anywhere.
    """
    oldest = oldest_by_marketplace(shelves)
    for entry in shown:
        at = entry.observed_at
        if at is not None and not entry.removed and entry.kind != "expired":
            oldest[entry.marketplace] = min(at, oldest.get(entry.marketplace, at))
    return dict(sorted(oldest.items()))
