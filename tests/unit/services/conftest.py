"""A site with its dependencies, for the tests of services."""

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.sites import Caller
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.stored_sites import claim_site


@pytest.fixture
def deps(aws: Config, clock: FakeClock) -> Dependencies:
    return Dependencies(aws, clock)


@pytest.fixture
def caller(deps: Dependencies) -> Caller:
    return claim_site(deps)
