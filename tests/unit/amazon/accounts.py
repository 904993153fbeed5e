"""An Amazon account for tests, and catalogues that ask a loopback server as if it was Amazon."""

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import PaapiCredentials, paapi_credentials
from amzlinkr.domain.ports import Catalog, Reservation

ACCESS_KEY = "AKIAUNITUNITUNITUNIT"
SECRET_KEY = "unit+secret/unit+secret/unit+secret/unit"


class UnlimitedRateLimiter:
    """A limiter without limits that remembers what it was told."""

    def __init__(self) -> None:
        self.waits = self.good = self.bad = 0

    def acquire(self, deadline: Deadline) -> Reservation:
        self.waits += 1
        return Reservation(0)

    def on_success(self, reservation: Reservation) -> None:
        self.good += 1

    def on_throttled(self, reservation: Reservation) -> None:
        self.bad += 1


def credentials(shop: str = "US", tag: str = "unit-20") -> PaapiCredentials:
    """The account's keys for a marketplace."""
    return paapi_credentials(ACCESS_KEY, SECRET_KEY, tag, shop)


def catalog_at(
    url: str, clock: Clock, shop: str = "US", pacer: UnlimitedRateLimiter | None = None
) -> Catalog:
    """A real catalogue whose connection goes to `url`."""
    return open_catalog(credentials(shop), pacer or UnlimitedRateLimiter(), clock, url)
