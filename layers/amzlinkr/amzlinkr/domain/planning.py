"""The plan of one run of the price sync: which shelves are sent, within each account's budget.

A due shelf waits if its account has no calls left for this run. The longest overdue shelf of a site
is first, so the time between two refreshes grows equally for all shelves of a site. Sites of one
account take turns, so a site with many shelves does not delay one with few. Shelves with products
that are about to reach the 24 hours of Amazon's license come before all others.

The shelves of sandboxes, which use the same queue and workers, come after those of all live sites.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest

from amzlinkr.domain.clock import next_midnight, to_unix_ms
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.ports import DailyBudget, Priority
from amzlinkr.domain.reservations import daily_limit
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import is_sandbox

RUN_INTERVAL = timedelta(minutes=5)
MAX_NORMAL_DELAY = 3 * RUN_INTERVAL
"""The time in which a due shelf is planned and refreshed if its account has calls left."""
URGENT_BEFORE_EXPIRY = timedelta(hours=2)
"""A shelf with products that expire within this time is urgent."""
TWO_GROUPS_BELOW_MS = 300
"""An account with a shorter interval has two message groups. With a single group it would lose time
between two batches of ten."""

ConnectionKey = tuple[str, str]
"""Site ID and marketplace code: the identity of a connection."""


@dataclass(slots=True)
class SyncRun:
    """The shelves to send, in order, and those to postpone because their account is down.

    `delayed` is the number of shelves that wait for a later run, and `over_budget` contains the
    keys of their accounts.
    """

    send: list[Shelf] = field(default_factory=list)
    deferred: list[Shelf] = field(default_factory=list)
    delayed: int = 0
    over_budget: set[str] = field(default_factory=set)


def plan_run(
    due: Iterable[Shelf],
    connections: Mapping[ConnectionKey, Connection],
    budgets: Mapping[str, DailyBudget],
    now: datetime,
) -> SyncRun:
    """Decide on all due shelves. Leased ones count against the budget of their account."""
    run = SyncRun()
    probed: set[ConnectionKey] = set()
    in_flight: dict[str, int] = {}
    by_account: dict[str, list[Shelf]] = {}
    for shelf in sorted(due, key=lambda shelf: (shelf.due_at, shelf.shelf_id)):
        key = shelf.site_id, shelf.marketplace
        connection, has_probe = connections.get(key), key in probed
        if connection is not None and shelf.is_leased(now):
            in_flight[connection.account_key] = (
                in_flight.get(connection.account_key, 0) + shelf.calls
            )
        elif connection is None or not connection.can_be_called(now, has_probe_in_flight=has_probe):
            run.deferred.append(shelf)
        else:
            # Only read for connections that are down: their first shelf is the probe.
            probed.add(key)
            by_account.setdefault(connection.account_key, []).append(shelf)
    shares = []
    for account_key, shelves in by_account.items():
        calls = calls_this_run(budgets[account_key], now) - in_flight.get(account_key, 0)
        shares.append(first_within(prioritize(shelves, now), calls))
        if delayed := len(shelves) - len(shares[-1]):
            run.delayed += delayed
            run.over_budget.add(account_key)
    live = [share for share in shares if share and not is_sandbox(share[0].site_id)]
    sandboxes = [share for share in shares if share and is_sandbox(share[0].site_id)]
    run.send = interleave(live) + interleave(sandboxes)
    return run


def prioritize(shelves: Iterable[Shelf], now: datetime) -> list[Shelf]:
    """Return the due shelves of one account in order of priority.

    Urgent shelves come first. Then the first shelf of every site comes before the second of any.
    `shelves` must be sorted, the longest overdue first.
    """
    urgent: dict[str, list[Shelf]] = {}
    others: dict[str, list[Shelf]] = {}
    for shelf in shelves:
        expiry = shelf.next_expiry
        group = urgent if expiry is not None and expiry - now <= URGENT_BEFORE_EXPIRY else others
        group.setdefault(shelf.site_id, []).append(shelf)
    return interleave(urgent.values()) + interleave(others.values())


def first_within(shelves: Sequence[Shelf], calls: int) -> list[Shelf]:
    """Return the first shelves, as long as a call is left.

    The last of them can be a list that needs two calls more than are left. Otherwise an account
    with one call per run would never refresh it. The next run has as many calls fewer.
    """
    selected: list[Shelf] = []
    for shelf in shelves:
        if calls <= 0:
            break
        selected.append(shelf)
        calls -= shelf.calls
    return selected


def interleave(rows: Iterable[list[Shelf]]) -> list[Shelf]:
    """Return the first shelf of each row, then the second of each, and so on."""
    return [shelf for column in zip_longest(*rows) for shelf in column if shelf is not None]


def calls_this_run(budget: DailyBudget, now: datetime, priority: Priority = Priority.SYNC) -> int:
    """Return how many calls of a priority an account may use until the next run.

    That is the smaller of what its call rate allows and an even share of the rest of the day, so
    that prices are as fresh in the evening as in the morning.
    """
    rate = budget.call_rate
    # More calls would still be in the queue at the next run.
    by_rate = int(RUN_INTERVAL / timedelta(milliseconds=rate.interval_ms))
    rest_of_day = next_midnight(now) - now
    remaining_runs = max(1.0, rest_of_day / RUN_INTERVAL)
    allowance = daily_limit(rate, to_unix_ms(now), priority)
    share = -int(-(allowance - budget.used) // remaining_runs)  # rounded up: use the last calls too
    return max(0, min(by_rate, share))


def message_group_of(account_key: str, budget: DailyBudget, number: int) -> str:
    """Return the message group of an account's shelf; a group's batches are processed in order."""
    if budget.call_rate.interval_ms >= TWO_GROUPS_BELOW_MS:
        return account_key
    return f"{account_key}-{number % 2}"


def actual_intervals(
    shelves: Iterable[Shelf], configured: timedelta, now: datetime
) -> dict[str, timedelta]:
    """Return, per marketplace, the actual time between two refreshes of a product.

    That is the configured interval, plus the delay of the longest overdue shelf if it is longer
    than normal.
    """
    intervals: dict[str, timedelta] = {}
    for shelf in shelves:
        delay = now - shelf.due_at
        actual = configured + (delay if delay > MAX_NORMAL_DELAY else timedelta())
        intervals[shelf.marketplace] = max(actual, intervals.get(shelf.marketplace, configured))
    return intervals
