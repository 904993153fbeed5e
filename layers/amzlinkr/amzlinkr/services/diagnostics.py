"""Diagnostics of an Amazon account: the step at which it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.diagnosis import (
    DiagnosticResult,
    Step,
    steps_of,
    steps_without_credentials,
)
from amzlinkr.domain.ports import Catalog, Priority
from amzlinkr.domain.sites import Site
from amzlinkr.services.amazon_accounts import TEST_SEARCH, AmazonAccounts

if TYPE_CHECKING:
    from amzlinkr.storage.shelves import ShelfStore
    from amzlinkr.storage.sites import SiteStore


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Diagnostics of accounts, with one token request and one product call each."""

    sites: SiteStore
    shelves: ShelfStore
    accounts: AmazonAccounts

    def diagnose(
        self, site_id: str, marketplace_code: str | None, deadline: Deadline
    ) -> tuple[list[Step], Connection]:
        """Return the steps from one call to Amazon, and the connection with its result.

        Raises:
            NotConnected: The site has no connection for this marketplace, or its credentials were
                deleted.
            AmazonError: A limit of our own prevented the call.
        """
        site = self.sites.require(site_id)
        connection = site.connection(marketplace_code)
        if connection.is_link_only:
            return steps_without_credentials(), connection
        steps = self._run_steps(site, connection, deadline)
        # Read again: the result of the call may have changed the connection's state.
        connections = self.sites.require(site_id).connections
        return steps, connections.get(connection.marketplace, connection)

    def _run_steps(self, site: Site, connection: Connection, deadline: Deadline) -> list[Step]:
        tested = self.accounts.test_catalog(site.site_id, connection, max_attempts=1)
        catalog = self.accounts.recording(tested, site, connection, Priority.INTERACTIVE)
        asins = self._imported_asins(site.site_id, connection.marketplace)
        try:
            return steps_of(connection, _call_amazon(catalog, asins, deadline))
        except AmazonError as error:
            # Our own rate limiter: no call has tested the account.
            if error.upstream is None:
                raise
            return steps_of(connection, error)

    def _imported_asins(self, site_id: str, marketplace_code: str) -> tuple[str, ...]:
        """Return up to ten imported products of the marketplace, which one call can request."""
        shelves = self.shelves.list_for_site(site_id, marketplace_code)
        return next((shelf.asins for shelf in shelves if shelf.slots), ())


def _call_amazon(catalog: Catalog, asins: Sequence[str], deadline: Deadline) -> DiagnosticResult:
    """Request imported products, or search if there are none. Raises `AmazonError`."""
    if asins:
        lookup = catalog.items(asins, deadline)
        product = next(iter(lookup.found.values()), None)
        return DiagnosticResult(asins[0], product, lookup.request_id)
    page = catalog.search(TEST_SEARCH, deadline)
    first = next(iter(page.items), None)
    return DiagnosticResult(first.asin if first else None, first, page.request_id)
