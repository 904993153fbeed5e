"""The item of a rate limiter: what it stores, its reads, and the writes that change it."""

from __future__ import annotations

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, CallRate
from amzlinkr.domain.reservations import Held, LimiterState, ReservationPlan
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import RateLimiterItem

RETENTION_SECONDS = 8 * 24 * 3600
"""The time without a call after which the state of an account is deleted. It is longer than the
cooldown of the call rate. Accounts of invalid credentials do not stay forever."""


def call_rate_from_item(item: RateLimiterItem) -> CallRate:
    """Return the call rate that an item stores; a missing attribute has its initial value."""
    new = INITIAL_CALL_RATE
    return CallRate(
        int(item.interval_ms or new.interval_ms),
        int(item.proven_ms or new.proven_ms),
        int(item.day_limit or new.day_limit),
        int(item.consecutive_successes or 0),
        int(item.consecutive_429s or 0),
        int(item.arrival_margin_ms or 0),
        int(item.no_increase_before or 0),
    )


def state_from_item(item: RateLimiterItem) -> LimiterState:
    """Return the state that an item stores."""
    return LimiterState(
        call_rate_from_item(item),
        int(item.next_at or 0),
        int(item.free_since or 0),
        item.day,
        int(item.used or 0),
        item.reservation_id or "",
    )


def read_state(account_key: str) -> LimiterState:
    """Return the stored state of an account. Raises `StoreUnavailable`."""
    item = find(RateLimiterItem, account_key)
    return LimiterState() if item is None else state_from_item(item)


def update_state(
    account_key: str, actions: list[Action], condition: Condition
) -> LimiterState | None:
    """Update an account's item. Return its new state, or None if the condition fails.

    Raises:
        StoreUnavailable: The table did not respond. The item may have been updated.
    """
    item = RateLimiterItem(account_key)
    try:
        with store_errors():
            item.update(actions, condition=condition)
    except Conflict:
        return None
    return state_from_item(item)


def call_rate_updates(rate: CallRate) -> list[Action]:
    """Return the update that stores a call rate."""
    return [
        RateLimiterItem.interval_ms.set(rate.interval_ms),
        RateLimiterItem.proven_ms.set(rate.proven_ms),
        RateLimiterItem.day_limit.set(rate.day_limit),
        RateLimiterItem.consecutive_successes.set(rate.consecutive_successes),
        RateLimiterItem.consecutive_429s.set(rate.consecutive_429s),
        RateLimiterItem.arrival_margin_ms.set(rate.arrival_margin_ms),
        RateLimiterItem.no_increase_before.set(rate.no_increase_before),
    ]


def is_call_rate_unchanged(rate: CallRate) -> Condition:
    """Return the condition that no other process has changed the call rate.

    Only the two attributes are compared that change with every 429 and every increase.
    """
    same: Condition = (RateLimiterItem.interval_ms == rate.interval_ms) & (
        RateLimiterItem.consecutive_429s == rate.consecutive_429s
    )
    # A new account has no stored call rate. It has the initial one.
    if (rate.interval_ms, rate.consecutive_429s) == (INITIAL_CALL_RATE.interval_ms, 0):
        nothing_stored: Condition = RateLimiterItem.interval_ms.does_not_exist()
        either: Condition = nothing_stored | same
        return either
    return same


def reservation_write(
    state: LimiterState, plan: ReservationPlan, successes: int
) -> tuple[list[Action], Condition]:
    """Return the update and the condition of the one write that reserves a moment.

    `state` is what the plan was decided on. `successes` are the calls that succeeded since the last
    write of this process: they are stored along with the reservation, without a write of their own.
    """
    actions: list[Action] = [
        RateLimiterItem.reservation_id.set(plan.reservation_id),
        RateLimiterItem.expires.set(plan.at // 1000 + RETENTION_SECONDS),
    ]
    if not plan.replaces:
        # DynamoDB evaluates operands on the item before the update: this is the old `next_at`.
        actions.append(RateLimiterItem.free_since.set(RateLimiterItem.next_at | 0))
    if plan.call_rate != state.call_rate:
        actions += call_rate_updates(plan.call_rate)
    elif plan.ends_success_streak:
        actions.append(RateLimiterItem.consecutive_successes.set(0))
    else:
        actions.append(RateLimiterItem.consecutive_successes.add(successes))
    count, within_limit = _count_update(state, plan)
    advance, is_free = _next_at_update(state, plan)
    # If a 429 lowered the call rate after the read, the plan is too fast: the write must fail.
    condition = within_limit & is_free & is_call_rate_unchanged(state.call_rate)
    return [*actions, *count, advance], condition


def give_back_write(held: Held) -> tuple[list[Action], Condition]:
    """Return the update and the condition of the write that gives back an unused reservation.

    The call of the day and the moment are free again, if no other reservation and no 429 followed.
    The ID of the reservation is removed, so that a repeated request changes nothing.
    """
    mine = held.state
    actions: list[Action] = [
        RateLimiterItem.next_at.set(held.at),
        RateLimiterItem.used.add(-1),
        RateLimiterItem.reservation_id.remove(),
    ]
    is_same_day: Condition = RateLimiterItem.day == mine.day
    is_same_rate = is_call_rate_unchanged(mine.call_rate)
    return actions, _is_last(mine) & is_same_day & is_same_rate


def _is_last(mine: LimiterState) -> Condition:
    """Return the condition that the reservation which left this state is the last one."""
    is_last: Condition = (RateLimiterItem.reservation_id == mine.reservation_id) & (
        RateLimiterItem.next_at == mine.next_at
    )
    return is_last


def _count_update(state: LimiterState, plan: ReservationPlan) -> tuple[list[Action], Condition]:
    """Return the update that counts the call on its day, if that has calls left."""
    day, used = RateLimiterItem.day, RateLimiterItem.used
    if plan.is_counted:
        return [], day == plan.day
    within_limit = used < plan.daily_limit
    if state.day is None:
        # Nothing was read yet: the item may be new, or others may count on the same day.
        is_countable = day.does_not_exist() | ((day == plan.day) & within_limit)
        return [day.set(plan.day), used.add(1)], is_countable
    # The first call of a day restarts the count. ISO dates sort by time.
    if state.day < plan.day:
        return [day.set(plan.day), used.set(1)], day < plan.day
    return [used.add(1)], (day == state.day) & within_limit


def _next_at_update(state: LimiterState, plan: ReservationPlan) -> tuple[Action, Condition]:
    """Return the update that advances `next_at`, if the planned moment is still free."""
    next_at = RateLimiterItem.next_at
    if plan.replaces:
        return next_at.set(plan.at + plan.spacing_ms), _is_last(state)
    # Idle account: exactly `at`. A later `next_at` shows that another call took the moment.
    if plan.latest is None:
        return next_at.set(plan.at + plan.spacing_ms), next_at.does_not_exist() | (
            next_at <= plan.at
        )
    # Busy account: take the end of the queue, which others may have moved since the read.
    is_free = next_at.does_not_exist() | next_at.between(plan.at, plan.latest)
    return next_at.set((next_at | plan.at) + plan.spacing_ms), is_free
