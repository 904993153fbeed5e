"""Construction of the stores on one connection to DynamoDB."""

from __future__ import annotations

from amzlinkr.config import Config
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL
from amzlinkr.storage.api_keys import ApiKeyStore
from amzlinkr.storage.audit_log import AuditLog
from amzlinkr.storage.ciphertexts import CiphertextStore
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.connection import bind, connect
from amzlinkr.storage.jobs import JobStore
from amzlinkr.storage.outbox import Outbox
from amzlinkr.storage.product_writer import ProductWriter
from amzlinkr.storage.products import ProductStore
from amzlinkr.storage.rate_limiter_store import RateLimiterStore
from amzlinkr.storage.secret_counts import SecretCounts
from amzlinkr.storage.shelves import ShelfStore
from amzlinkr.storage.signups import SignupStore
from amzlinkr.storage.site_deletions import SiteDeletionStore
from amzlinkr.storage.sites import SiteStore
from amzlinkr.storage.suspensions import SuspensionStore
from amzlinkr.storage.usage_counters import UsageCounters


class Stores:
    """All stores. Responses of DynamoDB correct the clock if it is server-synced."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self.connection = connection = connect()
        if isinstance(clock, ServerSyncedClock):
            connection.clock = clock
        bind(connection, config)
        self.sites = SiteStore(connection, clock)
        self.api_keys = ApiKeyStore(connection, clock)
        self.audit_log = AuditLog()
        self.signups = SignupStore(connection, clock)
        self.suspensions = SuspensionStore(connection, clock)
        self.site_deletions = SiteDeletionStore(connection, clock)
        self.outbox = Outbox()
        self.secret_counts = SecretCounts(connection, clock, config.limits)
        self.ciphertexts = CiphertextStore(connection, clock)
        self.shelves = ShelfStore()
        self.products = ProductStore(self.shelves)
        self.product_writer = ProductWriter(
            connection, self.shelves, clock, DEFAULT_REFRESH_INTERVAL
        )
        self.rate_limiters = RateLimiterStore(clock)
        self.usage_counters = UsageCounters(clock)
        self.jobs = JobStore(connection, clock)
