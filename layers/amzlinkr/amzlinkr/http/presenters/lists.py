"""Converters from lists, and from pages of the change feed, to HTTP output types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import UNSET

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.feed import FeedEntry
from amzlinkr.domain.freshness import fresh_until, is_expired
from amzlinkr.domain.lists import StoredList
from amzlinkr.http.presenters.pages import fit_page
from amzlinkr.http.presenters.products import NO_TAGS, change_out, product_out
from amzlinkr.http.schemas.feed import ChangeOut
from amzlinkr.http.schemas.lists import ListChangeOut, ListOut, ListSearchOut


def list_search_out(search: Search) -> ListSearchOut:
    """Return the search of a list, with the names and types of its request."""
    return ListSearchOut(
        keywords=search.keywords or UNSET,
        brand=search.brand or UNSET,
        author=search.author or UNSET,
        artist=search.artist or UNSET,
        actor=search.actor or UNSET,
        title=search.title or UNSET,
        category=search.category or UNSET,
        browse_node=search.browse_node or UNSET,
        sort=search.sort or UNSET,
        min_price=search.min_price or UNSET,
        max_price=search.max_price or UNSET,
        min_rating=search.min_rating or UNSET,
        min_saving=search.min_saving or UNSET,
        in_stock=search.in_stock,
        condition=search.condition or UNSET,
        delivery=",".join(search.delivery) or UNSET,
    )


def list_out(stored: StoredList, now: datetime) -> ListOut:
    """Return what of a list may be shown at `now`: nothing of results that are 24 hours old."""
    definition = stored.definition
    if definition is None:
        raise ValueError("a removed list has no content")
    at = None if is_expired(stored.observed_at, now) else stored.observed_at
    return ListOut(
        name=stored.name,
        marketplace=stored.marketplace,
        query=list_search_out(definition.search),
        size=definition.size,
        items=[product_out(item, now) for item in stored.items] if at else [],
        observed_at=at or UNSET,
        fresh_until=fresh_until(at) if at else UNSET,
    )


def lists_out(lists: Iterable[StoredList], now: datetime) -> list[ListOut]:
    """Return the first lists, as many as a page may have."""
    return fit_page([list_out(one, now) for one in lists])


def changes_out(
    entries: Sequence[FeedEntry], now: datetime, partner_tags: Mapping[str, str] = NO_TAGS
) -> list[ChangeOut]:
    """Return the first entries of the change feed, as many as a page may have."""
    return fit_page([_entry_out(entry, now, partner_tags) for entry in entries])


def _entry_out(entry: FeedEntry, now: datetime, partner_tags: Mapping[str, str]) -> ChangeOut:
    if not isinstance(entry, StoredList):
        return change_out(entry, now, partner_tags)
    change = (
        ListChangeOut(name=entry.name, marketplace=entry.marketplace)
        if entry.removed
        else list_change_out(list_out(entry, now))
    )
    return ChangeOut(marketplace=entry.marketplace, kind=entry.kind, list=change)


def list_change_out(shown: ListOut) -> ListChangeOut:
    """Return a list as it stands in the change feed."""
    names = ListChangeOut.__struct_fields__
    return ListChangeOut(**{name: getattr(shown, name) for name in names})
