"""Fixtures of service tests: counted metrics."""

from collections import Counter

import pytest

from amzlinkr import telemetry


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return the metrics that the service counts."""
    counted: Counter[str] = Counter()

    def count(name: str, value: int = 1) -> None:
        counted[name] += value

    monkeypatch.setattr(telemetry, "count", count)
    return counted
