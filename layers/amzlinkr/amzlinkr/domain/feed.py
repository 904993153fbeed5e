"""The change feed from its reader's view: the position, and the age of what the reader holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from amzlinkr.domain.errors import CursorTooOld
from amzlinkr.domain.lists import StoredList
from amzlinkr.domain.products import Kind, StoredProduct
from amzlinkr.domain.shelves import Shelf

TOMBSTONE_RETENTION = timedelta(days=30)
"""How long the feed contains the removal of a product."""
MAX_CURSOR_AGE = TOMBSTONE_RETENTION - timedelta(days=1)
"""One day less, for clock differences and the time between a removal's timestamp and its write."""
PRODUCTS_LOST = "The products of this site are being restored."
CLEARED_KINDS = frozenset[Kind]({"expired", "missing", "waiting"})
"""The entries after which a reader shows nothing of a product but its ASIN."""
FeedEntry = StoredProduct | StoredList
"""A product or a list, at its newest change."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """The newest sequence number of a feed, and when it began, which earlier releases omit.

    A feed begins with the first change of its site, and again if the products table was lost: the
    numbers then begin at 1 again, and the removals before are unknown. Until a repair has written
    all products of the site, the feed is not complete.
    """

    last_seq: int
    began_at: datetime | None = None
    is_complete: bool = True

    def is_lost(self, shelves: Iterable[Shelf]) -> bool:
        """Return True if the feed lacks products of these shelves, which were read after it."""
        return not self.is_complete or (
            not self.last_seq and any(shelf.is_refreshed for shelf in shelves)
        )


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """A position after sequence number `after`. All changes before `since` were read.

    `since` is not the time of the page. A reader in the middle of the feed still needs every
    removal since it was last at the end: those have higher numbers, however new its page is. So
    `since` only moves at the end of the feed, and only to the moment before that page was read,
    because changes during the read may be missing from it.
    """

    after: int
    since: datetime

    @classmethod
    def start(cls, now: datetime) -> FeedPosition:
        """Return the position of a reader without a cursor.

        The reader holds no products, so it can miss no removal before now.
        """
        return cls(0, now)

    def check(self, now: datetime, feed: FeedState) -> None:
        """Check that the feed still has everything that the reader needs after this position.

        Raises:
            CursorTooOld: The position is older than `MAX_CURSOR_AGE`, so tombstones may have been
                deleted. Or the feed has begun again since: removals are unknown, and products may
                have numbers below the position.
        """
        if now - self.since > MAX_CURSOR_AGE:
            raise CursorTooOld
        began_later = feed.began_at is not None and self.since < feed.began_at
        # At the beginning of a feed, everything in it is new to the reader.
        if self.after and (began_later or self.after > feed.last_seq):
            raise CursorTooOld

    def advance(
        self, shown: Iterable[FeedEntry], read_at: datetime, feed: FeedState, *, has_more: bool
    ) -> FeedPosition:
        """Return the position in a feed after the shown entries; their read began at `read_at`."""
        after = max((entry.seq for entry in shown), default=self.after)
        since = self.since if has_more else read_at
        # A feed that begins during a read has no change before that.
        return FeedPosition(after, max(since, feed.began_at or since))


def checked_at(shelves: Iterable[Shelf], shown: Iterable[FeedEntry]) -> dict[str, datetime]:
    """Return, per marketplace, the oldest observation of a product or list that has content.

    A product without content holds back no other: its newest entry in the feed is `expired`,
    `missing`, or `waiting`, so its reader shows nothing of it.

    The shelves must be read before the page. A reader at the end of the feed then holds what the
    shelves describe, or something newer. If they were read after it, they could describe prices
    that were stored in between, and the reader would take its old prices for fresh. Products that
    were stored in between are on the page, if anywhere.
    """
    seen = [
        (shelf.marketplace, shelf.seen_at(slot))
        for shelf in shelves
        for slot in shelf.slots
        if slot.fingerprint is not None
    ]
    seen += [
        (entry.marketplace, entry.observed_at)
        for entry in shown
        if entry.observed_at is not None and _has_content(entry)
    ]
    oldest: dict[str, datetime] = {}
    for marketplace_code, at in seen:
        oldest[marketplace_code] = min(at, oldest.get(marketplace_code, at))
    return dict(sorted(oldest.items()))


def _has_content(entry: FeedEntry) -> bool:
    if isinstance(entry, StoredList):
        return bool(entry.items)
    return not entry.removed and entry.kind not in CLEARED_KINDS
