"""The stores on moto."""

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.sites import Caller
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.stored_sites import claim_site


@pytest.fixture
def stores(aws: Config, clock: FakeClock) -> Dependencies:
    return Dependencies(aws, clock)


@pytest.fixture
def caller(stores: Dependencies) -> Caller:
    """Return the caller of a stored site, `site_a`, without connections."""
    return claim_site(stores)
