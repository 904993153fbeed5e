"""Construction of all services. Each is imported when it is used, to shorten cold starts."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from amzlinkr import startup
from amzlinkr.account_services import AccountServices
from amzlinkr.config import INVITE_MODE, Config, config_from_environment
from amzlinkr.domain.clock import Clock, SystemClock
from amzlinkr.services.call_counter import SiteCallCounter
from amzlinkr.services.concurrency import ConcurrentMap
from amzlinkr.storage.clock import ServerSyncedClock

if TYPE_CHECKING:
    from amzlinkr.services.api_keys import SiteApiKeys
    from amzlinkr.services.exports import Exports
    from amzlinkr.services.feed import ChangeFeed
    from amzlinkr.services.imports import Imports
    from amzlinkr.services.lists import SiteLists
    from amzlinkr.services.purge import Purge
    from amzlinkr.services.removals import Removals
    from amzlinkr.services.shelf_refresher import ShelfRefresher
    from amzlinkr.services.sign_up import SiteSignUp
    from amzlinkr.services.sync import SyncPlanner, SyncRequests


class Dependencies(AccountServices):
    """The collaborators of a function. Tests replace attributes before their first use."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        # Tests pass their own clock, which no response may correct.
        super().__init__(config, clock or ServerSyncedClock(SystemClock()))
        self.map_concurrently = ConcurrentMap()

    @cached_property
    def call_counter(self) -> SiteCallCounter:
        """Return the counter of calls of sites."""
        return SiteCallCounter(self.usage_counters, self.config.limits, self.clock, self.sites)

    @cached_property
    def site_api_keys(self) -> SiteApiKeys:
        """Return the service for API keys of sites."""
        from amzlinkr.services.api_keys import SiteApiKeys

        limits = self.config.limits
        return SiteApiKeys(self.api_keys, self.usage_counters, limits, self.clock)

    @cached_property
    def sign_up(self) -> SiteSignUp:
        """Return the service for sign-ups of sites."""
        from amzlinkr.security.site_verification import SiteVerifier
        from amzlinkr.services.sign_up import SiteSignUp
        from amzlinkr.services.sign_up_limits import SignUpLimits

        return SiteSignUp(
            signups=self.signups,
            suspensions=self.suspensions,
            accounts=self.amazon_accounts,
            verifier=SiteVerifier(self.config.verification_seconds, self.config.allow_local_sites),
            limits=SignUpLimits(self.usage_counters, self.config.limits),
            clock=self.clock,
            invite_only=self.config.signup_mode == INVITE_MODE,
        )

    @cached_property
    def change_feed(self) -> ChangeFeed:
        """Return the service that reads shelves for the change feed."""
        from amzlinkr.services.feed import ChangeFeed

        return ChangeFeed(self.products, self.shelves, self.product_writer, self.clock)

    @cached_property
    def exports(self) -> Exports:
        """Return the service that exports products and lists."""
        from amzlinkr.services.exports import Exports

        return Exports(self.products, self.list_store)

    @cached_property
    def imports(self) -> Imports:
        """Return the service that imports products."""
        from amzlinkr.services.chunk_imports import ChunkImports
        from amzlinkr.services.import_turns import ImportTurns
        from amzlinkr.services.imports import Imports

        queues = self.import_queue, self.sandbox_import_queue
        return Imports(
            sites=self.sites,
            jobs=self.jobs,
            shelves=self.shelves,
            chunks=ChunkImports(self.product_writer, self.amazon_accounts, self.config.limits),
            usage_counters=self.usage_counters,
            turns=ImportTurns(self.sites, self.jobs, *queues, self.clock),
            limits=self.config.limits,
            clock=self.clock,
        )

    @cached_property
    def lists(self) -> SiteLists:
        """Return the service for lists of sites."""
        from amzlinkr.services.lists import SiteLists

        return SiteLists(
            store=self.list_store,
            planner=self.sync_planner,
            service_state=self.service_state,
            limits=self.config.limits,
            clock=self.clock,
        )

    @cached_property
    def purge(self) -> Purge:
        """Return the service that purges deleted sites and unused secrets."""
        from amzlinkr.services.purge import Purge

        return Purge(self.site_deletions, self.outbox, self.amazon_accounts, self.clock)

    @cached_property
    def removals(self) -> Removals:
        """Return the service that removes products."""
        from amzlinkr.services.removals import Removals

        limits = self.config.limits
        return Removals(self.products, self.product_writer, self.usage_counters, limits)

    @cached_property
    def sync_requests(self) -> SyncRequests:
        """Return the service for sync requests of sites."""
        from amzlinkr.services.sync import SyncRequests

        map_concurrently = self.map_concurrently
        return SyncRequests(self.sites, self.shelves, self.outbox, self.clock, map_concurrently)

    @cached_property
    def sync_planner(self) -> SyncPlanner:
        """Return the service that plans runs of the price sync."""
        from amzlinkr.services.sync import SyncPlanner

        return SyncPlanner(
            sync_requests=self.sync_requests,
            sites=self.sites,
            shelves=self.shelves,
            product_writer=self.product_writer,
            rate_limiters=self.rate_limiters,
            queue=self.refresh_queue,
            clock=self.clock,
            map_concurrently=self.map_concurrently,
        )

    @cached_property
    def shelf_refresher(self) -> ShelfRefresher:
        """Return the service that refreshes leased shelves."""
        from amzlinkr.services.shelf_refresher import ShelfRefresher

        accounts = self.amazon_accounts
        return ShelfRefresher(self.sites, self.shelves, self.product_writer, accounts, self.clock)


@cache
def dependencies() -> Dependencies:
    """Return the dependencies of this process, configured by its environment."""
    return Dependencies(config_from_environment())


def initialize(*names: str) -> None:
    """Construct the named dependencies, which every call of a function needs, if on Lambda."""
    startup.initialize(dependencies, *names)
