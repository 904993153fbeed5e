"""What the price sync sends to the workers in one round, within each credential's budget.

A due shelf waits when its credential has no calls left for this round, and the longest overdue of
its site comes first: so the time between two refreshes grows for all shelves of a site alike, and a
site with many cannot hold up one with few. What is about to pass the 24 hours of Amazon's licence
goes before everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.shelves import Shelf

RUN_INTERVAL = timedelta(minutes=5)
MAX_NORMAL_DELAY = 3 * RUN_INTERVAL
"""Within this time a due shelf is planned and refreshed when its account has calls to spare."""
URGENT_BEFORE_EXPIRY = timedelta(hours=2)
"""A shelf whose products expire within this time goes first."""
SEVERAL_GROUPS_BELOW_MS = 300
"""A credential that may be asked this often has two message groups: one worker alone would lose
time between its batches of ten."""

ConnectionKey = tuple[str, str]
"""A site id and a marketplace: what a connection belongs to."""


@dataclass(slots=True)
class SyncRun:
    """What to send, in order; what to leave alone, its account being down; what waits its turn."""

    send: list[Shelf] = field(default_factory=list)
    deferred: list[Shelf] = field(default_factory=list)
    delayed: int = 0


def plan_run(
    due: Iterable[Shelf],
    connections: Mapping[ConnectionKey, Connection],
    budgets: Mapping[str, DailyBudget],
    now: datetime,
) -> SyncRun:
    """Decide on all due shelves; those that workers hold already count against the budget."""
    planned = SyncRun()
    asked: set[ConnectionKey] = set()
    in_flight: dict[str, int] = {}
    by_credential: dict[str, list[Shelf]] = {}
    for shelf in sorted(due, key=lambda shelf: (shelf.due_at, shelf.shelf_id)):
        account = shelf.site_id, shelf.marketplace
        connection, is_probed = connections.get(account), account in asked
        if connection is not None and shelf.is_leased(now):
            in_flight[connection.account_key] = in_flight.get(connection.account_key, 0) + 1
        elif connection is None or not connection.can_be_called(now, has_probe_in_flight=is_probed):
            planned.deferred.append(shelf)
        else:
            asked.add(account)
            by_credential.setdefault(connection.account_key, []).append(shelf)
    shares = []
    for quota_id, shelves in by_credential.items():
        calls = calls_this_run(budgets[quota_id], now) - in_flight.get(quota_id, 0)
        shares.append(prioritize(shelves, now)[: max(0, calls)])
        planned.delayed += len(shelves) - len(shares[-1])
    planned.send = interleave(shares)
    return planned


def prioritize(shelves: Iterable[Shelf], now: datetime) -> list[Shelf]:
    """One credential's due shelves: the urgent first, then every site's first before any second.

    `shelves` come longest overdue first.
    """
    urgent: dict[str, list[Shelf]] = {}
    others: dict[str, list[Shelf]] = {}
    for shelf in shelves:
        expiry = shelf.next_expiry
        kind = urgent if expiry is not None and expiry - now <= URGENT_BEFORE_EXPIRY else others
        kind.setdefault(shelf.site_id, []).append(shelf)
    return interleave(urgent.values()) + interleave(others.values())


def interleave(rows: Iterable[list[Shelf]]) -> list[Shelf]:
    """The first of each row, then the second of each, and so on."""
    return [shelf for column in zip_longest(*rows) for shelf in column if shelf is not None]


def calls_this_run(budget: DailyBudget, now: datetime) -> int:
    """How many calls a credential has until the next round: what its pace allows, and its even
    share of what is left of the day, so that the evening's prices are as fresh as the morning's."""
    pace = budget.call_rate
    by_pace = int(RUN_INTERVAL / timedelta(milliseconds=pace.interval_ms))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rounds_left = max(1.0, (midnight - now) / RUN_INTERVAL)
    left = pace.daily_allowance(
        interactive=False, remaining_day_fraction=(midnight - now) / timedelta(days=1)
    )
    share = -int(-(left - budget.used) // rounds_left)
    return max(0, min(by_pace, share))


def message_group_of(account_key: str, budget: DailyBudget, number: int) -> str:
    """The message group of a credential's shelf: its messages come one batch after another."""
    if budget.call_rate.interval_ms >= SEVERAL_GROUPS_BELOW_MS:
        return account_key
    return f"{account_key}-{number % 2}"


def actual_intervals(
    shelves: Iterable[Shelf], asked: timedelta, now: datetime
) -> dict[str, timedelta]:
    """How long a marketplace's products really go between two refreshes: the interval asked for,
    and for how long the longest overdue shelf has waited for its turn beyond the usual."""
    intervals: dict[str, timedelta] = {}
    for shelf in shelves:
        waited = now - shelf.due_at
        actual = asked + (waited if waited > MAX_NORMAL_DELAY else timedelta())
        intervals[shelf.marketplace] = max(actual, intervals.get(shelf.marketplace, asked))
    return intervals
