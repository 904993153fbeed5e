"""The states of a connection, as properties of any sequence of results."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
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

UPSTREAM = Upstream("creators", 403, "Word", "id")
STATES: dict[type[AmazonError], State] = {
    AmazonNotEligible: State.NOT_ELIGIBLE,
    AmazonThrottled: State.THROTTLED,
    AmazonKeysRejected: State.KEYS_REJECTED,
    AmazonPartnerTagRejected: State.TAG_REJECTED,
    AmazonAccessDenied: State.ACCESS_DENIED,
    AmazonPaapiRetired: State.RETIRED,
}
IGNORED = [AmazonUnavailable, AmazonClockSkew, AmazonRejectedRequest]
MAX_PROBE_INTERVAL = timedelta(days=1)
KINDS: list[type[AmazonError] | None] = [None, *STATES, *IGNORED]
RESULTS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 40_000)), min_size=1, max_size=40
)


def new_connection() -> Connection:
    return Connection("US", "creators", "t-20", "…", "s", "v", "q", START)


def error_of(kind: type[AmazonError] | None) -> AmazonError | None:
    return None if kind is None else kind(upstream=UPSTREAM)


@given(RESULTS)
def test_any_sequence_of_results(results: list[tuple[type[AmazonError] | None, int]]) -> None:
    connection, at = new_connection(), START
    for kind, seconds in results:
        at += timedelta(seconds=seconds)
        before, connection = connection, connection.with_result(error_of(kind), at)
        if kind in IGNORED:
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
            assert at < connection.next_probe_at <= at + MAX_PROBE_INTERVAL


@given(st.sampled_from([kind for kind in STATES if kind is not AmazonPaapiRetired]))
def test_probe_interval_grows_to_its_maximum(kind: type[AmazonError]) -> None:
    connection, at, waits = new_connection(), START, []
    for _ in range(20):
        connection = connection.with_result(error_of(kind), at)
        assert connection.next_probe_at is not None
        waits.append(connection.next_probe_at - at)
        at = connection.next_probe_at
    assert all(after >= before for before, after in pairwise(waits))
    assert waits[0] < waits[-1] == waits[-2] <= MAX_PROBE_INTERVAL


@pytest.mark.parametrize(
    ("kind", "first", "longest"),
    [
        (AmazonThrottled, timedelta(minutes=1), timedelta(hours=6)),
        (AmazonNotEligible, timedelta(hours=2), timedelta(hours=12)),
        (AmazonAccessDenied, timedelta(hours=2), timedelta(hours=24)),
        (AmazonKeysRejected, timedelta(minutes=15), timedelta(hours=24)),
        (AmazonPartnerTagRejected, timedelta(minutes=15), timedelta(hours=24)),
    ],
)
def test_probe_interval_doubles_as_documented(
    kind: type[AmazonError], first: timedelta, longest: timedelta
) -> None:
    """`docs/api.md` has the table."""
    connection, at = new_connection(), START
    for number in range(40):
        connection = connection.with_result(error_of(kind), at)
        assert connection.next_probe_at == at + min(first * 2 ** min(number, 12), longest)
        at = connection.next_probe_at


@given(
    st.sampled_from([kind for kind in STATES if kind is not AmazonPaapiRetired]),
    st.sampled_from([kind for kind in STATES if kind is not AmazonPaapiRetired]),
    st.integers(1, 20),
)
def test_another_problem_begins_with_its_first_probe_interval(
    before: type[AmazonError], after: type[AmazonError], probes: int
) -> None:
    assume(before is not after)
    connection, at = new_connection(), START
    for _ in range(probes):
        connection = connection.with_result(error_of(before), at)
        assert connection.next_probe_at is not None
        at = connection.next_probe_at
    changed = connection.with_result(error_of(after), at)
    first = new_connection().with_result(error_of(after), at)
    assert changed.next_probe_at == first.next_probe_at
    assert changed.failures == 1


@given(st.sampled_from(list(STATES)), st.integers(1, 30))
def test_interactive_calls_do_not_delay_the_next_probe(kind: type[AmazonError], tries: int) -> None:
    down = new_connection().with_result(error_of(kind), START)
    tried = down
    for number in range(1, tries):
        tried = tried.with_result(error_of(kind), START + timedelta(seconds=number))
    assert tried is down


@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(1, 100_000))
def test_older_result_is_ignored(
    newer: type[AmazonError] | None, older: type[AmazonError] | None, seconds: int
) -> None:
    known = (
        new_connection()
        .with_result(None, START - timedelta(days=9))
        .with_result(error_of(newer), START)
    )
    if known.checked_at == START:
        assert known.with_result(error_of(older), START - timedelta(seconds=seconds)) is known


def test_our_own_limits_do_not_change_the_state() -> None:
    valid = new_connection().with_result(None, START)
    assert valid.with_result(AmazonThrottled("our own"), START + timedelta(hours=1)) is valid


def test_success_of_a_valid_connection_is_recorded_every_15_minutes() -> None:
    valid = new_connection().with_result(None, START)
    assert valid.with_result(None, START + MIN_WRITE_INTERVAL - timedelta(seconds=1)) is valid
    assert (
        valid.with_result(None, START + MIN_WRITE_INTERVAL).last_ok_at == START + MIN_WRITE_INTERVAL
    )


def test_retry_after_delays_the_next_probe() -> None:
    slow = AmazonThrottled(retry_after=3600, upstream=UPSTREAM)
    assert new_connection().with_result(slow, START).next_probe_at == START + timedelta(hours=1)


def is_paused(connection: Connection, now: datetime) -> bool:
    return not connection.can_be_called(now, has_probe_in_flight=False)


def test_connection_that_is_down_allows_one_call_per_probe() -> None:
    down = new_connection().with_result(AmazonNotEligible(upstream=UPSTREAM), START)
    assert is_paused(down, START + timedelta(hours=1, minutes=59))
    assert not is_paused(down, START + timedelta(hours=2))
    assert not down.can_be_called(START + timedelta(hours=2), has_probe_in_flight=True)
    retired = new_connection().with_result(AmazonPaapiRetired(upstream=UPSTREAM), START)
    assert is_paused(retired, START + timedelta(days=365))
    for connection in (down, retired):
        assert connection.next_check_at(START) == START + timedelta(hours=1)


def test_replacement_keeps_the_newer_success_and_the_start_of_the_same_state() -> None:
    before = replace(new_connection(), state=State.VALID, last_ok_at=START)
    later = START + timedelta(hours=1)
    unused = replace(before, since=later, last_ok_at=None)

    assert unused.replacing(before) == before
    assert replace(unused, last_ok_at=later).replacing(before).last_ok_at == later
    assert replace(unused, state=State.THROTTLED).replacing(before).since == later
    assert unused.replacing(None) == unused


def test_link_only_connection_is_never_called_or_probed() -> None:
    first, second = (Connection.link_only("US", "t-20", START) for _ in range(2))

    assert (first.api, first.key_hint, first.account_key) == (None, None, "")
    assert first.next_probe_at is None
    assert first.is_link_only
    assert first.is_down
    assert first.secret_version != second.secret_version
    for days in (0, 1, 400):
        now = START + timedelta(days=days)
        assert not first.can_be_called(now, has_probe_in_flight=False)
        assert now < first.next_check_at(now) <= now + timedelta(hours=1)


@given(RESULTS)
def test_recovery_is_a_success_after_the_account_was_down(
    results: list[tuple[type[AmazonError] | None, int]],
) -> None:
    before = Connection("US", "paapi5", "t-20", "…", "s", "1", "account", START)
    at = START
    for kind, seconds in results:
        at += timedelta(seconds=seconds)
        error = None if kind is None else kind(upstream=UPSTREAM)
        after = before.with_result(error, at)
        assert after.is_recovery_of(before) == (before.is_down and kind is None)
        assert after.is_recovery_of(None) == (after.state is State.VALID)
        before = after
