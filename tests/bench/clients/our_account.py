"""A catalog of our Amazon layer, opened by its factory as in the service."""

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.clock import Deadline, SystemClock
from amzlinkr.domain.credentials import Credentials, creators_credentials, paapi_credentials
from amzlinkr.domain.ports import Catalog, Reservation
from tests.bench import inputs

CLOCK = SystemClock()
RESERVATION = Reservation(0)


class UnlimitedRateLimiter:
    """A rate limiter without limits: its cost is not part of the call."""

    def acquire(self, deadline: Deadline) -> Reservation:
        """Return a reservation for now."""
        return RESERVATION

    def on_success(self, reservation: Reservation) -> None:
        """Do nothing."""

    def on_throttled(self, reservation: Reservation) -> None:
        """Do nothing."""


def catalog(api: str, port: int) -> Catalog:
    """Return a catalog for `paapi5` or `creators`, connected to the port."""
    return open_catalog(
        _credentials(api), UnlimitedRateLimiter(), CLOCK, f"http://127.0.0.1:{port}"
    )


def _credentials(api: str) -> Credentials:
    if api == "paapi5":
        return paapi_credentials(inputs.ACCESS_KEY, inputs.SECRET_KEY, inputs.TAG, "US")
    return creators_credentials(
        inputs.CREDENTIAL_ID, inputs.CREDENTIAL_SECRET, inputs.VERSION, inputs.TAG, "US"
    )
