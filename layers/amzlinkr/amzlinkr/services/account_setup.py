"""Connecting a site to an Amazon account: one test call, then the credentials are stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from amzlinkr.domain.amazon_errors import (
    TOKEN_SERVICE,
    AmazonError,
    AmazonNotEligible,
    AmazonPartnerTagRejected,
    AmazonThrottled,
)
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.connection_errors import ConnectionHasCredentials
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import Credentials, redacted_hint
from amzlinkr.domain.errors import SiteSuspended
from amzlinkr.domain.sites import Caller, Site, with_marketplace_hint
from amzlinkr.services.amazon_accounts import TEST_SEARCH, AmazonAccounts
from amzlinkr.storage.optimistic import retry_on_conflict

if TYPE_CHECKING:
    from amzlinkr.storage.sites import SiteStore


T = TypeVar("T")


@dataclass(slots=True)
class _Tested:
    """Credentials that Amazon accepted, and their secret, once it is stored.

    `replaced` is the name and version of the secret in place of which it was stored.
    """

    caller: Caller
    credentials: Credentials
    problem: AmazonError | None
    requested_at: datetime
    secret: tuple[str, str] | None = None
    replaced: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class AccountSetup:
    """The connection of sites to Amazon accounts, after a test of the credentials."""

    accounts: AmazonAccounts
    sites: SiteStore
    clock: Clock

    def connect(
        self, caller: Caller, site: Site, credentials: Credentials, deadline: Deadline
    ) -> tuple[Connection, AmazonError | None]:
        """Test credentials, store them, and connect the site. Rejected credentials leave no trace.

        Returns:
            The connection, and the problem of an account that has correct credentials.

        Raises:
            AmazonError: See `verify_credentials`.
            ApiKeyRejected: The caller's API key was revoked during the request.
        """
        requested_at = self.clock.now()
        problem = self.verify_credentials(site.site_id, credentials, deadline)
        # After the test, so that nothing rejected is stored.
        write = partial(self._write_tested, _Tested(caller, credentials, problem, requested_at))
        return self._retry(site, write, deadline), problem

    def _write_tested(self, tested: _Tested, site: Site) -> Connection:
        """Store tested credentials, and connect the site as it was read. Raises `Conflict`."""
        credentials, requested_at = tested.credentials, tested.requested_at
        previous = site.connections.get(credentials.marketplace.code)
        stored = None if previous is None or previous.is_link_only else previous
        version = (stored.secret_id, stored.secret_version) if stored else None
        # Before the connection, so that no connection names a secret that does not exist. After a
        # conflict only if another request has replaced the credentials: each secret costs money.
        if tested.secret is None or version != tested.replaced:
            tested.secret = self.accounts.store_credentials(site.site_id, credentials, stored)
            tested.replaced = version
        secret = tested.secret
        connection = Connection(
            marketplace=credentials.marketplace.code,
            api=credentials.api,
            partner_tag=credentials.partner_tag,
            key_hint=redacted_hint(credentials),
            secret_id=secret[0],
            secret_version=secret[1],
            account_key=self.accounts.account_key(site.site_id, credentials),
            since=requested_at,
            credential_version=credentials.version,
        )
        connection = connection.with_result(tested.problem, requested_at).replacing(previous)
        self.sites.connect(tested.caller, connection, previous, self.clock.now())
        return connection

    def connect_link_only(
        self, caller: Caller, site: Site, marketplace_code: str, partner_tag: str
    ) -> tuple[Connection, bool]:
        """Connect the site with a partner tag and without credentials.

        Returns:
            The connection, and True if the marketplace had none before.

        Raises:
            ConnectionHasCredentials: The connection of the marketplace has credentials.
            ApiKeyRejected: The caller's API key was revoked during the request.
            StoreUnavailable: The site changed at the same time in every attempt.
        """

        def write(current: Site) -> tuple[Connection, bool]:
            previous = current.connections.get(marketplace_code)
            if previous is not None and not previous.is_link_only:
                raise ConnectionHasCredentials
            if previous is not None and previous.partner_tag == partner_tag:
                return previous, False
            now = self.clock.now()
            new = Connection.link_only(marketplace_code, partner_tag, now).replacing(previous)
            self.sites.connect(caller, new, previous, now)
            return new, previous is None

        return self._retry(site, write)

    def _retry(self, site: Site, write: Callable[[Site], T], deadline: Deadline | None = None) -> T:
        """Return what `write` returns for the site, or for the site as it is after a conflict."""
        latest: Site | None = site

        def attempt() -> T:
            nonlocal latest
            current, latest = latest or self.sites.require(site.site_id), None
            if current.suspended_at is not None:
                raise SiteSuspended
            return write(current)

        return retry_on_conflict(attempt, self.clock, deadline=deadline)

    def verify_credentials(
        self, site_id: str, credentials: Credentials, deadline: Deadline
    ) -> AmazonError | None:
        """Send one test search. Return the problem of an account that has correct credentials.

        Raises:
            AmazonError: The credentials are wrong, or a limit of our own or of the token service
                prevented the test, which proves nothing about the credentials.
        """
        try:
            self.accounts.test_catalog(site_id, credentials).search(TEST_SEARCH, deadline)
        except AmazonNotEligible as error:
            # Amazon checks the keys first, so they are correct.
            return error
        except AmazonThrottled as error:
            # Our limiter, or the token service: no product call has tested the credentials.
            if error.upstream is None or error.upstream.service == TOKEN_SERVICE:
                raise
            return error
        except AmazonPartnerTagRejected as error:
            code = credentials.marketplace.code
            raise with_marketplace_hint(error, credentials.partner_tag, code) from error
        return None
