"""A model of the limiter's conditional write, in memory."""

from dataclasses import replace

from amzlinkr.domain.reservations import Held, LimiterState, ReservationPlan


def written(
    stored: LimiterState, known: LimiterState, plan: ReservationPlan, successes: int = 0
) -> LimiterState | None:
    """Return the stored state after the write of a plan, or None on a conflict.

    `known` is the state that the plan was decided on; `stored` may be newer.
    """
    if not (_is_countable(stored, known, plan) and _is_free(stored, known, plan)):
        return None
    same = (stored.call_rate.interval_ms, stored.call_rate.consecutive_429s)
    if same != (known.call_rate.interval_ms, known.call_rate.consecutive_429s):
        return None
    starts_day = known.day is not None and known.day < plan.day
    before = plan.at if plan.latest is None else stored.next_at or plan.at
    rate = plan.call_rate
    if plan.call_rate == known.call_rate:
        streak = 0 if plan.ends_success_streak else stored.call_rate.consecutive_successes
        added = 0 if plan.ends_success_streak else successes
        rate = replace(stored.call_rate, consecutive_successes=streak + added)
    return LimiterState(
        rate,
        next_at=before + plan.spacing_ms,
        free_since=stored.free_since if plan.replaces else stored.next_at,
        day=stored.day if known.day is not None and not starts_day else plan.day,
        used=1 if starts_day else stored.used + (not plan.is_counted),
        reservation_id=plan.reservation_id,
    )


def given_back(stored: LimiterState, held: Held) -> LimiterState | None:
    """Return the stored state after a reservation was given back, or None on a conflict."""
    if not held.is_last_in(stored) or stored.day != held.state.day:
        return None
    return replace(stored, next_at=held.at, used=stored.used - 1, reservation_id="")


def _is_countable(stored: LimiterState, known: LimiterState, plan: ReservationPlan) -> bool:
    if plan.is_counted:
        return stored.day == plan.day
    within_limit = stored.used < plan.daily_limit
    if known.day is None:
        return stored.day is None or (stored.day == plan.day and within_limit)
    if known.day < plan.day:
        return stored.day is not None and stored.day < plan.day
    return stored.day == known.day and within_limit


def _is_free(stored: LimiterState, known: LimiterState, plan: ReservationPlan) -> bool:
    if plan.replaces:
        return (stored.reservation_id, stored.next_at) == (plan.replaces, known.next_at)
    if not stored.next_at:
        return True
    if plan.latest is None:
        return stored.next_at <= plan.at
    return plan.at <= stored.next_at <= plan.latest
