"""A catalogue whose every answer is noted: that is how the state of an account is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.catalog import BrowseNode, LookupResult, Search, SearchPage, VariationPage
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.ports import Catalog

T = TypeVar("T")
ResultCallback = Callable[[AmazonError | None, datetime], None]
"""Takes the error, or None for a good answer, and the moment of asking."""


class RecordingCatalog:
    """The same catalogue; tells `note` how each call went."""

    def __init__(self, catalog: Catalog, note: ResultCallback, clock: Clock) -> None:
        self._catalog = catalog
        self._note = note
        self._clock = clock

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """As the port says."""
        return self._recorded(lambda: self._catalog.search(search, deadline))

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """As the port says."""
        return self._recorded(lambda: self._catalog.items(asins, deadline))

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """As the port says."""
        return self._recorded(lambda: self._catalog.variations(asin, page, deadline))

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """As the port says."""
        return self._recorded(lambda: self._catalog.browse_nodes(ids, deadline))

    def _recorded(self, ask: Callable[[], T]) -> T:
        asked_at = self._clock.now()
        try:
            answer = ask()
        except AmazonError as error:
            self._note(error, asked_at)
            raise
        self._note(None, asked_at)
        return answer
