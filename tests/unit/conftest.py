"""Property tests without a time limit, counted metrics, faults, and the stores in memory."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

from amzlinkr import telemetry
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.simulation.memory_aws import MemoryAws

# No time limit for one example, and nothing kept between runs.
settings.register_profile("amzlinkr", deadline=None, database=None, derandomize=True)
settings.load_profile("amzlinkr")


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return the metrics that the service counts."""
    counted: Counter[str] = Counter()

    def count(name: str, value: int = 1) -> None:
        if value:
            counted[name] += value

    monkeypatch.setattr(telemetry, "count", count)
    return counted


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the types of the logged exceptions."""
    logged: list[str] = []
    monkeypatch.setattr(telemetry, "log_fault", lambda error: logged.append(type(error).__name__))
    return logged


@pytest.fixture
def stores_in_memory(clock: FakeClock) -> Iterator[Dependencies]:
    """Return the stores on the in-memory AWS, for tests with many examples."""
    with MemoryAws(clock.now).beneath() as config:
        yield Dependencies(config, clock)
