"""The search of a list: its pages one after another, each a SearchItems call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amzlinkr.domain.catalog import SearchPage
from amzlinkr.domain.list_refresh import ListResults, distinct_items

if TYPE_CHECKING:
    from amzlinkr.domain.clock import Deadline
    from amzlinkr.domain.lists import ListDefinition
    from amzlinkr.domain.ports import Catalog

FURTHER_CALL_SECONDS = 4.0
"""The time that a worker needs for each page after the first, with its wait for a reservation."""


def search_pages(catalog: Catalog, definition: ListDefinition, deadline: Deadline) -> ListResults:
    """Return the results of all pages, or of those that Amazon has.

    A product that moves to a later page between two calls stands once, at its first place. One that
    moves to an earlier page is missing until the next refresh.

    Raises:
        AmazonError: A call failed. Results of the other pages are dropped.
    """
    began_at, pages = deadline.clock.now(), list[SearchPage]()
    for number in range(1, definition.calls + 1):
        page = catalog.search(replace(definition.search, page=number), deadline)
        pages.append(page)
        if number >= page.pages:
            break
    # The time of the first call is more certain than `began_at`: the responses of AWS before the
    # call correct a clock that was set in the meantime.
    at = pages[0].requested_at or began_at
    items = distinct_items([page.items for page in pages], definition.size)
    return ListResults(at, tuple(replace(item, observed_at=at) for item in items))
