"""A catalog that reports the results of its calls, from which the state of an account follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.catalog import BrowseNode, LookupResult, Search, SearchPage, VariationPage
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.ports import Catalog

R = TypeVar("R")
ResultCallback = Callable[[AmazonError | None, datetime], None]
"""Receives the error of a call, or None after a success, and the time of the request."""


class RecordingCatalog:
    """A catalog that reports the result of each call, from which the account's state follows."""

    def __init__(
        self,
        catalog: Catalog,
        on_result: ResultCallback,
        clock: Clock,
        max_seconds: float | None = None,
    ) -> None:
        """Report the results of `catalog`. Each call lasts at most `max_seconds`, unless None."""
        self._catalog = catalog
        self._on_result = on_result
        self._clock = clock
        self._max_seconds = max_seconds

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """Implement `Catalog.search`."""
        return self._call(lambda limit: self._catalog.search(search, limit), deadline)

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """Implement `Catalog.items`."""
        return self._call(lambda limit: self._catalog.items(asins, limit), deadline)

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """Implement `Catalog.variations`."""
        return self._call(lambda limit: self._catalog.variations(asin, page, limit), deadline)

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """Implement `Catalog.browse_nodes`."""
        return self._call(lambda limit: self._catalog.browse_nodes(ids, limit), deadline)

    def _call(self, call: Callable[[Deadline], R], deadline: Deadline) -> R:
        if self._max_seconds is not None:
            deadline = deadline.at_most(self._max_seconds)
        # Before the call: results can arrive out of order and are compared by this time.
        requested_at = self._clock.now()
        try:
            result = call(deadline)
        except AmazonError as error:
            self._on_result(error, requested_at)
            raise
        self._on_result(None, requested_at)
        return result
