"""The retry of conditional writes."""

from collections.abc import Callable

import pytest
from pynamodb.exceptions import GetError

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import NotFound, StoreUnavailable
from amzlinkr.storage.errors import Conflict
from amzlinkr.storage.optimistic import (
    INITIAL_PAUSE_SECONDS,
    MAX_ATTEMPTS,
    MAX_PAUSE_SECONDS,
    MAX_RETRY_SECONDS,
    MIN_ATTEMPTS,
    pause_before_retry,
    retry_on_conflict,
)
from amzlinkr.storage.records import SiteItem
from amzlinkr.storage.site_items import find_site
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock


def failing(times: int, error: Exception) -> Callable[[], int]:
    """Return a write that fails a number of times and then returns the number of its calls."""
    calls = 0

    def attempt() -> int:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise error
        return calls

    return attempt


def test_write_without_conflict_does_not_pause(clock: FakeClock) -> None:
    assert retry_on_conflict(failing(0, Conflict()), clock) == 1
    assert clock.slept == []


def test_conflicts_are_retried_after_growing_pauses(clock: FakeClock) -> None:
    attempts = retry_on_conflict(failing(6, Conflict()), clock, jitter=lambda: 0.5)

    assert attempts == 7
    assert clock.slept == [0.01, 0.02, 0.04, 0.08, 0.125, 0.125]


def test_last_conflict_raises_store_unavailable_without_another_pause(clock: FakeClock) -> None:
    with pytest.raises(StoreUnavailable, match=r"Busy\.") as refused:
        retry_on_conflict(failing(MAX_ATTEMPTS, Conflict()), clock, "Busy.", jitter=lambda: 0.1)

    assert not refused.value.is_fault
    assert len(clock.slept) == MAX_ATTEMPTS - 1
    last = retry_on_conflict(failing(MAX_ATTEMPTS - 1, Conflict()), clock, jitter=lambda: 0.1)
    assert last == MAX_ATTEMPTS


def attempts_until(
    clock: FakeClock, deadline: Deadline | None, *, seconds_each: float = 0.1, jitter: float = 1.0
) -> tuple[int, float]:
    """Return the number of attempts that all conflict, and the seconds after which they end."""
    before, number = clock.monotonic(), 0

    def attempt() -> None:
        nonlocal number
        number += 1
        clock.advance(seconds=seconds_each)
        raise Conflict

    with pytest.raises(StoreUnavailable):
        retry_on_conflict(attempt, clock, jitter=lambda: jitter, deadline=deadline)
    return number, clock.monotonic() - before


@pytest.mark.parametrize(
    ("given", "seconds"), [(None, MAX_RETRY_SECONDS), (2.5, 2.5), (60.0, MAX_RETRY_SECONDS)]
)
def test_retries_end_at_the_deadline_of_the_request(
    clock: FakeClock, given: float | None, seconds: float
) -> None:
    deadline = None if given is None else Deadline.after(clock, given)

    attempts, took = attempts_until(clock, deadline)

    # The last attempt begins before the deadline, and one more pause would not.
    assert seconds - MAX_PAUSE_SECONDS < took <= seconds + 0.1
    assert MIN_ATTEMPTS < attempts < MAX_ATTEMPTS


@pytest.mark.parametrize("given", [0.0, 0.2])
def test_write_after_the_deadline_is_retried_for_a_second(clock: FakeClock, given: float) -> None:
    deadline = Deadline.after(clock, given)

    attempts, took = attempts_until(clock, deadline, seconds_each=0.01, jitter=0.5)

    assert attempts == MIN_ATTEMPTS
    assert took < 1


def test_one_of_twenty_parallel_writers_succeeds_each_time(clock: FakeClock) -> None:
    assert retry_on_conflict(failing(19, Conflict()), clock, jitter=lambda: 0.5) == 20


@pytest.mark.parametrize(
    ("error", "raised"), [(NotFound("gone"), NotFound), (GetError("no answer"), StoreUnavailable)]
)
def test_other_errors_are_not_retried(
    clock: FakeClock, error: Exception, raised: type[Exception]
) -> None:
    with pytest.raises(raised):
        retry_on_conflict(failing(1, error), clock)

    assert clock.slept == []


@pytest.mark.parametrize("retry", range(1, MAX_ATTEMPTS))
def test_pause_has_full_jitter_up_to_its_maximum(retry: int) -> None:
    assert pause_before_retry(retry, 0.0) == 0.0
    assert pause_before_retry(retry, 0.999) < MAX_PAUSE_SECONDS
    assert pause_before_retry(1, 0.999) < INITIAL_PAUSE_SECONDS


def test_pauses_after_the_deadline_fit_into_an_interactive_request() -> None:
    assert sum(pause_before_retry(retry, 0.5) for retry in range(1, MIN_ATTEMPTS)) < 0.6


def test_find_returns_none_for_a_missing_item(stores: Dependencies) -> None:
    assert find_site("site_missing") is None


def test_find_raises_store_unavailable_for_a_missing_table(
    stores: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SiteItem.Meta, "table_name", "NoSuchTable")
    monkeypatch.setattr(SiteItem, "_connection", None)

    with pytest.raises(StoreUnavailable):
        find_site("site_missing")
