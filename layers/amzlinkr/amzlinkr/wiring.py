"""The composition root: what the functions depend on, built when first asked for.

What is heavy to import (boto3, requests) is imported there too: an import is a cold start of every
function, and the authorizer needs neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache, cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from amzlinkr import telemetry
from amzlinkr.config import Config, config_from
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import Clock, Deadline, SystemClock, to_unix_ms
from amzlinkr.domain.connections import NO_SECRET, Connection
from amzlinkr.domain.credentials import CreatorsCredentials, Credentials
from amzlinkr.domain.errors import NotFound, StoreUnavailable
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL
from amzlinkr.domain.limits import LimitUsage
from amzlinkr.domain.ports import Catalog, OutboxEntry, Priority, Task, TokenCache
from amzlinkr.domain.sites import Site, is_sandbox
from amzlinkr.domain.watching import RecordingCatalog
from amzlinkr.queues.sqs import Queue
from amzlinkr.security import api_keys
from amzlinkr.security.addresses import SiteAddress, challenge_urls, site_address
from amzlinkr.security.credential_vault import CredentialVault
from amzlinkr.security.hmac_signer import HmacSigner
from amzlinkr.storage.api_keys import ApiKeyStore
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.connection import bind, connect
from amzlinkr.storage.jobs import JobStore
from amzlinkr.storage.outbox import Outbox
from amzlinkr.storage.product_writer import ProductWriter
from amzlinkr.storage.products import ProductStore
from amzlinkr.storage.rate_limiter_store import RateLimiterStore
from amzlinkr.storage.shelves import ShelfStore
from amzlinkr.storage.signups import SignupStore
from amzlinkr.storage.site_deletions import SiteDeletionStore
from amzlinkr.storage.sites import SiteStore
from amzlinkr.storage.usage_counters import UsageCounters

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from amzlinkr.security.site_verification import SiteVerifier

T = TypeVar("T")
R = TypeVar("R")
MAX_INTERACTIVE_SECONDS = 3.3
MAX_COUNT_SECONDS = 0.8
MAX_THREADS = 8
"""Calls to AWS or Amazon that one process has under way: enough for 10 a second at 800 ms each."""
MAX_CATALOGS = 64
SHELF_UPDATE_BATCH_SIZE = 100
MIN_SECRET_DELETION_SECONDS = 1.5
UNCONNECTED_SECRET_TTL = timedelta(hours=1)
"""A secret without a connection is deleted after this; connecting it takes seconds."""


class Dependencies:
    """Everything a function may need. Tests set what they want to be different."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.clock: Clock = clock or ServerSyncedClock(SystemClock())
        self.tables = tables = connect()
        if isinstance(self.clock, ServerSyncedClock):
            tables.clock = self.clock
        bind(
            tables,
            config.sites_table,
            config.products_table,
            config.shelves_table,
            config.quotas_table,
            config.jobs_table,
        )
        self.sites = SiteStore(tables, self.clock)
        self.api_keys = ApiKeyStore(tables, self.clock)
        self.signups = SignupStore(tables, self.clock)
        self.site_deletions = SiteDeletionStore(tables, self.clock)
        self.outbox = Outbox()
        self.shelves = ShelfStore()
        self.products = ProductStore(self.shelves)
        self.product_writer = ProductWriter(
            tables, self.shelves, self.clock, DEFAULT_REFRESH_INTERVAL
        )
        self.rate_limiters = RateLimiterStore(self.clock)
        self.usage_counters = UsageCounters(self.clock)
        self.jobs = JobStore(self.clock)
        self.log = telemetry.log
        self.log_fault = telemetry.log_fault
        self.count = telemetry.count
        self.flush = telemetry.flush
        self.new_api_key = api_keys.new_api_key
        self.is_api_key = api_keys.is_well_formed
        self.api_key_digest = api_keys.digest_of
        self.digest_of_invite = api_keys.digest_of
        self.challenge_places = challenge_urls
        self.max_threads = MAX_THREADS
        self._catalogs: dict[tuple[str, str, Priority], Catalog] = {}
        self._opening = Lock()

    @cached_property
    def vault(self) -> CredentialVault:
        """Amazon credentials."""
        return CredentialVault(self._secrets, self.config.secrets_prefix)

    @cached_property
    def signer(self) -> HmacSigner:
        """Cursors and quota names."""
        return HmacSigner(self._secrets, self.config.signing_secret_id)

    @cached_property
    def site_verifier(self) -> SiteVerifier:
        """Site proofs."""
        from amzlinkr.security.site_verification import SiteVerifier

        return SiteVerifier(self.clock, allow_local=self.config.allow_local_sites)

    @cached_property
    def refresh_queue(self) -> Queue:
        """Leased shelves on their way to the worker."""
        return Queue(self._sqs, self.config.refresh_queue_url)

    @cached_property
    def refresh_dead_letters(self) -> Queue:
        """Messages of that queue that nobody can read."""
        return Queue(self._sqs, self.config.refresh_dead_letters_url)

    @cached_property
    def import_queue(self) -> Queue:
        """Chunks of import jobs on their way to the worker."""
        return Queue(self._sqs, self.config.import_queue_url)

    def site_address(self, url: str) -> SiteAddress:
        """A site's canonical address. Raises `InvalidRequest`."""
        return site_address(url, allow_local=self.config.allow_local_sites)

    def site(self, site_id: str) -> Site:
        """The site of a request. Raises `NotFound` if it left meanwhile."""
        found = self.sites.get(site_id)
        if found is None:
            raise NotFound("This site does not exist any more.")
        return found

    def count_call(self, site_id: str) -> LimitUsage | None:
        """Count a call of a site. Raises `RateLimited`.

        None if the counter refuses to work: callers are served all the same. If it hangs, so will
        the rest; then it raises `StoreUnavailable` while there is time to say so.
        """
        began = self.clock.monotonic()
        try:
            return self.usage_counters.increment(self.config.limits.calls, site_id)
        except StoreUnavailable:
            if self.clock.monotonic() - began > MAX_COUNT_SECONDS:
                raise
            self.count("CallNotCounted")
            return None

    def catalog(self, site: Site, marketplace: str | None, priority: Priority) -> Catalog:
        """The site's Amazon account in a marketplace, within its limits, each answer noted.

        What holds keys is kept as long as they are. Raises `NotConnected`.
        """
        connection = site.connection(marketplace)
        if is_sandbox(site.site_id):
            note = partial(self.record_result, site.site_id, connection)
            sandbox = self._sandbox(connection.marketplace, connection.partner_tag)
            return RecordingCatalog(sandbox, note, self.clock)
        key = (connection.secret_id, connection.secret_version, priority)
        with self._opening:
            catalog = self._catalogs.get(key)
            if catalog is None:
                if len(self._catalogs) >= MAX_CATALOGS:
                    self._catalogs.clear()
                catalog = self._catalogs[key] = self._open(connection, priority)
        note = partial(self.record_result, site.site_id, connection)
        return RecordingCatalog(catalog, note, self.clock)

    def test_catalog(
        self, site_id: str, credentials: Credentials, account_key: str, *, once: bool = False
    ) -> Catalog:
        """A catalogue that says what Amazon thinks of these keys now: no token but a new one.

        `once`: without a second try of anything.
        """
        if is_sandbox(site_id):
            return self._sandbox(credentials.marketplace.code, credentials.partner_tag)
        from amzlinkr.amazon.catalog import MAX_ATTEMPTS, open_catalog

        pacer = self.rate_limiters.rate_limiter(account_key, Priority.INTERACTIVE)
        attempts = 1 if once else MAX_ATTEMPTS
        return open_catalog(
            credentials, pacer, self.clock, self.config.amazon_url, max_attempts=attempts
        )

    def catalog_to_diagnose(self, site_id: str, connection: Connection) -> Catalog:
        """The same for keys that are stored, asking everything once. Raises `NotConnected`."""
        if is_sandbox(site_id):
            return self._sandbox(connection.marketplace, connection.partner_tag)
        credentials = self.vault.get(connection)
        return self.test_catalog(site_id, credentials, connection.account_key, once=True)

    def account_key(self, site_id: str, credentials: Credentials) -> str:
        """The name of the account's limiter; the sandbox's accounts are each site's own."""
        return f"sandbox#{site_id}" if is_sandbox(site_id) else self.signer.account_key(credentials)

    def store_credentials(
        self, site_id: str, credentials: Credentials, current: Connection | None
    ) -> tuple[str, str]:
        """Put keys where only calls to Amazon read them: the secret's name and version.

        A new secret is deleted in an hour unless it is connected. The sandbox forgets the keys.
        """
        if is_sandbox(site_id):
            return NO_SECRET, secrets.token_hex(8)
        if current is not None:
            version = self.vault.put_version(current.secret_id, credentials)
            if version is not None:
                return current.secret_id, version
        now = self.clock.now()
        number = to_unix_ms(now) * 10**6 + secrets.randbelow(10**6)
        name = self.vault.name_of(site_id, credentials.marketplace.code, number)
        self.outbox.schedule(Task.SECRET_DELETION, name, now + UNCONNECTED_SECRET_TTL)
        return name, self.vault.create(name, credentials)

    def delete_secrets(self, secret_ids: Iterable[str], seconds_left: Callable[[], float]) -> None:
        """Delete secrets that are noted as to be forgotten; those that fail, or for which a waiting
        person has no time, are the worker's."""
        for secret_id in secret_ids:
            if seconds_left() < MIN_SECRET_DELETION_SECONDS:
                return
            try:
                self.vault.delete(secret_id)
                self.outbox.cancel(Task.SECRET_DELETION, secret_id)
            except StoreUnavailable as error:
                self.log_fault(error)
                self.count("SecretNotDeleted")

    def _sandbox(self, marketplace: str, partner_tag: str) -> Catalog:
        from amzlinkr.amazon.sandbox import Sandbox

        return Sandbox(marketplace, partner_tag, self.clock)

    def _open(self, connection: Connection, priority: Priority) -> Catalog:
        from amzlinkr.amazon.catalog import open_catalog

        credentials = self.vault.get(connection)
        pacer = self.rate_limiters.rate_limiter(connection.account_key, priority)
        tokens = self._shared_tokens(credentials, connection.account_key)
        return open_catalog(credentials, pacer, self.clock, self.config.amazon_url, tokens)

    def _shared_tokens(self, credentials: Credentials, account_key: str) -> TokenCache | None:
        if not isinstance(credentials, CreatorsCredentials):
            return None
        from amzlinkr.security.token_cipher import TokenCipher
        from amzlinkr.storage.access_tokens import SharedTokenCache

        return SharedTokenCache(account_key, TokenCipher(credentials), self.clock)

    def record_result(
        self, site_id: str, connection: Connection, error: AmazonError | None, at: datetime
    ) -> None:
        """Enter how a call went; the answer is worth more than the note."""
        try:
            self.sites.record_result(site_id, connection, error, at)
        except StoreUnavailable:
            self.count("AccountResultNotRecorded")

    def map_concurrently(self, things: Sequence[T], work: Callable[[T], R]) -> list[R]:
        """Do the same with all of them, several at a time; the results in their order."""
        if self.max_threads == 1 or len(things) < 2:  # noqa: PLR2004 - one needs no threads
            return [work(thing) for thing in things]
        with ThreadPoolExecutor(min(self.max_threads, len(things))) as pool:
            return list(pool.map(work, things))

    def reschedule_site(self, request: OutboxEntry, may_go_on: Callable[[], bool]) -> bool:
        """Let all shelves of a site be due that were not refreshed since it asked; False if time
        ran out before all were."""
        site_id, asked_at = request.subject, request.due_at
        if not may_go_on():
            return False
        shelves = [
            one for one in self.shelves.list_for_site(site_id) if one.needs_rescheduling(asked_at)
        ]
        for start in range(0, len(shelves), SHELF_UPDATE_BATCH_SIZE):
            if not may_go_on():
                return False
            some = shelves[start : start + SHELF_UPDATE_BATCH_SIZE]
            self.map_concurrently(
                some, lambda one: self.shelves.reschedule(one, min(one.due_at, asked_at))
            )
        self.outbox.complete(Task.SYNC_REQUEST, request)
        return True

    def deadline(self, seconds_left: float, at_most: float = MAX_INTERACTIVE_SECONDS) -> Deadline:
        """By when an answer must be there, with time left to send it."""
        return Deadline.after(self.clock, max(0.0, min(at_most, seconds_left - 0.5)))

    @cached_property
    def _secrets(self) -> SecretsManagerClient:
        return aws_client("secretsmanager")  # type: ignore[no-any-return] # typed by the annotation

    @cached_property
    def _sqs(self) -> SQSClient:
        return aws_client("sqs")  # type: ignore[no-any-return] # as above


def aws_client(name: str) -> Any:
    """A boto3 client in retry mode `standard`, with timeouts that leave room for a second try."""
    import boto3
    from botocore.config import Config as BotoConfig

    return boto3.client(
        name,
        config=BotoConfig(
            connect_timeout=0.5,
            read_timeout=1,
            retries={"mode": "standard", "total_max_attempts": 2},
        ),
    )


@cache
def dependencies() -> Dependencies:
    """The real ones of this process."""
    return Dependencies(config_from())
