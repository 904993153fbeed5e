"""Sites (tenants), their connections to Amazon, and the names by which a site is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from amzlinkr.domain.amazon_errors import AmazonPartnerTagRejected
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import InvalidRequest, NotConnected
from amzlinkr.domain.marketplaces import MARKETPLACES, marketplace, marketplaces_of_tag

MAX_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Site:
    """A WordPress site. `primary` is the marketplace of its first validated keys."""

    site_id: str
    host: str
    url: str
    email: str
    created_at: datetime
    primary: str | None = None
    connections: Mapping[str, Connection] = field(default_factory=dict)

    def marketplace_or_primary(self, code: str | None) -> str:
        """The marketplace asked for, or the primary one. Raises `InvalidRequest`/`NotConnected`."""
        if code:
            return marketplace(code).code
        if self.primary is None:
            raise NotConnected("There are no Amazon keys stored for this site yet.")
        return self.primary

    def connection(self, code: str | None) -> Connection:
        """The connection of that marketplace. Raises `NotConnected` naming it."""
        name = self.marketplace_or_primary(code)
        found = self.connections.get(name)
        if found is None:
            raise NotConnected(f"There are no Amazon keys stored for the {name} marketplace.")
        return found


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is kept of an api key: its public id, and the hash it is found by."""

    kid: str
    digest: str


@dataclass(frozen=True, slots=True)
class Signup:
    """A sign-up that waits for its proof."""

    signup_id: str
    host: str
    url: str
    email: str
    token: str
    expires_at: datetime


def tag_rejected_in(
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
