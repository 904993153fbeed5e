"""The due shelves that one run of the price sync reads, if more are due than it can read.

Each account comes first with as many shelves as it has calls in this run. The rest of the run is
for all other shelves, which expire or are postponed. In both parts the accounts take turns, and in
an account its connections. So the shelves of an account, however many are due, delay only each
other. If there are more accounts than shelves to read, each run begins with others of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from heapq import nsmallest
from typing import NamedTuple

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.planning import ConnectionKey, calls_this_run
from amzlinkr.domain.ports import DailyBudget


class DueEntry(NamedTuple):
    """The name of a due shelf, and its due time in Unix milliseconds."""

    due_at: int
    site_id: str
    marketplace: str
    shelf_id: str

    @property
    def connection_key(self) -> ConnectionKey:
        """Return the connection that refreshes the shelf."""
        return self.site_id, self.marketplace


class AccountCalls(NamedTuple):
    """The account of a connection, and how many calls it has in this run."""

    account: str
    calls: int


FindAccounts = Callable[[list[ConnectionKey]], Mapping[ConnectionKey, AccountCalls]]
"""A function that returns the accounts of connections, as far as it can."""


def without_accounts(_keys: list[ConnectionKey]) -> Mapping[ConnectionKey, AccountCalls]:
    """Return no accounts: each connection then counts as an account with one call."""
    return {}


@dataclass(slots=True)
class DueSelection:
    """A selection of at most `limit` entries; `run` is a number that differs between runs.

    The accounts are only read if there are more entries. At most twice as many as the limit are in
    memory.
    """

    limit: int
    run: int
    find_accounts: FindAccounts = without_accounts
    _accounts: dict[ConnectionKey, AccountCalls] = field(default_factory=dict, init=False)

    def select(self, entries: Iterable[DueEntry]) -> list[DueEntry]:
        """Return the first entries."""
        kept: list[DueEntry] = []
        for entry in entries:
            kept.append(entry)
            if len(kept) >= 2 * self.limit:
                # What is left out here would be left out at the end too: a further entry moves
                # others of its account to later turns, but then it has a turn before them.
                kept = self._first(kept)
        return self._first(kept)

    def _first(self, entries: list[DueEntry]) -> list[DueEntry]:
        if len(entries) <= self.limit:
            return entries
        unknown = {entry.connection_key for entry in entries} - self._accounts.keys()
        self._accounts |= self.find_accounts(sorted(unknown))
        ranked = []
        for account, own in self._by_account(entries).items():
            place = self._place_of(account.account)
            # One more than the calls: it shows that shelves of the account wait for later runs.
            first = account.calls + 1 if account.calls else 0
            ranked += [(turn >= first, turn, place, entry) for turn, entry in enumerate(own)]
        return [entry for *_, entry in nsmallest(self.limit, ranked)]

    def _by_account(self, entries: list[DueEntry]) -> dict[AccountCalls, list[DueEntry]]:
        """Return the entries of each account: the first one of each connection, then the second."""
        places = {key: self._place_of(_name_of(key)) for key in {e.connection_key for e in entries}}
        turns: Counter[ConnectionKey] = Counter()
        found: dict[AccountCalls, list[tuple[int, bytes, DueEntry]]] = {}
        for entry in sorted(entries):
            key = entry.connection_key
            account = self._accounts.get(key, AccountCalls(_name_of(key), 1))
            found.setdefault(account, []).append((turns[key], places[key], entry))
            turns[key] += 1
        return {account: [entry for *_, entry in sorted(own)] for account, own in found.items()}

    def _place_of(self, name: str) -> bytes:
        """Return the place of an account or a connection among all others in this run."""
        return sha256(f"{self.run}/{name}".encode()).digest()


def account_calls(
    keys: Iterable[ConnectionKey],
    connections: Mapping[ConnectionKey, Connection],
    budgets: Mapping[str, DailyBudget],
    now: datetime,
) -> dict[ConnectionKey, AccountCalls]:
    """Return the account of each connection, with its calls in this run.

    A connection that is down, or was deleted, is separate: it gets a probe or no call.
    """
    found = {}
    for key in keys:
        connection = connections.get(key)
        if connection is not None and not connection.is_down:
            calls = calls_this_run(budgets[connection.account_key], now)
            found[key] = AccountCalls(connection.account_key, calls)
        else:
            is_probed = connection is not None and connection.can_be_called(
                now, has_probe_in_flight=False
            )
            found[key] = AccountCalls(_name_of(key), int(is_probed))
    return found


def _name_of(key: ConnectionKey) -> str:
    return "/".join(key)
