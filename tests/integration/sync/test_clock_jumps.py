"""A clock that goes wrong between reserving a turn and taking it does not bring two calls close."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from botocore.client import BaseClient

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Priority
from amzlinkr.storage.rate_limiter_store import RateLimiterStore
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock


class LosingClock:
    """It is right until it goes back by `lost`, and knows the time only roughly from then on."""

    def __init__(self, truth: FakeClock) -> None:
        self._truth = truth
        self.lost = timedelta()

    def now(self) -> datetime:
        return self._truth.now() - self.lost

    def uncertainty(self) -> timedelta:
        return 2 * self.lost

    def monotonic(self) -> float:
        return self._truth.monotonic()

    def sleep(self, seconds: float) -> None:
        self._truth.sleep(seconds)


@pytest.fixture
def losing(clock: FakeClock) -> Iterator[LosingClock]:
    """Loses a second during the first write."""
    own = LosingClock(clock)
    real = BaseClient._make_api_call  # type: ignore[attr-defined] # every client's one way out

    def call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        if operation == "UpdateItem":
            own.lost = timedelta(seconds=1)
        return real(client, operation, parameters)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield own


def test_clock_jump_does_not_move_two_calls_together(
    deps: Dependencies, clock: FakeClock, losing: LosingClock
) -> None:
    account = secrets.token_hex(8)
    left = [
        RateLimiterStore(own)
        .rate_limiter(account, Priority.INTERACTIVE)
        .acquire(Deadline.after(own, 20))
        .granted_at
        for own in (losing, clock)
    ]

    assert left[1] - left[0] >= 1
