"""Property tests without a time limit, and counted metrics."""

from collections import Counter

import pytest
from hypothesis import settings

from amzlinkr import telemetry

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
