"""A clock that jumps between a reservation and its call must not move two calls together."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Priority
from amzlinkr.storage.rate_limiter_store import RateLimiterStore
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.integration import aws_spy


class JumpingClock:
    """A clock that is correct until it jumps back by `lost`; its uncertainty then covers that."""

    def __init__(self, correct: FakeClock) -> None:
        self._correct = correct
        self.lost = timedelta()

    def now(self) -> datetime:
        return self._correct.now() - self.lost

    def uncertainty(self) -> timedelta:
        return 2 * self.lost

    def monotonic(self) -> float:
        return self._correct.monotonic()

    def sleep(self, seconds: float) -> None:
        self._correct.sleep(seconds)


@pytest.fixture
def jumping(clock: FakeClock) -> Iterator[JumpingClock]:
    """Return a clock that jumps back by a second during the first write, the reservation."""
    jumping = JumpingClock(clock)

    def intercept(
        operation: str, _arguments: aws_spy.Arguments, proceed: Callable[[], object]
    ) -> object:
        if operation == "UpdateItem":
            jumping.lost = timedelta(seconds=1)
        return proceed()

    with aws_spy.intercept_calls(intercept):
        yield jumping


def test_clock_jump_does_not_move_two_calls_together(
    stores: Dependencies, clock: FakeClock, jumping: JumpingClock
) -> None:
    account = secrets.token_hex(8)
    granted = [
        RateLimiterStore(process_clock)
        .rate_limiter(account, Priority.INTERACTIVE)
        .acquire(Deadline.after(process_clock, 20))
        .granted_at
        for process_clock in (jumping, clock)
    ]

    assert granted[1] - granted[0] >= 1
