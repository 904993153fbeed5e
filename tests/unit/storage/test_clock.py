"""The clock all processes agree on: the store's dates against the machine's own."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.storage.clock import DATE_LAG, ServerSyncedClock

TRUTH = datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC)


class WrongClock:
    """A machine whose clock is off, while true time passes."""

    def __init__(self, off: timedelta) -> None:
        self.off = off
        self.passed = 0.0

    @property
    def truth(self) -> datetime:
        return TRUTH + timedelta(seconds=self.passed)

    def now(self) -> datetime:
        return self.truth + self.off

    def uncertainty(self) -> timedelta:
        return timedelta()

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


def answered(clock: ServerSyncedClock, own: WrongClock, took: float = 0.01) -> None:
    """A call to the store that takes so long."""
    sent_at = own.monotonic()
    own.sleep(took)
    clock.observe_server_date(own.truth.replace(microsecond=0), sent_at)


@given(
    st.floats(-86_400, 86_400),
    st.lists(st.floats(0.001, 3), min_size=1, max_size=20),
)
def test_the_true_time_lies_between_now_and_now_and_doubt(off: float, calls: list[float]) -> None:
    own = WrongClock(timedelta(seconds=off))
    clock = ServerSyncedClock(own)
    for took in calls:
        answered(clock, own, took)

    if abs(off) > max(calls) + DATE_LAG.total_seconds():
        assert clock.now() <= own.truth <= clock.now() + clock.uncertainty()
    error = max(clock.now() - own.truth, own.truth - clock.now() - clock.uncertainty())
    assert error <= max(timedelta(), min(abs(own.off), DATE_LAG + timedelta(seconds=max(calls))))


@given(st.floats(0, 0.2), st.lists(st.floats(0, 2), max_size=20))
def test_a_good_clock_is_left_alone(late: float, pauses: list[float]) -> None:
    own = WrongClock(timedelta(seconds=late))
    clock = ServerSyncedClock(own)
    for pause in pauses:
        own.sleep(pause)
        answered(clock, own)
        assert clock.now() == own.now()
        assert not clock.uncertainty()


def test_a_clock_that_jumps_is_judged_anew() -> None:
    own = WrongClock(timedelta())
    clock = ServerSyncedClock(own)
    answered(clock, own)
    own.off = -timedelta(minutes=10)
    answered(clock, own)
    assert clock.now() <= own.truth <= clock.now() + clock.uncertainty()

    own.off = timedelta()
    answered(clock, own)
    assert clock.now() == own.truth
