"""The states of an account, as properties of any sequence of answers."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonClockSkew,
    AmazonError,
    AmazonKeysRejected,
    AmazonNotEligible,
    AmazonPaapiRetired,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
    Upstream,
)
from amzlinkr.domain.connections import MIN_WRITE_INTERVAL, Connection, State
from tests.clock import START

SAID = Upstream("creators", 403, "Word", "id")
STATES: dict[type[AmazonError], State] = {
    AmazonNotEligible: State.NOT_ELIGIBLE,
    AmazonThrottled: State.THROTTLED,
    AmazonKeysRejected: State.KEYS_REJECTED,
    AmazonPartnerTagRejected: State.TAG_REJECTED,
    AmazonAccessDenied: State.ACCESS_DENIED,
    AmazonPaapiRetired: State.RETIRED,
}
SILENT = [AmazonUnavailable, AmazonClockSkew, AmazonRejectedRequest]
LONGEST = timedelta(days=1)
KINDS: list[type[AmazonError] | None] = [None, *STATES, *SILENT]
ANSWERS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 40_000)), min_size=1, max_size=40
)


def fresh() -> Connection:
    return Connection("US", "creators", "t-20", "…", "s", "v", "q", START)


def error_of(kind: type[AmazonError] | None) -> AmazonError | None:
    return None if kind is None else kind(upstream=SAID)


@given(ANSWERS)
def test_any_life_of_an_account(answers: list[tuple[type[AmazonError] | None, int]]) -> None:
    connection, at = fresh(), START
    for kind, seconds in answers:
        at += timedelta(seconds=seconds)
        before, connection = connection, connection.with_result(error_of(kind), at)
        if kind in SILENT:
            assert connection is before
            continue
        expected = State.VALID if kind is None else STATES[kind]
        assert connection.state is expected
        moved = connection.state is not before.state
        assert connection.since == (at if moved else before.since)
        assert (connection.last_ok_at or START) >= (before.last_ok_at or START)
        assert connection.is_down is (kind is not None)
        assert (connection.problem is None) is (kind is None)
        probed = kind is not None and kind is not AmazonPaapiRetired
        assert (connection.next_probe_at is not None) is probed
        if connection.next_probe_at and connection is not before:
            assert at < connection.next_probe_at <= at + LONGEST


@given(st.sampled_from([kind for kind in STATES if kind is not AmazonPaapiRetired]))
def test_probes_grow_rarer_up_to_a_bound(kind: type[AmazonError]) -> None:
    connection, at, waits = fresh(), START, []
    for _ in range(20):
        connection = connection.with_result(error_of(kind), at)
        assert connection.next_probe_at is not None
        waits.append(connection.next_probe_at - at)
        at = connection.next_probe_at
    assert all(after >= before for before, after in pairwise(waits))
    assert waits[0] < waits[-1] == waits[-2] <= LONGEST


@given(st.sampled_from(list(STATES)), st.integers(1, 30))
def test_people_who_try_do_not_make_probes_rarer(kind: type[AmazonError], tries: int) -> None:
    down = fresh().with_result(error_of(kind), START)
    tried = down
    for number in range(1, tries):
        tried = tried.with_result(error_of(kind), START + timedelta(seconds=number))
    assert tried is down


@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(1, 100_000))
def test_older_news_change_nothing(
    newer: type[AmazonError] | None, older: type[AmazonError] | None, seconds: int
) -> None:
    known = fresh().with_result(None, START - timedelta(days=9)).with_result(error_of(newer), START)
    if known.checked_at == START:
        assert known.with_result(error_of(older), START - timedelta(seconds=seconds)) is known


def test_limits_of_our_own_say_nothing_about_the_account() -> None:
    valid = fresh().with_result(None, START)
    assert valid.with_result(AmazonThrottled("our own"), START + timedelta(hours=1)) is valid


def test_a_working_account_is_noted_every_quarter_of_an_hour() -> None:
    valid = fresh().with_result(None, START)
    assert valid.with_result(None, START + MIN_WRITE_INTERVAL - timedelta(seconds=1)) is valid
    assert (
        valid.with_result(None, START + MIN_WRITE_INTERVAL).last_ok_at == START + MIN_WRITE_INTERVAL
    )


def test_amazons_own_pause_is_kept() -> None:
    slow = AmazonThrottled(retry_after=3600, upstream=SAID)
    assert fresh().with_result(slow, START).next_probe_at == START + timedelta(hours=1)


def rests(connection: Connection, now: datetime) -> bool:
    return not connection.can_be_called(now, has_probe_in_flight=False)


def test_a_connection_that_is_down_is_asked_once_a_probe() -> None:
    down = fresh().with_result(AmazonNotEligible(upstream=SAID), START)
    assert rests(down, START + timedelta(hours=1, minutes=59))
    assert not rests(down, START + timedelta(hours=2))
    assert not down.can_be_called(START + timedelta(hours=2), has_probe_in_flight=True)
    retired = fresh().with_result(AmazonPaapiRetired(upstream=SAID), START)
    assert rests(retired, START + timedelta(days=365))
    for connection in (down, retired):
        assert connection.next_check_at(START) - START <= timedelta(hours=1)
