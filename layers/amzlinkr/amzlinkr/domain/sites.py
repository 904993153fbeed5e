"""Sites (tenants), their connections to Amazon, and the names by which a site is known."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from amzlinkr.domain.amazon_errors import AmazonPartnerTagRejected
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import InvalidRequest, NotConnected, SiteSuspended
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL
from amzlinkr.domain.marketplaces import MARKETPLACES, marketplace, marketplaces_of_tag

MAX_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Site:
    """A WordPress site. `primary` is the marketplace of its first validated keys; `own_interval`
    is how often it wants its prices refreshed, if it ever said so."""

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
        """How often its prices are to be refreshed."""
        return self.configured_interval or DEFAULT_REFRESH_INTERVAL

    def marketplace_or_primary(self, code: str | None) -> str:
        """The marketplace asked for, or the primary one. Raises `InvalidRequest`/`NotConnected`."""
        if code:
            return marketplace(code).code
        if self.primary is None:
            raise NotConnected("There are no Amazon keys stored for this site yet.")
        return self.primary

    def connection(self, code: str | None) -> Connection:
        """The connection of that marketplace.

        Raises `NotConnected` naming it, and `SiteSuspended` whatever there is.
        """
        if self.suspended_at is not None:
            raise SiteSuspended
        name = self.marketplace_or_primary(code)
        found = self.connections.get(name)
        if found is None:
            raise NotConnected(f"There are no Amazon keys stored for the {name} marketplace.")
        return found


@dataclass(frozen=True, slots=True)
class ApiKeyRecord:
    """What is kept of an api key: its public id, and the hash it is found by."""

    kid: str
    digest: str


@dataclass(frozen=True, slots=True)
class SiteApiKey:
    """A key that a site holds; one that was rolled ends at `expires_at`."""

    kid: str
    digest: str
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKeyOwner:
    """Whose key it is. `used_at` is the last use that was noted."""

    site_id: str
    kid: str
    suspended: bool = False
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """A site, and with which of its keys it calls. What it writes is written only if that key is
    still alive then: another owner may have proved the host since the call came in."""

    site_id: str
    kid: str


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """Whose site a proven host is now, and the secrets of a former owner that it has no use for."""

    site_id: str
    secret_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signup:
    """A sign-up that waits for its proof, or has an invite (its hash) in place of one."""

    signup_id: str
    host: str
    url: str
    email: str
    token: str
    expires_at: datetime
    invite: str | None = None


Mode = Literal["live", "test"]
LIVE_PREFIX, SANDBOX_PREFIX = "site_", "test_"


def is_sandbox(site_id: str) -> bool:
    """Whether this is a site's twin in the sandbox."""
    return site_id.startswith(SANDBOX_PREFIX)


def mode_of(site_id: str) -> Mode:
    """Whether this is a site itself, or its twin in the sandbox."""
    return "test" if is_sandbox(site_id) else "live"


def sandbox_id_of(site_id: str) -> str:
    """The id of a site's twin in the sandbox, whose things never meet the site's own."""
    return SANDBOX_PREFIX + site_id.removeprefix(LIVE_PREFIX)


def live_id_of(site_id: str) -> str:
    """The id of the site itself, if this is its twin's."""
    return LIVE_PREFIX + site_id.removeprefix(SANDBOX_PREFIX) if is_sandbox(site_id) else site_id


def is_signup_id(text: str) -> bool:
    """Whether this has the form of our sign-ups' ids: others are not even looked for."""
    return re.fullmatch("su_[0-9a-f]{32}", text) is not None


def network_of(address: str) -> str:
    """Whose network address this is, as far as limits go: an IPv6 customer has a whole /64."""
    try:
        plain = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if plain.version == 4:  # noqa: PLR2004 - IPv4
        return str(plain)
    return str(ipaddress.ip_network((plain, 64), strict=False))


def with_marketplace_hint(
    error: AmazonPartnerTagRejected, tag: str, code: str
) -> AmazonPartnerTagRejected:
    """The same refusal, naming the marketplace that the tag's ending suggests."""
    usual = marketplaces_of_tag(tag)
    if not usual or MARKETPLACES[code] in usual:
        return error
    names = ", ".join(shop.code for shop in usual[:6])
    return AmazonPartnerTagRejected(
        error.detail,
        f"The tag ends like one of another marketplace ({names}); this is {code}. Enter the tag "
        f"of your {MARKETPLACES[code].name} account, or choose the tag's own marketplace.",
        error.retry_after,
        error.upstream,
    )


def email_of(text: str) -> str:
    """A trimmed address that could receive mail. Raises `InvalidRequest`."""
    address = text.strip()
    name, at, domain = address.rpartition("@")
    plain = name and "." in domain.strip(".") and not any(char.isspace() for char in address)
    if not at or not plain or len(address) > MAX_EMAIL or not address.isprintable():
        raise InvalidRequest(
            "email", "This is not an e-mail address.", "Use one like you@example.com."
        )
    return address
