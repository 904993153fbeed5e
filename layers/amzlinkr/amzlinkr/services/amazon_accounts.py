"""The Amazon accounts of sites: catalogs, credentials, and the results of calls."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Clock, Deadline, to_unix_ms
from amzlinkr.domain.connection_errors import AmazonNoCredentials, ConnectionLimitReached
from amzlinkr.domain.connections import NO_SECRET, UNCONNECTED_SECRET_TTL, Connection
from amzlinkr.domain.credentials import CreatorsCredentials, Credentials
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Catalog, DailyBudget, Priority, Task, TokenCache
from amzlinkr.domain.sites import Site, is_sandbox
from amzlinkr.services.recording_catalog import RecordingCatalog

if TYPE_CHECKING:
    from amzlinkr.security.credential_vault import CredentialVault
    from amzlinkr.security.hmac_signer import HmacSigner
    from amzlinkr.storage.outbox import Outbox
    from amzlinkr.storage.rate_limiter_store import RateLimiterStore
    from amzlinkr.storage.secret_counts import SecretCounts
    from amzlinkr.storage.sites import SiteStore

TEST_SEARCH = Search("book")
"""The call that tests an account: every marketplace has results for it."""
MIN_WORKER_CALL_SECONDS = 8.0
"""The time that a worker needs for a call, with its wait for a reservation, and the writes."""
WRITE_RESERVE_SECONDS = 5.0
"""The part of it that is reserved for the writes, without which the call would be wasted."""
MAX_SECONDS_WITHOUT_ACCESS = 2.0
"""The duration of an interactive call of a site that never had a successful one. Many calls of an
account that Amazon does not serve would otherwise wait for its call rate, which costs money."""
MAX_CATALOGS = 64
MIN_SECRET_DELETION_SECONDS = 1.5


@dataclass(eq=False)
class AmazonAccounts:
    """Access to the Amazon accounts of all sites."""

    sites: SiteStore
    rate_limiters: RateLimiterStore
    outbox: Outbox
    secret_counts: SecretCounts
    vault: CredentialVault
    signer: HmacSigner
    clock: Clock
    amazon_url: str | None

    def __post_init__(self) -> None:
        self._catalogs: dict[tuple[str, str, str, Priority], Catalog] = {}
        self._lock = Lock()

    def reset(self) -> None:
        """Drop all catalogs, with their connections, access tokens, and call rates."""
        self._catalogs.clear()

    def catalog(self, site: Site, marketplace_code: str | None, priority: Priority) -> Catalog:
        """Return the catalog of a site's account, within its call rate. Results are recorded.

        Raises:
            NotConnected: The site has no connection for this marketplace, or its credentials were
                deleted.
            AmazonNoCredentials: The connection is link-only.
            SiteSuspended: The operator suspended the site.
        """
        connection = site.connection(marketplace_code)
        if connection.is_link_only:
            raise AmazonNoCredentials
        if is_sandbox(site.site_id):
            is_sync = priority is Priority.SYNC
            catalog = self._sandbox(connection.marketplace, connection.partner_tag, is_sync=is_sync)
        else:
            catalog = self._cached_catalog(site.site_id, connection, priority)
        return self.recording(catalog, site, connection, priority)

    def recording(
        self, catalog: Catalog, site: Site, connection: Connection, priority: Priority
    ) -> Catalog:
        """Return a catalog that records the results of its calls, each within its time."""
        on_result = partial(self.record_result, site.site_id, connection)
        limited = priority is Priority.INTERACTIVE and not site.has_had_access
        max_seconds = MAX_SECONDS_WITHOUT_ACCESS if limited else None
        return RecordingCatalog(catalog, on_result, self.clock, max_seconds)

    def test_catalog(
        self, site_id: str, account: Credentials | Connection, *, max_attempts: int | None = None
    ) -> Catalog:
        """Return a catalog that tests an account: it shares no access token and records nothing.

        Args:
            site_id: The site; a sandbox site receives the simulated catalog.
            account: New credentials, or a connection, to read its stored credentials.
            max_attempts: The number of attempts per call; None for the default of all calls.

        Raises:
            NotConnected: The stored credentials were deleted.
        """
        if is_sandbox(site_id):
            marketplace = account.marketplace
            code = marketplace if isinstance(marketplace, str) else marketplace.code
            return self._sandbox(code, account.partner_tag)
        from amzlinkr.amazon.catalog import MAX_CALL_ATTEMPTS, open_catalog

        if isinstance(account, Connection):
            credentials, account_key = self.vault.get(site_id, account), account.account_key
        else:
            credentials, account_key = account, self.account_key(site_id, account)
        limiter = self.rate_limiters.rate_limiter(account_key, Priority.INTERACTIVE)
        attempts = max_attempts or MAX_CALL_ATTEMPTS
        # A shared token would let a credential pass that was revoked within the last hour.
        return open_catalog(
            credentials, limiter, self.clock, self.amazon_url, max_attempts=attempts
        )

    def account_key(self, site_id: str, credentials: Credentials) -> str:
        """Return the ID of an account's rate limiter. Each sandbox site has its own."""
        if is_sandbox(site_id):
            return f"sandbox#{site_id}"
        return self.signer.account_key(credentials)

    def budgets(self, site: Site) -> dict[str, DailyBudget]:
        """Return today's budget of the account of each marketplace with credentials."""
        found = site.connections.items()
        keys = {code: one.account_key for code, one in found if not one.is_link_only}
        budgets = self.rate_limiters.budgets(keys.values(), self.clock.now())
        return {code: budgets[key] for code, key in keys.items()}

    def store_credentials(
        self, site_id: str, credentials: Credentials, current: Connection | None
    ) -> tuple[str, str]:
        """Store credentials in the vault if they changed. Return the secret's name and version.

        A new secret is deleted after an hour unless it is connected. Nothing is stored for a
        sandbox site.

        Raises:
            ConnectionLimitReached: The credentials, or the service, have the maximum of secrets.
            StoreUnavailable: A store or the vault failed.
        """
        if is_sandbox(site_id):
            return NO_SECRET, secrets.token_hex(8)
        vault, account_key = self.vault, self.account_key(site_id, credentials)
        # A secret in the other store is replaced: `connect` schedules its deletion.
        if current is not None and vault.is_in_use(current.secret_id):
            if current.has_credentials(credentials, account_key) and vault.is_stored(current):
                return current.secret_id, current.secret_version
            # Before the version: what is stored is counted, whatever fails in between.
            self.secret_counts.add(current.secret_id, account_key)
            version = vault.put_version(current, credentials)
            # None: the secret was deleted after the site was read. Continue with a new one.
            if version is not None:
                return current.secret_id, version
            self.secret_counts.remove(current.secret_id)
        now = self.clock.now()
        # A deleted secret's name stays reserved for days, so each name is used once.
        number = to_unix_ms(now) * 10**6 + secrets.randbelow(10**6)
        name = vault.name_of(site_id, credentials.marketplace.code, number)
        # Recorded first: if the process crashes before the connection is written, the scheduled
        # worker still deletes the secret.
        self.outbox.schedule(Task.SECRET_DELETION, name, now + UNCONNECTED_SECRET_TTL)
        try:
            self.secret_counts.add(name, account_key)
        except ConnectionLimitReached:
            self.outbox.remove(Task.SECRET_DELETION, name)
            raise
        return name, vault.create(name, credentials)

    def delete_secrets(self, secret_ids: Iterable[str], deadline: Deadline) -> None:
        """Delete secrets; what fails, or has no time left, is left to the scheduled worker."""
        for secret_id in secret_ids:
            if not deadline.allows(MIN_SECRET_DELETION_SECONDS):
                return
            try:
                self.delete_secret(secret_id)
            except StoreUnavailable as error:
                telemetry.log_fault(error)
                telemetry.count("SecretNotDeleted")

    def delete_secret(self, secret_id: str) -> None:
        """Delete a secret, its count, and its outbox record. Raises `StoreUnavailable`."""
        # The record last: if the process crashes in between, the worker repeats all.
        self.vault.delete(secret_id)
        self.secret_counts.remove(secret_id)
        self.outbox.remove(Task.SECRET_DELETION, secret_id)

    def record_result(
        self, site_id: str, connection: Connection, error: AmazonError | None, at: datetime
    ) -> None:
        """Record the outcome of a call. A failed write is counted, not raised."""
        try:
            self.sites.record_result(site_id, connection, error, at)
        except StoreUnavailable:
            telemetry.count("AccountResultNotRecorded")

    def _sandbox(
        self, marketplace_code: str, partner_tag: str, *, is_sync: bool = False
    ) -> Catalog:
        from amzlinkr.amazon.sandbox import Sandbox

        return Sandbox(marketplace_code, partner_tag, self.clock, is_sync=is_sync)

    def _cached_catalog(self, site_id: str, connection: Connection, priority: Priority) -> Catalog:
        # The secret's version is part of the key: new credentials never use an old catalog. So is
        # the site: the vault must check that the secret is one of this site.
        key = (site_id, connection.secret_id, connection.secret_version, priority)
        with self._lock:
            catalog = self._catalogs.get(key)
            if catalog is None:
                if len(self._catalogs) >= MAX_CATALOGS:
                    self.reset()  # bounds memory; catalogs in use are not affected
                # Under the lock: the threads that use an account must share its limiter.
                catalog = self._catalogs[key] = self._open_catalog(site_id, connection, priority)
        return catalog

    def _open_catalog(self, site_id: str, connection: Connection, priority: Priority) -> Catalog:
        from amzlinkr.amazon.catalog import open_catalog

        credentials = self.vault.get(site_id, connection)
        limiter = self.rate_limiters.rate_limiter(connection.account_key, priority)
        tokens = self._shared_tokens(credentials, connection.account_key)
        return open_catalog(credentials, limiter, self.clock, self.amazon_url, tokens)

    def _shared_tokens(self, credentials: Credentials, account_key: str) -> TokenCache | None:
        if not isinstance(credentials, CreatorsCredentials):
            return None
        from amzlinkr.security.token_cipher import TokenCipher
        from amzlinkr.storage.access_tokens import SharedTokenCache

        return SharedTokenCache(account_key, TokenCipher(credentials), self.clock)
