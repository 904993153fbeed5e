"""A PA-API account for tests, and catalogs that call a loopback server in place of Amazon."""

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import PaapiCredentials, paapi_credentials
from amzlinkr.domain.ports import Catalog, Reservation

ACCESS_KEY = "AKIAUNITUNITUNITUNIT"
SECRET_KEY = "unit+secret/unit+secret/unit+secret/unit"


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


def catalog_at(
    url: str,
    clock: Clock,
    marketplace_code: str = "US",
    rate_limiter: UnlimitedRateLimiter | None = None,
) -> Catalog:
    """Return a real catalog that connects to `url`."""
    limiter = rate_limiter or UnlimitedRateLimiter()
    return open_catalog(credentials(marketplace_code), limiter, clock, url)
