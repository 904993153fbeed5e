"""After a 429 an account is left alone, longer each time, and forgiven when it works again."""

import secrets

import pytest

from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Lane, Pacer
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock


def pause_after(pacer: Pacer, clock: FakeClock) -> int:
    """Seconds for which a 429 closes the account."""
    pacer.slow_down()
    with pytest.raises(AmazonThrottled) as refused:
        pacer.wait(Deadline.after(clock, 0.1))
    return refused.value.retry_after or 0


def test_the_pause_doubles_with_every_429_up_to_a_bound(
    stores: Dependencies, clock: FakeClock
) -> None:
    pacer = stores.quotas.pacer(secrets.token_hex(8), Lane.INTERACTIVE)
    pacer.wait(Deadline.after(clock, 10))
    pauses = []
    for _ in range(11):
        pauses.append(pause_after(pacer, clock))
        clock.advance(seconds=pauses[-1])

    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_an_answer_ends_the_penalties(stores: Dependencies, clock: FakeClock) -> None:
    pacer = stores.quotas.pacer(secrets.token_hex(8), Lane.INTERACTIVE)
    pacer.wait(Deadline.after(clock, 10))
    for pause in (2, 4):
        assert pause_after(pacer, clock) == pause
        clock.advance(seconds=pause)
    pacer.wait(Deadline.after(clock, 10))

    pacer.went_well()
    clock.advance(seconds=2)

    assert pause_after(pacer, clock) == 2


def test_a_penalty_holds_for_every_site_of_the_account(
    stores: Dependencies, clock: FakeClock
) -> None:
    quota_id = secrets.token_hex(8)
    stores.quotas.pacer(quota_id, Lane.SYNC).slow_down()

    with pytest.raises(AmazonThrottled):
        stores.quotas.pacer(quota_id, Lane.INTERACTIVE).wait(Deadline.after(clock, 0.1))
