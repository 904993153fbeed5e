"""The server-synced clock: dates of responses against the clock of the machine."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
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


@given(
    st.floats(-7200, 7200),
    st.floats(-7200, -0.51),
    st.floats(-5e-5, 5e-5),
    st.floats(0, 10_000),
)
def test_clock_that_was_set_back_is_never_behind_the_time_that_responses_proved(
    offset: float, seconds: float, drift: float, pause: float
) -> None:
    machine = WrongClock(timedelta(seconds=offset), rate=1 + drift)
    clock = ServerSyncedClock(machine)
    clock.observe_server_date(machine.truth, machine.monotonic())
    machine.sleep(pause)
    machine.offset += timedelta(seconds=seconds)

    earliest = machine.truth - timedelta(seconds=pause * 2e-4, microseconds=10)
    assert clock.now() >= earliest
    if clock.uncertainty():
        assert (
            clock.now()
            <= machine.truth
            <= clock.now() + clock.uncertainty() + (machine.truth - earliest)
        )


def test_process_that_was_frozen_takes_the_machine_clock_as_correct() -> None:
    machine = WrongClock(timedelta())
    clock = ServerSyncedClock(machine)
    respond(clock, machine)
    # The counter does not run while Lambda freezes the process, the clock does.
    machine.offset = timedelta(minutes=10)

    assert (clock.now(), clock.uncertainty()) == (machine.now(), timedelta())


@settings(max_examples=20)
@given(st.floats(0.51, 3) | st.floats(-3, -0.51), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_bounds_from_before_the_clock_was_set_do_not_apply(
    seconds: float, pauses: list[float]
) -> None:
    machine = WrongClock(timedelta(hours=1))
    clock = ServerSyncedClock(machine)
    for pause in pauses:
        machine.sleep(pause)
        respond(clock, machine)
    machine.offset += timedelta(seconds=seconds)
    assert (clock.now(), clock.uncertainty()) == (machine.now(), timedelta())

    respond(clock, machine)

    assert clock.now() <= machine.truth <= clock.now() + clock.uncertainty()
    assert clock.uncertainty() >= DATE_LAG


def test_small_change_of_a_wrong_clock_keeps_the_bounds() -> None:
    machine = WrongClock(timedelta(hours=1))
    clock = ServerSyncedClock(machine)
    respond(clock, machine)
    before = clock.uncertainty()
    machine.offset += timedelta(seconds=0.5)

    assert clock.uncertainty() == before
    assert clock.now() < machine.now() - timedelta(minutes=59)


def test_bounds_widen_with_the_time_since_the_last_response() -> None:
    machine = WrongClock(timedelta(hours=1))
    clock = ServerSyncedClock(machine)
    clock.observe_server_date(machine.truth, machine.monotonic())
    widths = [clock.uncertainty()]
    for _ in range(3):
        machine.sleep(1000)
        # A response that took long, with a date that is neither young nor old, narrows nothing.
        clock.observe_server_date(machine.truth - timedelta(seconds=1), machine.monotonic() - 3)
        widths.append(clock.uncertainty())

    assert widths == [timedelta(seconds=seconds) for seconds in (2.0, 2.2, 2.4, 2.6)]


def test_clock_is_taken_as_correct_up_to_the_bounds() -> None:
    for ahead in (timedelta(), DATE_LAG, DATE_LAG + timedelta(microseconds=1)):
        machine = WrongClock(ahead)
        clock = ServerSyncedClock(machine)
        clock.observe_server_date(machine.truth, machine.monotonic())

        assert (clock.now() == machine.now()) == (ahead <= DATE_LAG)
        assert bool(clock.uncertainty()) == (ahead > DATE_LAG)


def test_date_can_be_two_seconds_old() -> None:
    """One because a date has whole seconds, one because servers write it early."""
    assert timedelta(seconds=2) == DATE_LAG


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
