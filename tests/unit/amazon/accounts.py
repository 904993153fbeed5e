"""An Amazon account for tests, and catalogues that ask a loopback server as if it was Amazon."""

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import PaapiCredentials, paapi_credentials
from amzlinkr.domain.ports import Catalog, Turn

ACCESS_KEY = "AKIAUNITUNITUNITUNIT"
SECRET_KEY = "unit+secret/unit+secret/unit+secret/unit"


class FreePacer:
    """A limiter without limits that remembers what it was told."""

    def __init__(self) -> None:
        self.waits = self.good = self.bad = 0

    def wait(self, deadline: Deadline) -> Turn:
        self.waits += 1
        return Turn(0)

    def went_well(self, turn: Turn) -> None:
        self.good += 1

    def slow_down(self, turn: Turn) -> None:
        self.bad += 1


def credentials(shop: str = "US", tag: str = "unit-20") -> PaapiCredentials:
    """The account's keys for a marketplace."""
    return paapi_credentials(ACCESS_KEY, SECRET_KEY, tag, shop)


def catalog_at(url: str, clock: Clock, shop: str = "US", pacer: FreePacer | None = None) -> Catalog:
    """A real catalogue whose connection goes to `url`."""
    return open_catalog(credentials(shop), pacer or FreePacer(), clock, url)
