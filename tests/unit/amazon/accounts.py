"""Accounts of both APIs for tests, and catalogs that call a loopback server in place of Amazon."""

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import (
    CreatorsCredentials,
    PaapiCredentials,
    creators_credentials,
    paapi_credentials,
)
from amzlinkr.domain.ports import Catalog, Reservation

ACCESS_KEY = "AKIAUNITUNITUNITUNIT"
SECRET_KEY = "unit+secret/unit+secret/unit+secret/unit"
CREDENTIAL_ID, CREDENTIAL_SECRET = "amzn1.application-oa2-client.u", "amzn1.oa2-cs.v1.unit-secret"


class UnlimitedRateLimiter:
    """A rate limiter without limits that counts its calls."""

    def __init__(self) -> None:
        self.reservations = self.successes = self.throttled = 0

    def acquire(self, deadline: Deadline) -> Reservation:
        self.reservations += 1
        return Reservation(0)

    def on_success(self, reservation: Reservation) -> None:
        self.successes += 1

    def on_throttled(self, reservation: Reservation) -> None:
        self.throttled += 1


def credentials(marketplace_code: str = "US", tag: str = "unit-20") -> PaapiCredentials:
    """Return the account's credentials for a marketplace."""
    return paapi_credentials(ACCESS_KEY, SECRET_KEY, tag, marketplace_code)


def creators_account(
    version: str = "3.1", secret: str = CREDENTIAL_SECRET, marketplace_code: str = "US"
) -> CreatorsCredentials:
    """Return a credential of the Creators API; IDs of version 2 have another form."""
    name = CREDENTIAL_ID if version.startswith("3.") else "7abcdefghijklmnopqrstuvwxy"
    return creators_credentials(name, secret, version, "unit-20", marketplace_code)


def catalog_at(
    url: str,
    clock: Clock,
    marketplace_code: str = "US",
    rate_limiter: UnlimitedRateLimiter | None = None,
) -> Catalog:
    """Return a real catalog that connects to `url`."""
    limiter = rate_limiter or UnlimitedRateLimiter()
    return open_catalog(credentials(marketplace_code), limiter, clock, url)
