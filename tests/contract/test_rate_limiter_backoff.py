"""The backoff of an account after 429s, and its recovery after a success."""

import secrets

import pytest

from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_INTERVAL_MS, SUCCESSES_TO_RECOVER
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Priority, RateLimiter, Reservation
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock


def reserve(limiter: RateLimiter, clock: FakeClock) -> Reservation:
    """Return the next reservation, after any wait."""
    return limiter.acquire(Deadline.after(clock, 1000))


def pause_after(limiter: RateLimiter, clock: FakeClock) -> int:
    """Return the pause in seconds after a 429 of an idle account."""
    clock.advance(seconds=60)
    limiter.on_throttled(reserve(limiter, clock))
    with pytest.raises(AmazonThrottled) as refused:
        limiter.acquire(Deadline.after(clock, 0.1))
    return refused.value.retry_after or 0


def test_pause_doubles_with_every_429_up_to_a_maximum(
    stores: Dependencies, clock: FakeClock
) -> None:
    limiter = stores.rate_limiters.rate_limiter(secrets.token_hex(8), Priority.INTERACTIVE)
    pauses = []
    for _ in range(11):
        pauses.append(pause_after(limiter, clock))
        clock.advance(seconds=pauses[-1])

    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_success_resets_the_pause(stores: Dependencies, clock: FakeClock) -> None:
    limiter = stores.rate_limiters.rate_limiter(secrets.token_hex(8), Priority.INTERACTIVE)
    for pause in (2, 4):
        assert pause_after(limiter, clock) == pause
    clock.advance(seconds=60)

    limiter.on_success(reserve(limiter, clock))

    assert pause_after(limiter, clock) == 2


def test_429s_of_concurrent_calls_count_as_one(stores: Dependencies, clock: FakeClock) -> None:
    account_key = secrets.token_hex(8)
    limiters = [
        stores.rate_limiters.rate_limiter(account_key, Priority.INTERACTIVE) for _ in range(3)
    ]
    reservations = [reserve(limiter, clock) for limiter in limiters]
    for limiter, reservation in zip(limiters, reservations, strict=True):
        limiter.on_throttled(reservation)

    assert stores.rate_limiters.budget(account_key, clock.now()).call_rate.consecutive_429s == 1


@pytest.mark.parametrize(
    ("priority", "seconds"),
    [
        (Priority.SYNC, 0.2),
        pytest.param(Priority.INTERACTIVE, 3, marks=pytest.mark.slow),
    ],
)
def test_permanent_conflict_is_retried_until_the_deadline(
    stores: Dependencies, clock: FakeClock, priority: Priority, seconds: float
) -> None:
    account_key = secrets.token_hex(8)
    RateLimiterItem(account_key, interval_ms=100).save()

    with pytest.raises(AmazonThrottled):
        stores.rate_limiters.rate_limiter(account_key, priority).acquire(
            Deadline.after(clock, seconds)
        )


def test_pause_applies_to_every_process_of_the_account(
    stores: Dependencies, clock: FakeClock
) -> None:
    account_key = secrets.token_hex(8)
    syncing = stores.rate_limiters.rate_limiter(account_key, Priority.SYNC)
    syncing.on_throttled(reserve(syncing, clock))

    with pytest.raises(AmazonThrottled):
        stores.rate_limiters.rate_limiter(account_key, Priority.INTERACTIVE).acquire(
            Deadline.after(clock, 0.1)
        )


def test_429_at_full_rate_halves_the_rate_until_it_recovers(
    stores: Dependencies, clock: FakeClock
) -> None:
    account_key = secrets.token_hex(8)
    limiter = stores.rate_limiters.rate_limiter(account_key, Priority.SYNC)
    for _ in range(3):
        limiter.on_success(reserve(limiter, clock))
    limiter.on_throttled(reserve(limiter, clock))

    def interval_ms() -> int:
        return stores.rate_limiters.budget(account_key, clock.now()).call_rate.interval_ms

    assert interval_ms() == 2 * INITIAL_INTERVAL_MS
    other = stores.rate_limiters.rate_limiter(account_key, Priority.SYNC)
    for _ in range(3 * (SUCCESSES_TO_RECOVER + 2)):
        other.on_success(reserve(other, clock))
    assert interval_ms() == INITIAL_INTERVAL_MS


def test_429_lowers_the_rate_while_calls_are_queued(stores: Dependencies, clock: FakeClock) -> None:
    account_key = secrets.token_hex(8)
    limiter = stores.rate_limiters.rate_limiter(account_key, Priority.INTERACTIVE)
    reserve(limiter, clock)
    reservation = reserve(limiter, clock)
    queued = RateLimiterItem.get(account_key)
    queued.update([RateLimiterItem.next_at.set(queued.next_at + 60_000)])

    limiter.on_throttled(reservation)

    assert (
        stores.rate_limiters.budget(account_key, clock.now()).call_rate.interval_ms
        == 2 * INITIAL_INTERVAL_MS
    )
    assert RateLimiterItem.get(account_key).next_at == queued.next_at
