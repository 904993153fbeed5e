"""What a 429 does to an account, and how it is forgiven when the account works again."""

import secrets

import pytest

from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import FIRST_INTERVAL_MS, RECOVERS_AFTER
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Lane, Pacer, Turn
from amzlinkr.storage.records import QuotaItem
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock


def turn_of(pacer: Pacer, clock: FakeClock) -> Turn:
    """The next turn, however long it takes."""
    return pacer.wait(Deadline.after(clock, 1000))


def pause_after(pacer: Pacer, clock: FakeClock) -> int:
    """Seconds for which a 429 closes an account that was at rest."""
    clock.advance(seconds=60)
    pacer.slow_down(turn_of(pacer, clock))
    with pytest.raises(AmazonThrottled) as refused:
        pacer.wait(Deadline.after(clock, 0.1))
    return refused.value.retry_after or 0


def test_the_pause_doubles_with_every_429_up_to_a_bound(
    stores: Dependencies, clock: FakeClock
) -> None:
    pacer = stores.quotas.pacer(secrets.token_hex(8), Lane.INTERACTIVE)
    pauses = []
    for _ in range(11):
        pauses.append(pause_after(pacer, clock))
        clock.advance(seconds=pauses[-1])

    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_an_answer_ends_the_penalties(stores: Dependencies, clock: FakeClock) -> None:
    pacer = stores.quotas.pacer(secrets.token_hex(8), Lane.INTERACTIVE)
    for pause in (2, 4):
        assert pause_after(pacer, clock) == pause
    clock.advance(seconds=60)

    pacer.went_well(turn_of(pacer, clock))

    assert pause_after(pacer, clock) == 2


def test_429s_of_calls_that_were_under_way_together_count_as_one(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    pacers = [stores.quotas.pacer(quota_id, Lane.INTERACTIVE) for _ in range(3)]
    turns = [turn_of(pacer, clock) for pacer in pacers]
    for pacer, turn in zip(pacers, turns, strict=True):
        pacer.slow_down(turn)

    assert stores.quotas.budget(quota_id, clock.now()).pace.strikes == 1


def test_an_item_that_nobody_can_change_is_waited_for_until_the_deadline(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    QuotaItem(quota_id, interval_ms=100).save()

    with pytest.raises(AmazonThrottled):
        stores.quotas.pacer(quota_id, Lane.INTERACTIVE).wait(Deadline.after(clock, 3))


def test_a_penalty_holds_for_every_site_of_the_account(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    syncing = stores.quotas.pacer(quota_id, Lane.SYNC)
    syncing.slow_down(turn_of(syncing, clock))

    with pytest.raises(AmazonThrottled):
        stores.quotas.pacer(quota_id, Lane.INTERACTIVE).wait(Deadline.after(clock, 0.1))


def test_a_429_at_full_speed_halves_the_pace_which_then_recovers(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    pacer = stores.quotas.pacer(quota_id, Lane.SYNC)
    for _ in range(3):
        pacer.went_well(turn_of(pacer, clock))
    pacer.slow_down(turn_of(pacer, clock))

    def pace_in_ms() -> int:
        return stores.quotas.budget(quota_id, clock.now()).pace.interval_ms

    assert pace_in_ms() == 2 * FIRST_INTERVAL_MS
    other = stores.quotas.pacer(quota_id, Lane.SYNC)
    for _ in range(3 * (RECOVERS_AFTER + 2)):
        other.went_well(turn_of(other, clock))
    assert pace_in_ms() == FIRST_INTERVAL_MS


def test_a_429_is_learned_also_while_people_queue(stores: Dependencies, clock: FakeClock) -> None:
    quota_id = secrets.token_hex(8)
    pacer = stores.quotas.pacer(quota_id, Lane.INTERACTIVE)
    turn_of(pacer, clock)
    turn = turn_of(pacer, clock)
    queued = QuotaItem.get(quota_id)
    queued.update([QuotaItem.next_at.set(queued.next_at + 60_000)])

    pacer.slow_down(turn)

    assert stores.quotas.budget(quota_id, clock.now()).pace.interval_ms == 2 * FIRST_INTERVAL_MS
    assert QuotaItem.get(quota_id).next_at == queued.next_at
