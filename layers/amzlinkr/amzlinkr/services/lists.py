"""Lists of a site: definition, removal, and the first refresh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.limits import Limits
from amzlinkr.domain.lists import ListDefinition, StoredList
from amzlinkr.domain.planning import calls_this_run, message_group_of
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import Site

if TYPE_CHECKING:
    from amzlinkr.services.sync import SyncPlanner
    from amzlinkr.storage.list_reads import ListStore
    from amzlinkr.storage.service_state import ServiceState


@dataclass(frozen=True, slots=True)
class SiteLists:
    """The lists of sites."""

    store: ListStore
    planner: SyncPlanner
    service_state: ServiceState
    limits: Limits
    clock: Clock

    def put(
        self, site: Site, marketplace_code: str | None, definition: ListDefinition
    ) -> tuple[StoredList, bool]:
        """Store or replace a list. Return it, and True if it is new.

        Raises:
            NotConnected: The site has no connection in the marketplace.
            ListLimitReached: The site has the maximum number of lists.
        """
        connection = site.connection(marketplace_code)
        maximum = self.limits.of_site(site).lists
        code = connection.marketplace
        shelf, is_new = self.planner.product_writer.lists.put(
            site.site_id, code, definition, maximum
        )
        self._refresh_early(site, shelf)
        empty = StoredList(definition.name, code, definition)
        return empty if is_new else self.store.get(site.site_id, definition.name) or empty, is_new

    def _refresh_early(self, site: Site, shelf: Shelf) -> None:
        """Lease and enqueue a due list as the planner does, if its account has calls left.

        A list that is not enqueued is planned in the next run.
        """
        connection, now = site.connections[shelf.marketplace], self.clock.now()
        if shelf.due_at > now or shelf.is_leased(now) or connection.is_down:
            return
        try:
            if self.service_state.recent_switches().is_sync_stopped:
                return
            account_key = connection.account_key
            budget = self.planner.rate_limiters.budgets([account_key], now)[account_key]
            # As an import: repeated changes must not use the calls that are reserved for prices.
            if calls_this_run(budget, now, Priority.IMPORT):
                group = message_group_of(account_key, budget, 0)
                self.planner.lease_and_enqueue([(shelf, group)], now)
        except StoreUnavailable as error:
            telemetry.log_fault(error)
