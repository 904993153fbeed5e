"""The composition root: what the functions depend on, built when first asked for.

What is heavy to import (boto3, requests) is imported there too: an import is a cold start of every
function, and the authorizer needs neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache, cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from amzlinkr import telemetry
from amzlinkr.config import Config, config_from
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import Clock, Deadline, SystemClock, milliseconds
from amzlinkr.domain.connections import NO_SECRET, Connection
from amzlinkr.domain.credentials import CreatorsCredentials, Credentials
from amzlinkr.domain.errors import NotFound, StoreUnavailable
from amzlinkr.domain.freshness import REFRESH_EVERY
from amzlinkr.domain.limits import Allowance
from amzlinkr.domain.ports import Catalog, Lane, TokenCache
from amzlinkr.domain.sites import Site, is_test
from amzlinkr.domain.watching import WatchedCatalog
from amzlinkr.queues.sqs import Queue
from amzlinkr.security import api_keys
from amzlinkr.security.addresses import SiteAddress, challenge_places, site_address
from amzlinkr.security.credential_vault import Vault
from amzlinkr.security.hmac_signer import Sealer
from amzlinkr.storage.api_keys import KeyStore
from amzlinkr.storage.clock import SharedClock
from amzlinkr.storage.connection import bind, connect
from amzlinkr.storage.forgetting import ForgettingStore
from amzlinkr.storage.jobs import JobStore
from amzlinkr.storage.product_writer import Collection
from amzlinkr.storage.products import ProductStore
from amzlinkr.storage.quotas import QuotaStore
from amzlinkr.storage.shelves import ShelfStore
from amzlinkr.storage.signups import SignupStore
from amzlinkr.storage.site_deletions import LeavingStore
from amzlinkr.storage.sites import SiteStore
from amzlinkr.storage.syncs import SyncStore

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from amzlinkr.security.site_verification import SiteProver

T = TypeVar("T")
R = TypeVar("R")
INTERACTIVE_SECONDS = 3.3
COUNTING_SECONDS = 0.8
AT_ONCE = 8
"""Calls to AWS or Amazon that one process has under way: enough for 10 a second at 800 ms each."""
MAX_CATALOGS = 64
SHELVES_AT_ONCE = 100
FORGETTING_SECONDS = 1.5


class Dependencies:
    """Everything a function may need. Tests set what they want to be different."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.clock: Clock = clock or SharedClock(SystemClock())
        self.tables = tables = connect()
        if isinstance(self.clock, SharedClock):
            tables.clock = self.clock
        bind(
            tables,
            config.sites_table,
            config.products_table,
            config.shelves_table,
            config.quotas_table,
            config.jobs_table,
        )
        self.sites = SiteStore(tables)
        self.keys = KeyStore(tables)
        self.signups = SignupStore(tables)
        self.leaving = LeavingStore(tables)
        self.forgetting = ForgettingStore()
        self.shelves = ShelfStore()
        self.syncs = SyncStore()
        self.products = ProductStore(self.shelves)
        self.collection = Collection(tables, self.shelves, self.clock, REFRESH_EVERY)
        self.quotas = QuotaStore(self.clock)
        self.jobs = JobStore(self.clock)
        self.log = telemetry.log
        self.log_fault = telemetry.log_fault
        self.count = telemetry.count
        self.flush = telemetry.flush
        self.new_api_key = api_keys.new_api_key
        self.is_api_key = api_keys.is_well_formed
        self.api_key_digest = api_keys.digest_of
        self.digest_of_invite = api_keys.digest_of
        self.challenge_places = challenge_places
        self.at_once = AT_ONCE
        self._catalogs: dict[tuple[str, str, Lane], Catalog] = {}
        self._opening = Lock()

    @cached_property
    def vault(self) -> Vault:
        """Amazon credentials."""
        return Vault(self._secrets, self.config.secrets_prefix)

    @cached_property
    def sealer(self) -> Sealer:
        """Cursors and quota names."""
        return Sealer(self._secrets, self.config.sealing_secret_id)

    @cached_property
    def prover(self) -> SiteProver:
        """Site proofs."""
        from amzlinkr.security.site_verification import SiteProver

        return SiteProver(self.clock, allow_local=self.config.allow_local_sites)

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

    def count_call(self, site_id: str) -> Allowance | None:
        """Count a call of a site. Raises `RateLimited`.

        None if the counter refuses to work: callers are served all the same. If it hangs, so will
        the rest; then it raises `StoreUnavailable` while there is time to say so.
        """
        began = self.clock.steady()
        try:
            return self.quotas.count(self.config.limits.calls, site_id)
        except StoreUnavailable:
            if self.clock.steady() - began > COUNTING_SECONDS:
                raise
            self.count("CallNotCounted")
            return None

    def catalog(self, site: Site, marketplace: str | None, lane: Lane) -> Catalog:
        """The site's Amazon account in a marketplace, within its limits, each answer noted.

        What holds keys is kept as long as they are. Raises `NotConnected`.
        """
        connection = site.connection(marketplace)
        if is_test(site.site_id):
            note = partial(self.note, site.site_id, connection)
            sandbox = self._sandbox(connection.marketplace, connection.partner_tag)
            return WatchedCatalog(sandbox, note, self.clock)
        key = (connection.secret_id, connection.secret_version, lane)
        with self._opening:
            catalog = self._catalogs.get(key)
            if catalog is None:
                if len(self._catalogs) >= MAX_CATALOGS:
                    self._catalogs.clear()
                catalog = self._catalogs[key] = self._open(connection, lane)
        note = partial(self.note, site.site_id, connection)
        return WatchedCatalog(catalog, note, self.clock)

    def catalog_to_test(
        self, site_id: str, credentials: Credentials, quota_id: str, *, once: bool = False
    ) -> Catalog:
        """A catalogue that says what Amazon thinks of these keys now: no token but a new one.

        `once`: without a second try of anything.
        """
        if is_test(site_id):
            return self._sandbox(credentials.marketplace.code, credentials.partner_tag)
        from amzlinkr.amazon.catalog import MAX_ATTEMPTS, open_catalog

        pacer = self.quotas.pacer(quota_id, Lane.INTERACTIVE)
        attempts = 1 if once else MAX_ATTEMPTS
        return open_catalog(
            credentials, pacer, self.clock, self.config.amazon_url, attempts=attempts
        )

    def catalog_to_diagnose(self, site_id: str, connection: Connection) -> Catalog:
        """The same for keys that are stored, asking everything once. Raises `NotConnected`."""
        if is_test(site_id):
            return self._sandbox(connection.marketplace, connection.partner_tag)
        credentials = self.vault.open(connection)
        return self.catalog_to_test(site_id, credentials, connection.quota_id, once=True)

    def quota_id(self, site_id: str, credentials: Credentials) -> str:
        """The name of the account's limiter; the sandbox's accounts are each site's own."""
        return f"sandbox#{site_id}" if is_test(site_id) else self.sealer.quota_id(credentials)

    def seal(
        self, site_id: str, credentials: Credentials, current: Connection | None
    ) -> tuple[str, str]:
        """Put keys where only calls to Amazon read them: the secret's name and version.

        A new secret is deleted in an hour unless it is connected. The sandbox forgets the keys.
        """
        if is_test(site_id):
            return NO_SECRET, secrets.token_hex(8)
        if current is not None:
            version = self.vault.renew(current.secret_id, credentials)
            if version is not None:
                return current.secret_id, version
        now = self.clock.now()
        number = milliseconds(now) * 10**6 + secrets.randbelow(10**6)
        name = self.vault.name_of(site_id, credentials.marketplace.code, number)
        self.forgetting.intend(name, now)
        return name, self.vault.create(name, credentials)

    def forget(self, secret_ids: Iterable[str], seconds_left: Callable[[], float]) -> None:
        """Delete secrets that are noted as to be forgotten; those that fail, or for which a waiting
        person has no time, are the worker's."""
        for secret_id in secret_ids:
            if seconds_left() < FORGETTING_SECONDS:
                return
            try:
                self.vault.forget(secret_id)
                self.forgetting.done(secret_id)
            except StoreUnavailable as error:
                self.log_fault(error)
                self.count("SecretNotForgotten")

    def _sandbox(self, marketplace: str, partner_tag: str) -> Catalog:
        from amzlinkr.amazon.sandbox import Sandbox

        return Sandbox(marketplace, partner_tag, self.clock)

    def _open(self, connection: Connection, lane: Lane) -> Catalog:
        from amzlinkr.amazon.catalog import open_catalog

        credentials = self.vault.open(connection)
        pacer = self.quotas.pacer(connection.quota_id, lane)
        tokens = self._shared_tokens(credentials, connection.quota_id)
        return open_catalog(credentials, pacer, self.clock, self.config.amazon_url, tokens)

    def _shared_tokens(self, credentials: Credentials, quota_id: str) -> TokenCache | None:
        if not isinstance(credentials, CreatorsCredentials):
            return None
        from amzlinkr.security.token_cipher import TokenBox
        from amzlinkr.storage.access_tokens import SharedTokens

        return SharedTokens(quota_id, TokenBox(credentials), self.clock)

    def note(
        self, site_id: str, connection: Connection, error: AmazonError | None, at: datetime
    ) -> None:
        """Enter how a call went; the answer is worth more than the note."""
        try:
            self.sites.note(site_id, connection, error, at)
        except StoreUnavailable:
            self.count("ConnectionNoteLost")

    def each(self, things: Sequence[T], work: Callable[[T], R]) -> list[R]:
        """Do the same with all of them, several at a time; the results in their order."""
        if self.at_once == 1 or len(things) < 2:  # noqa: PLR2004 - one needs no threads
            return [work(thing) for thing in things]
        with ThreadPoolExecutor(min(self.at_once, len(things))) as pool:
            return list(pool.map(work, things))

    def make_due(self, site_id: str, asked_at: datetime, may_go_on: Callable[[], bool]) -> bool:
        """Let all shelves of a site be due that were not refreshed since it asked; False if time
        ran out before all were."""
        if not may_go_on():
            return False
        shelves = [one for one in self.shelves.of_site(site_id) if one.rests_since(asked_at)]
        for start in range(0, len(shelves), SHELVES_AT_ONCE):
            if not may_go_on():
                return False
            some = shelves[start : start + SHELVES_AT_ONCE]
            self.each(some, lambda one: self.shelves.make_due(one, min(one.due_at, asked_at)))
        self.syncs.done(site_id, asked_at)
        return True

    def deadline(self, seconds_left: float, at_most: float = INTERACTIVE_SECONDS) -> Deadline:
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
