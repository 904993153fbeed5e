"""Sites (tenants), their API keys and sign-ups, and the format of their IDs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from amzlinkr.domain.amazon_errors import AmazonPartnerTagRejected
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import NotConnected, SiteSuspended
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL
from amzlinkr.domain.marketplaces import MARKETPLACES, marketplace, marketplaces_of_tag
from amzlinkr.domain.scopes import Scope


@dataclass(frozen=True, slots=True)
class Site:
    """A WordPress site that uses the service.

    `primary` is the code of the first connected marketplace. `configured_interval` is the refresh
    interval that the site set, or None for the default.
    """

    site_id: str
    host: str
    url: str
    email: str
    created_at: datetime
    primary: str | None = None
    connections: Mapping[str, Connection] = field(default_factory=dict)
    suspended_at: datetime | None = None
    configured_interval: timedelta | None = None

    @property
    def interval(self) -> timedelta:
        """Return how often the prices of the site are refreshed."""
        return self.configured_interval or DEFAULT_REFRESH_INTERVAL

    @property
    def partner_tags(self) -> dict[str, str]:
        """Return the partner tag of each marketplace with a connection."""
        return {code: connection.partner_tag for code, connection in self.connections.items()}

    @property
    def mode(self) -> Mode:
        """Return `test` for a sandbox site, otherwise `live`."""
        return mode_of(self.site_id)

    @property
    def has_had_access(self) -> bool:
        """Return True if a call to Amazon succeeded with one of the connections."""
        return any(connection.has_worked for connection in self.connections.values())

    @property
    def is_without_access(self) -> bool:
        """Return True for a live site that never had a successful call to Amazon."""
        return self.mode == "live" and not self.has_had_access

    def can_refresh(self, marketplace_code: str) -> bool:
        """Return True if the price sync may have a use for a due shelf of this marketplace.

        It has none without an account that can be called, or that was called with success before.
        The first success makes all deferred shelves due.
        """
        connection = self.connections.get(marketplace_code)
        return connection is not None and (connection.has_worked or not connection.is_down)

    def changed_settings(
        self, email: str | None, primary: str | None, hours: int | None
    ) -> tuple[str | None, str | None, int | None]:
        """Return these settings, with None for each one that the site already has."""
        configured = self.configured_interval
        current_hours = configured // timedelta(hours=1) if configured else None
        return (
            None if email == self.email else email,
            None if primary == self.primary else primary,
            None if hours == current_hours else hours,
        )

    def marketplace_or_primary(self, code: str | None, field: str = "marketplace") -> str:
        """Return the code of the given marketplace, or of the primary one if None.

        `field` names the code in the request.

        Raises:
            InvalidRequest: The code is unknown.
            NotConnected: No code is given and the site has no primary marketplace.
        """
        if code:
            return marketplace(code, field).code
        if self.primary is None:
            raise NotConnected("No marketplace of this site has a connection.")
        return self.primary

    def connection(self, code: str | None, field: str = "marketplace") -> Connection:
        """Return the connection of the given marketplace, or of the primary one if None.

        `field` names the code in the request.

        Raises:
            SiteSuspended: The site is suspended, whether or not it has a connection.
            InvalidRequest: The code is unknown.
            NotConnected: The marketplace has no connection, not even a link-only one.
        """
        # The router rejects only requests. The workers reject a suspended site by this method.
        if self.suspended_at is not None:
            raise SiteSuspended
        name = self.marketplace_or_primary(code, field)
        found = self.connections.get(name)
        if found is None:
            raise NotConnected(f"The {name} marketplace has no connection.", field)
        return found


@dataclass(frozen=True, slots=True)
class ApiKeyRecord:
    """The stored part of an API key: its public ID, the hash by which it is found, its scope."""

    kid: str
    digest: str
    scope: Scope = "full"


@dataclass(frozen=True, slots=True)
class SiteApiKey:
    """An API key of a site. `expires_at` is set once the key has been replaced."""

    kid: str
    digest: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKeyOwner:
    """The site that owns an API key. `used_at` is the last recorded use."""

    site_id: str
    kid: str
    suspended: bool = False
    used_at: datetime | None = None
    scope: Scope = "full"


@dataclass(frozen=True, slots=True)
class Caller:
    """A site, and the API key with which it calls.

    Writes are conditional on that API key being active, because another owner may verify the host
    while the request is processed.
    """

    site_id: str
    kid: str


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The site of a verified host, and the secrets of its former owner, which are to be deleted."""

    site_id: str
    secret_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signup:
    """A pending sign-up. It needs site verification unless it has the hash of an invite.

    `secret_hash` is the hash of the secret that only the client received which started it.
    """

    signup_id: str
    host: str
    url: str
    email: str
    token: str
    secret_hash: str
    expires_at: datetime
    invite: str | None = None


Mode = Literal["live", "test"]
"""The tenant that an API key gives access to.

- `live`: The site.
- `test`: Its sandbox, which has simulated products and calls no Amazon API.
"""
LIVE_PREFIX, SANDBOX_PREFIX = "site_", "test_"


def is_sandbox(site_id: str) -> bool:
    """Return True for the ID of a sandbox site."""
    return site_id.startswith(SANDBOX_PREFIX)


def mode_of(site_id: str) -> Mode:
    """Return `test` for the ID of a sandbox site, otherwise `live`."""
    return "test" if is_sandbox(site_id) else "live"


def sandbox_id_of(site_id: str) -> str:
    """Return the ID of the sandbox site that belongs to a site.

    The two IDs keep their data and their limits apart.
    """
    return SANDBOX_PREFIX + site_id.removeprefix(LIVE_PREFIX)


def live_id_of(site_id: str) -> str:
    """Return the ID of the site to which a sandbox site belongs; other IDs are unchanged."""
    return LIVE_PREFIX + site_id.removeprefix(SANDBOX_PREFIX) if is_sandbox(site_id) else site_id


def hostname_of(name: str) -> str:
    """Return the host in the canonical name of a site, without port and path."""
    authority = name.partition("/")[0]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


def is_site_id(text: str) -> bool:
    """Return True if the text has the form of a site's ID, not that of a sandbox site."""
    return re.fullmatch(f"{LIVE_PREFIX}[0-9a-f]{{26}}", text) is not None


def is_signup_id(text: str) -> bool:
    """Return True if the text has the form of a sign-up ID; others need no table read."""
    return re.fullmatch("su_[0-9a-f]{32}", text) is not None


def with_marketplace_hint(
    error: AmazonPartnerTagRejected, tag: str, code: str
) -> AmazonPartnerTagRejected:
    """Return the error with an action that names the marketplaces that the tag suffix suggests.

    The error is unchanged if the suffix is unknown or usual in the marketplace with this code.
    """
    usual = marketplaces_of_tag(tag)
    if not usual or MARKETPLACES[code] in usual:
        return error
    names = ", ".join(marketplace.code for marketplace in usual[:6])
    return AmazonPartnerTagRejected(
        error.detail,
        f"Tags with this suffix usually belong to another marketplace ({names}); this marketplace "
        f"is {code}. Enter the tag of your {MARKETPLACES[code].name} account, or choose the "
        "marketplace of the tag.",
        error.retry_after,
        error.upstream,
    )
