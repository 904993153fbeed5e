"""Sites stored without the API: sign-ups, API keys, and connections."""

import secrets
from datetime import datetime, timedelta

from amzlinkr.domain import audit
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.sites import ApiKeyRecord, Caller, Signup
from amzlinkr.security.api_keys import digest_of
from amzlinkr.wiring import Dependencies
from tests.clock import START

SIGNUP_DURATION = timedelta(hours=1)


def signup(host: str) -> Signup:
    """Return a pending sign-up of a host, valid for an hour."""
    name = f"su_{secrets.token_hex(16)}"
    expires_at = START + SIGNUP_DURATION
    url, email = f"https://{host}", "owner@example.com"
    return Signup(name, host, url, email, "token", digest_of("secret"), expires_at)


def key(kid: str = "") -> ApiKeyRecord:
    """Return a new API key, with a random public ID unless one is given."""
    return ApiKeyRecord(kid or secrets.token_hex(4), secrets.token_hex(32))


def connection(marketplace: str = "US") -> Connection:
    """Return a connection that was not called yet."""
    return Connection(
        marketplace, "paapi5", "t-20", "…TEST", f"s/{marketplace}/1", "v1", "q1", START
    )


def claim_site(
    stores: Dependencies, site_id: str = "site_a", held: ApiKeyRecord | None = None
) -> Caller:
    """Store a site with one API key and return that key's caller."""
    held = held or key()
    host = f"{site_id.removeprefix('site_')}.example"
    stores.signups.claim(signup(host), site_id, held, START)
    return Caller(site_id, held.kid)


def revoke_key(stores: Dependencies, site_id: str, kid: str, at: datetime = START) -> None:
    """Revoke an API key of a site, by the site's own key with this public ID."""
    event = audit.key_revoked(kid, kid, at)
    stores.api_keys.revoke(site_id, kid, event)


def connect_site(stores: Dependencies, caller: Caller, *marketplaces: str) -> None:
    """Store a connection of the caller's site in each of these marketplaces."""
    for marketplace in marketplaces:
        stores.sites.connect(caller, connection(marketplace), None, START)
