"""The last known state of an account in a process, and the reservation that no call used."""

import pytest

from amzlinkr.domain.call_rate import ArrivalMargin
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.reservations import Held, ReservationPlan, ReservationRequest, plan_reservation
from amzlinkr.storage.rate_limiter_state import KnownAccount
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.unit.domain.test_reservations import NOON


@pytest.fixture
def account(stores: Dependencies) -> KnownAccount:
    return KnownAccount("account")


def reserve(account: KnownAccount, now: int = NOON, id_: str = "a") -> Held:
    """Reserve the next moment with the unused reservation of the account, if there is one."""
    request = ReservationRequest(
        now,
        Priority.SYNC,
        9_000,
        10,
        ArrivalMargin(),
        reservation_id=id_,
        unused=account.unused,
    )
    known = account.state
    plan = plan_reservation(known, request)
    assert isinstance(plan, ReservationPlan)
    held = account.reserve(known, plan)
    assert held is not None
    return held


def test_unused_reservation_is_used_by_the_next_one(account: KnownAccount) -> None:
    account.unused = reserve(account)

    second = reserve(account, NOON + 100, "b")

    assert account.unused is None
    assert (second.at, account.state.used) == (NOON + 110, 1)


def test_contention_falls_to_zero_with_reads_without_a_change(account: KnownAccount) -> None:
    reserve(account)
    account.reload()
    account.contention = 2
    seen = []
    for _ in range(4):
        account.reload()
        seen.append(account.contention)

    assert seen == [1, 0, 0, 0]


def test_contention_stays_while_others_reserve(account: KnownAccount) -> None:
    other = KnownAccount("account")
    account.contention = 2
    reserve(other)
    account.reload()

    assert account.contention == 2


def test_conflict_keeps_the_unused_reservation(account: KnownAccount) -> None:
    account.unused = missed = reserve(account)
    other = KnownAccount("account")
    other.reload()
    reserve(other, NOON + 5_000, "b")
    request = ReservationRequest(
        NOON + 100, Priority.SYNC, 9_000, 10, ArrivalMargin(), unused=missed
    )
    plan = plan_reservation(account.state, request)
    assert isinstance(plan, ReservationPlan)

    assert account.reserve(account.state, plan) is None
    assert account.unused is missed
    account.give_back()
    assert account.unused is missed, "others reserved since"


def test_table_that_does_not_respond_uses_up_the_count(
    account: KnownAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.unused = missed = reserve(account)
    monkeypatch.setattr(RateLimiterItem.Meta, "table_name", "NoSuchTable")
    monkeypatch.setattr(RateLimiterItem, "_connection", None)

    with pytest.raises(StoreUnavailable):
        reserve(account, NOON + 100, "b")
    assert account.unused is None

    account.unused = missed
    account.give_back()
    assert account.unused is None


def test_reads_without_a_change_lower_the_contention(account: KnownAccount) -> None:
    reserve(account)
    account.contention = 3
    account.reload()
    assert account.contention == 2

    other = KnownAccount("account")
    other.reload()
    reserve(other, NOON + 5_000, "b")
    account.reload()

    assert account.contention == 2
    assert account.state.reservation_id == "b"
