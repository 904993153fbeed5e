"""The worker of the price sync: the refresh of one leased shelf."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonError, AmazonRejectedRequest
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.connections import State
from amzlinkr.domain.errors import (
    AmzlinkrError,
    NotConnected,
    NotFound,
    RateLimited,
    SiteSuspended,
)
from amzlinkr.domain.freshness import retry_at
from amzlinkr.domain.list_refresh import ListResults
from amzlinkr.domain.lists import ListProblem
from amzlinkr.domain.ports import Catalog, Priority
from amzlinkr.domain.shelf_refresh import RefreshResult
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import is_sandbox
from amzlinkr.queues.messages import RefreshShelf
from amzlinkr.services.amazon_accounts import MIN_WORKER_CALL_SECONDS, WRITE_RESERVE_SECONDS
from amzlinkr.services.list_searches import FURTHER_CALL_SECONDS, search_pages

if TYPE_CHECKING:
    from amzlinkr.services.amazon_accounts import AmazonAccounts
    from amzlinkr.storage.product_writer import ProductWriter
    from amzlinkr.storage.shelves import ShelfStore
    from amzlinkr.storage.sites import SiteStore


@dataclass(frozen=True, slots=True)
class ShelfRefresher:
    """Refresh of leased shelves: one GetItems call each, or all pages of a list."""

    sites: SiteStore
    shelves: ShelfStore
    product_writer: ProductWriter
    accounts: AmazonAccounts
    clock: Clock

    def refresh(self, message: RefreshShelf, deadline: Deadline) -> None:
        """Refresh a shelf, or release its lease if its account or the time does not allow a call.

        A message with a superseded lease is dropped. Raises `StoreUnavailable`.
        """
        shelf = self.shelves.get(message.site_id, message.marketplace, message.shelf_id)
        if shelf is None or shelf.lease != message.lease or not shelf.is_refreshed:
            return
        now = self.clock.now()
        further = (shelf.calls - 1) * FURTHER_CALL_SECONDS
        if not deadline.allows(MIN_WORKER_CALL_SECONDS + further):
            telemetry.count("ShelvesReleased")
            self.release(shelf, now)
            return
        try:
            site = self.sites.require(shelf.site_id)
            connection = site.connection(shelf.marketplace)
            # The account may have gone down since the run was planned. Its state does not decide
            # about throttling: the account's rate limiter is more recent.
            is_throttled = connection.state is State.THROTTLED
            if not is_throttled and not connection.can_be_called(now, has_probe_in_flight=False):
                self.release(shelf, connection.next_check_at(now))
                return
            catalog = self.accounts.catalog(site, shelf.marketplace, Priority.SYNC)
            found = fetch(shelf, catalog, deadline.with_reserve(WRITE_RESERVE_SECONDS))
        except (AmazonError, NotConnected, NotFound, RateLimited, SiteSuspended) as error:
            if count_failure(shelf.site_id, error):
                telemetry.log.warning("refresh failed", code=error.code)
            self.release(with_problem(shelf, error, now), retry_at(error, self.clock.now()))
            return
        interval = site.configured_interval
        if isinstance(found, ListResults):
            is_changed = self.product_writer.lists.refresh(shelf, found, interval)
            record_list_refresh(shelf, is_changed=is_changed)
        else:
            record_refresh(self.product_writer.refresh(shelf, found, interval), shelf)

    def release(self, shelf: Shelf, until: datetime) -> None:
        """Release a lease and make the shelf due at `until`."""
        if self.shelves.release_lease(shelf, until):
            return
        # An import or a removal may have changed the shelf. Otherwise the lease was superseded.
        found = self.shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
        if found is not None and found.lease == shelf.lease:
            self.shelves.release_lease(replace(found, problem=shelf.problem), until)


def with_problem(shelf: Shelf, error: AmzlinkrError, at: datetime) -> Shelf:
    """Return the shelf of a list with the reason why Amazon refused its search at `at`.

    Other errors concern the service, or the account: then the connection has the problem.
    """
    if shelf.definition is None or not isinstance(error, AmazonRejectedRequest):
        return shelf
    return replace(shelf, problem=ListProblem(error.code, error.detail, error.action, at))


def fetch(shelf: Shelf, catalog: Catalog, deadline: Deadline) -> LookupResult | ListResults:
    """Request the products of a shelf, or the results of a list. Raises `AmazonError`."""
    if shelf.definition is not None:
        return search_pages(catalog, shelf.definition, deadline)
    return catalog.items(shelf.asins, deadline)


def count_failure(site_id: str, error: AmzlinkrError) -> bool:
    """Count a failed refresh. Return False for a sandbox, which fails on request: no failure."""
    if is_sandbox(site_id):
        return False
    telemetry.measure("ShelvesFailed", 1, "Count")
    telemetry.count(f"RefreshFailed_{error.code}")
    return True


def record_list_refresh(shelf: Shelf, *, is_changed: bool) -> None:
    """Count a refresh of a list, as `record_refresh` does."""
    record_refresh(RefreshResult(shelf), shelf)
    telemetry.count("ListsChanged", int(is_changed and not is_sandbox(shelf.site_id)))


def record_refresh(result: RefreshResult, shelf: Shelf) -> None:
    """Count a refresh of a live site: those of sandboxes would hide that the others fail."""
    if is_sandbox(shelf.site_id):
        return
    # With the zeros, the average is the ratio of failed calls.
    telemetry.measure("ShelvesFailed", 0, "Count")
    telemetry.count("ShelvesRefreshed")
    telemetry.count("ProductsChanged", len(result.changes))
    cleared = list(result.cleared.values())
    telemetry.count("ProductsExpired", cleared.count("expired"))
    telemetry.count("ProductsMissing", cleared.count("missing"))
