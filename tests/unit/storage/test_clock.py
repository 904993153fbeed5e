"""The server-synced clock: dates of responses against the clock of the machine."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.storage.clock import DATE_LAG, ServerSyncedClock

TRUTH = datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC)


class WrongClock:
    """A machine clock with an offset, which runs at `rate`, while true time passes."""

    def __init__(self, offset: timedelta, rate: float = 1.0) -> None:
        self.offset = offset
        self.rate = rate
        self.passed = 0.0

    @property
    def truth(self) -> datetime:
        return TRUTH + timedelta(seconds=self.passed)

    def now(self) -> datetime:
        return TRUTH + timedelta(seconds=self.monotonic()) + self.offset

    def uncertainty(self) -> timedelta:
        return timedelta()

    def monotonic(self) -> float:
        return self.passed * self.rate

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


def respond(clock: ServerSyncedClock, machine: WrongClock, took: float = 0.01) -> None:
    """Make a call to DynamoDB of this duration."""
    sent_at = machine.monotonic()
    machine.sleep(took)
    clock.observe_server_date(machine.truth.replace(microsecond=0), sent_at)


@given(
    st.floats(-86_400, 86_400),
    st.lists(st.floats(0.001, 3), min_size=1, max_size=20),
)
def test_true_time_is_between_now_and_now_plus_uncertainty(
    offset: float, calls: list[float]
) -> None:
    machine = WrongClock(timedelta(seconds=offset))
    clock = ServerSyncedClock(machine)
    for took in calls:
        respond(clock, machine, took)

    if abs(offset) > max(calls) + DATE_LAG.total_seconds():
        assert clock.now() <= machine.truth <= clock.now() + clock.uncertainty()
    error = max(clock.now() - machine.truth, machine.truth - clock.now() - clock.uncertainty())
    assert error <= max(
        timedelta(), min(abs(machine.offset), DATE_LAG + timedelta(seconds=max(calls)))
    )


@given(
    st.floats(-300, 300),
    st.floats(-5e-5, 5e-5),
    st.lists(st.floats(0, 10_000), min_size=1, max_size=30),
)
def test_slow_drift_of_a_process_that_runs_for_days_is_within_the_bounds(
    offset: float, drift: float, pauses: list[float]
) -> None:
    machine = WrongClock(timedelta(seconds=offset), rate=1 + drift)
    clock = ServerSyncedClock(machine)
    for pause in pauses:
        respond(clock, machine)
        machine.sleep(pause)
        respond(clock, machine)
        if clock.uncertainty():
            assert clock.now() <= machine.truth <= clock.now() + clock.uncertainty()


@given(st.floats(0, 0.2), st.lists(st.floats(0, 2), max_size=20))
def test_correct_clock_is_not_changed(offset: float, pauses: list[float]) -> None:
    machine = WrongClock(timedelta(seconds=offset))
    clock = ServerSyncedClock(machine)
    for pause in pauses:
        machine.sleep(pause)
        respond(clock, machine)
        assert clock.now() == machine.now()
        assert not clock.uncertainty()


def test_uncertainty_shrinks_with_the_number_of_responses() -> None:
    machine = WrongClock(timedelta(hours=1))
    clock = ServerSyncedClock(machine)
    respond(clock, machine)
    after_one = clock.uncertainty()
    for _ in range(20):
        machine.sleep(0.29)
        respond(clock, machine)

    assert after_one >= DATE_LAG
    assert clock.uncertainty() < after_one - timedelta(seconds=0.8)
    assert clock.now() <= machine.truth <= clock.now() + clock.uncertainty()


def test_clock_that_was_set_is_judged_by_new_responses_only() -> None:
    machine = WrongClock(timedelta())
    clock = ServerSyncedClock(machine)
    respond(clock, machine)
    machine.offset = -timedelta(minutes=10)
    respond(clock, machine)
    assert clock.now() <= machine.truth <= clock.now() + clock.uncertainty()

    machine.offset = timedelta()
    respond(clock, machine)
    assert clock.now() == machine.truth


def test_bounds_that_meet_in_one_moment_are_no_contradiction() -> None:
    machine = WrongClock(timedelta(hours=1))
    clock = ServerSyncedClock(machine)
    for date in (TRUTH, TRUTH - DATE_LAG):
        clock.observe_server_date(date, machine.monotonic())

    assert (clock.now(), clock.uncertainty()) == (TRUTH, timedelta())


def test_response_that_contradicts_earlier_ones_replaces_their_bounds() -> None:
    machine = WrongClock(timedelta(hours=1))
    clock = ServerSyncedClock(machine)
    earlier = TRUTH - DATE_LAG - timedelta(microseconds=1)
    for date in (TRUTH, earlier):
        clock.observe_server_date(date, machine.monotonic())

    assert (clock.now(), clock.uncertainty()) == (earlier, DATE_LAG)


def test_wait_is_that_of_the_machine_clock() -> None:
    machine = WrongClock(timedelta(hours=1))
    ServerSyncedClock(machine).sleep(2.5)

    assert machine.passed == 2.5
