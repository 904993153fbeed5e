"""The stores on moto, and on the in-memory AWS."""

from collections.abc import Iterator

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.sites import Caller
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.simulation.memory_aws import MemoryAws
from tests.stored_sites import claim_site


@pytest.fixture
def stores(aws: Config, clock: FakeClock) -> Dependencies:
    return Dependencies(aws, clock)


@pytest.fixture
def stores_in_memory(clock: FakeClock) -> Iterator[Dependencies]:
    """Return the stores on the in-memory AWS, for tests with many examples."""
    with MemoryAws(clock.now).beneath() as config:
        yield Dependencies(config, clock)


@pytest.fixture
def caller(stores: Dependencies) -> Caller:
    """Return the caller of a stored site, `site_a`, without connections."""
    return claim_site(stores)
