"""What a 429 does to an account, and how it is forgiven when the account works again."""

import secrets

import pytest

from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_INTERVAL_MS, SUCCESSES_TO_RECOVER
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Priority, RateLimiter, Reservation
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock


def turn_of(pacer: RateLimiter, clock: FakeClock) -> Reservation:
    """The next turn, however long it takes."""
    return pacer.acquire(Deadline.after(clock, 1000))


def pause_after(pacer: RateLimiter, clock: FakeClock) -> int:
    """Seconds for which a 429 closes an account that was at rest."""
    clock.advance(seconds=60)
    pacer.on_throttled(turn_of(pacer, clock))
    with pytest.raises(AmazonThrottled) as refused:
        pacer.acquire(Deadline.after(clock, 0.1))
    return refused.value.retry_after or 0


def test_the_pause_doubles_with_every_429_up_to_a_bound(
    stores: Dependencies, clock: FakeClock
) -> None:
    pacer = stores.rate_limiters.rate_limiter(secrets.token_hex(8), Priority.INTERACTIVE)
    pauses = []
    for _ in range(11):
        pauses.append(pause_after(pacer, clock))
        clock.advance(seconds=pauses[-1])

    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_an_answer_ends_the_penalties(stores: Dependencies, clock: FakeClock) -> None:
    pacer = stores.rate_limiters.rate_limiter(secrets.token_hex(8), Priority.INTERACTIVE)
    for pause in (2, 4):
        assert pause_after(pacer, clock) == pause
    clock.advance(seconds=60)

    pacer.on_success(turn_of(pacer, clock))

    assert pause_after(pacer, clock) == 2


def test_429s_of_calls_that_were_under_way_together_count_as_one(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    pacers = [stores.rate_limiters.rate_limiter(quota_id, Priority.INTERACTIVE) for _ in range(3)]
    turns = [turn_of(pacer, clock) for pacer in pacers]
    for pacer, turn in zip(pacers, turns, strict=True):
        pacer.on_throttled(turn)

    assert stores.rate_limiters.budget(quota_id, clock.now()).call_rate.consecutive_429s == 1


def test_an_item_that_nobody_can_change_is_waited_for_until_the_deadline(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    RateLimiterItem(quota_id, interval_ms=100).save()

    with pytest.raises(AmazonThrottled):
        stores.rate_limiters.rate_limiter(quota_id, Priority.INTERACTIVE).acquire(
            Deadline.after(clock, 3)
        )


def test_a_penalty_holds_for_every_site_of_the_account(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    syncing = stores.rate_limiters.rate_limiter(quota_id, Priority.SYNC)
    syncing.on_throttled(turn_of(syncing, clock))

    with pytest.raises(AmazonThrottled):
        stores.rate_limiters.rate_limiter(quota_id, Priority.INTERACTIVE).acquire(
            Deadline.after(clock, 0.1)
        )


def test_a_429_at_full_speed_halves_the_pace_which_then_recovers(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    pacer = stores.rate_limiters.rate_limiter(quota_id, Priority.SYNC)
    for _ in range(3):
        pacer.on_success(turn_of(pacer, clock))
    pacer.on_throttled(turn_of(pacer, clock))

    def pace_in_ms() -> int:
        return stores.rate_limiters.budget(quota_id, clock.now()).call_rate.interval_ms

    assert pace_in_ms() == 2 * INITIAL_INTERVAL_MS
    other = stores.rate_limiters.rate_limiter(quota_id, Priority.SYNC)
    for _ in range(3 * (SUCCESSES_TO_RECOVER + 2)):
        other.on_success(turn_of(other, clock))
    assert pace_in_ms() == INITIAL_INTERVAL_MS


def test_a_429_is_learned_also_while_people_queue(stores: Dependencies, clock: FakeClock) -> None:
    quota_id = secrets.token_hex(8)
    pacer = stores.rate_limiters.rate_limiter(quota_id, Priority.INTERACTIVE)
    turn_of(pacer, clock)
    turn = turn_of(pacer, clock)
    queued = RateLimiterItem.get(quota_id)
    queued.update([RateLimiterItem.next_at.set(queued.next_at + 60_000)])

    pacer.on_throttled(turn)

    assert (
        stores.rate_limiters.budget(quota_id, clock.now()).call_rate.interval_ms
        == 2 * INITIAL_INTERVAL_MS
    )
    assert RateLimiterItem.get(quota_id).next_at == queued.next_at
