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
from amzlinkr.domain.ports import Budget
from amzlinkr.domain.shelves import Shelf

ROUND = timedelta(minutes=5)
USUAL_WAIT = 3 * ROUND
"""Within this time a due shelf is planned and refreshed when its account has calls to spare."""
URGENT = timedelta(hours=2)
"""A shelf whose products expire within this time goes first."""
SEVERAL_GROUPS_BELOW_MS = 300
"""A credential that may be asked this often has two message groups: one worker alone would lose
time between its batches of ten."""

Account = tuple[str, str]
"""A site id and a marketplace: what a connection belongs to."""


@dataclass(slots=True)
class Round:
    """What to send, in order; what to leave alone, its account being down; what waits its turn."""

    send: list[Shelf] = field(default_factory=list)
    rest: list[Shelf] = field(default_factory=list)
    waiting: int = 0


def plan_round(
    due: Iterable[Shelf],
    connections: Mapping[Account, Connection],
    budgets: Mapping[str, Budget],
    now: datetime,
) -> Round:
    """Decide on all due shelves; those that workers hold already count against the budget."""
    planned = Round()
    asked: set[Account] = set()
    in_flight: dict[str, int] = {}
    by_credential: dict[str, list[Shelf]] = {}
    for shelf in sorted(due, key=lambda shelf: (shelf.due_at, shelf.shelf_id)):
        account = shelf.site_id, shelf.marketplace
        connection, is_probed = connections.get(account), account in asked
        if connection is not None and shelf.is_leased(now):
            in_flight[connection.quota_id] = in_flight.get(connection.quota_id, 0) + 1
        elif connection is None or not connection.may_be_asked(now, is_probed=is_probed):
            planned.rest.append(shelf)
        else:
            asked.add(account)
            by_credential.setdefault(connection.quota_id, []).append(shelf)
    shares = []
    for quota_id, shelves in by_credential.items():
        calls = calls_this_round(budgets[quota_id], now) - in_flight.get(quota_id, 0)
        shares.append(in_order(shelves, now)[: max(0, calls)])
        planned.waiting += len(shelves) - len(shares[-1])
    planned.send = interleaved(shares)
    return planned


def in_order(shelves: Iterable[Shelf], now: datetime) -> list[Shelf]:
    """One credential's due shelves: the urgent first, then every site's first before any second.

    `shelves` come longest overdue first.
    """
    urgent: dict[str, list[Shelf]] = {}
    others: dict[str, list[Shelf]] = {}
    for shelf in shelves:
        expiry = shelf.next_expiry
        kind = urgent if expiry is not None and expiry - now <= URGENT else others
        kind.setdefault(shelf.site_id, []).append(shelf)
    return interleaved(urgent.values()) + interleaved(others.values())


def interleaved(rows: Iterable[list[Shelf]]) -> list[Shelf]:
    """The first of each row, then the second of each, and so on."""
    return [shelf for column in zip_longest(*rows) for shelf in column if shelf is not None]


def calls_this_round(budget: Budget, now: datetime) -> int:
    """How many calls a credential has until the next round: what its pace allows, and its even
    share of what is left of the day, so that the evening's prices are as fresh as the morning's."""
    pace = budget.pace
    by_pace = int(ROUND / timedelta(milliseconds=pace.interval_ms))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rounds_left = max(1.0, (midnight - now) / ROUND)
    left = pace.calls_a_day(for_people=False, day_left=(midnight - now) / timedelta(days=1))
    share = -int(-(left - budget.used) // rounds_left)
    return max(0, min(by_pace, share))


def group_of(quota_id: str, budget: Budget, number: int) -> str:
    """The message group of a credential's shelf: its messages come one batch after another."""
    if budget.pace.interval_ms >= SEVERAL_GROUPS_BELOW_MS:
        return quota_id
    return f"{quota_id}-{number % 2}"


def actual_intervals(
    shelves: Iterable[Shelf], asked: timedelta, now: datetime
) -> dict[str, timedelta]:
    """How long a marketplace's products really go between two refreshes: the interval asked for,
    and for how long the longest overdue shelf has waited for its turn beyond the usual."""
    intervals: dict[str, timedelta] = {}
    for shelf in shelves:
        waited = now - shelf.due_at
        actual = asked + (waited if waited > USUAL_WAIT else timedelta())
        intervals[shelf.marketplace] = max(actual, intervals.get(shelf.marketplace, asked))
    return intervals
