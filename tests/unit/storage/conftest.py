"""The stores on moto."""

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock


@pytest.fixture
def stores(aws: Config, clock: FakeClock) -> Dependencies:
    return Dependencies(aws, clock)
