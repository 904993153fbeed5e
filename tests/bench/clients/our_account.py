"""Our own Amazon layer, opened through its factory as the service opens it."""

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.clock import Deadline, SystemClock
from amzlinkr.domain.credentials import Credentials, creators_credentials, paapi_credentials
from amzlinkr.domain.ports import Catalog, Reservation
from tests.bench import inputs

CLOCK = SystemClock()
TURN = Reservation(0)


class UnlimitedRateLimiter:
    """An account without limits: what the limiter costs is not a cost of the call."""

    def acquire(self, deadline: Deadline) -> Reservation:
        """Go."""
        return TURN

    def on_success(self, reservation: Reservation) -> None:
        """Nothing to learn."""

    def on_throttled(self, reservation: Reservation) -> None:
        """Nothing to learn."""


def catalog(api: str, port: int) -> Catalog:
    """A catalogue for `paapi5` or `creators`, connected to the port."""
    return open_catalog(_keys(api), UnlimitedRateLimiter(), CLOCK, f"http://127.0.0.1:{port}")


def _keys(api: str) -> Credentials:
    if api == "paapi5":
        return paapi_credentials(inputs.ACCESS_KEY, inputs.SECRET_KEY, inputs.TAG, "US")
    return creators_credentials(
        inputs.CREDENTIAL_ID, inputs.CREDENTIAL_SECRET, inputs.VERSION, inputs.TAG, "US"
    )
