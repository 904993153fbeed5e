"""Construction of the stores on one connection to DynamoDB; each is imported when it is used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from amzlinkr.config import Config
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.connection import bind, connect

if TYPE_CHECKING:
    from amzlinkr.storage.api_keys import ApiKeyStore
    from amzlinkr.storage.audit_log import AuditLog
    from amzlinkr.storage.ciphertexts import CiphertextStore
    from amzlinkr.storage.jobs import JobStore
    from amzlinkr.storage.list_reads import ListStore
    from amzlinkr.storage.outbox import Outbox
    from amzlinkr.storage.product_writer import ProductWriter
    from amzlinkr.storage.products import ProductStore
    from amzlinkr.storage.rate_limiter_store import RateLimiterStore
    from amzlinkr.storage.secret_counts import SecretCounts
    from amzlinkr.storage.service_state import ServiceState
    from amzlinkr.storage.shelves import ShelfStore
    from amzlinkr.storage.signups import SignupStore
    from amzlinkr.storage.site_deletions import SiteDeletionStore
    from amzlinkr.storage.site_directory import SiteDirectory
    from amzlinkr.storage.sites import SiteStore
    from amzlinkr.storage.suspensions import SuspensionStore
    from amzlinkr.storage.usage_counters import UsageCounters


class Stores:
    """All stores. Responses of DynamoDB correct the clock if it is server-synced."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self.connection = connect()
        if isinstance(clock, ServerSyncedClock):
            self.connection.clock = clock
        bind(self.connection, config)

    @cached_property
    def sites(self) -> SiteStore:
        """Return the store of sites and their connections."""
        from amzlinkr.storage.sites import SiteStore

        return SiteStore(self.connection, self.clock)

    @cached_property
    def api_keys(self) -> ApiKeyStore:
        """Return the store of API keys."""
        from amzlinkr.storage.api_keys import ApiKeyStore

        return ApiKeyStore(self.connection, self.clock)

    @cached_property
    def audit_log(self) -> AuditLog:
        """Return the store of security events."""
        from amzlinkr.storage.audit_log import AuditLog

        return AuditLog()

    @cached_property
    def signups(self) -> SignupStore:
        """Return the store of sign-ups."""
        from amzlinkr.storage.signups import SignupStore

        return SignupStore(self.connection, self.clock)

    @cached_property
    def suspensions(self) -> SuspensionStore:
        """Return the store of suspended hosts."""
        from amzlinkr.storage.suspensions import SuspensionStore

        return SuspensionStore(self.connection, self.clock)

    @cached_property
    def site_deletions(self) -> SiteDeletionStore:
        """Return the store of deleted sites."""
        from amzlinkr.storage.site_deletions import SiteDeletionStore

        return SiteDeletionStore(self.connection, self.clock)

    @cached_property
    def outbox(self) -> Outbox:
        """Return the store of work that is completed later."""
        from amzlinkr.storage.outbox import Outbox

        return Outbox()

    @cached_property
    def secret_counts(self) -> SecretCounts:
        """Return the counts of stored secrets."""
        from amzlinkr.storage.secret_counts import SecretCounts

        return SecretCounts(self.connection, self.clock, self.config.limits)

    @cached_property
    def ciphertexts(self) -> CiphertextStore:
        """Return the store of encrypted credentials."""
        from amzlinkr.storage.ciphertexts import CiphertextStore

        return CiphertextStore(self.connection, self.clock)

    @cached_property
    def shelves(self) -> ShelfStore:
        """Return the store of shelves."""
        from amzlinkr.storage.shelves import ShelfStore

        return ShelfStore()

    @cached_property
    def products(self) -> ProductStore:
        """Return the store of products, for reading."""
        from amzlinkr.storage.products import ProductStore

        return ProductStore(self.shelves)

    @cached_property
    def list_store(self) -> ListStore:
        """Return the store of lists, for reading."""
        from amzlinkr.storage.list_reads import ListStore

        return ListStore(self.shelves)

    @cached_property
    def product_writer(self) -> ProductWriter:
        """Return the store of products, for writing."""
        from amzlinkr.storage.product_writer import ProductWriter

        return ProductWriter(self.connection, self.shelves, self.clock, DEFAULT_REFRESH_INTERVAL)

    @cached_property
    def rate_limiters(self) -> RateLimiterStore:
        """Return the store of the rate limiters of Amazon accounts."""
        from amzlinkr.storage.rate_limiter_store import RateLimiterStore

        return RateLimiterStore(self.clock)

    @cached_property
    def usage_counters(self) -> UsageCounters:
        """Return the store of usage counters."""
        from amzlinkr.storage.usage_counters import UsageCounters

        return UsageCounters(self.clock)

    @cached_property
    def jobs(self) -> JobStore:
        """Return the store of import jobs."""
        from amzlinkr.storage.jobs import JobStore

        return JobStore(self.connection, self.clock)

    @cached_property
    def service_state(self) -> ServiceState:
        """Return the store of the operator's switches and of the planner's last run."""
        from amzlinkr.storage.service_state import ServiceState

        return ServiceState(self.clock)

    @cached_property
    def site_directory(self) -> SiteDirectory:
        """Return the reader of all sites, for the operator."""
        from amzlinkr.storage.site_directory import SiteDirectory

        return SiteDirectory(self.connection)
