"""The due shelves that one run of the price sync reads, if more are due than it can read.

Each account comes first with as many shelves as it has calls in this run. The rest of the run is
for all other shelves, which expire or are postponed. In both parts the accounts take turns, and in
an account its connections. So the shelves of an account, however many are due, delay only each
other. If there are more accounts than shelves to read, each run begins with others of them.

A run reads a fixed number of shelves of sandboxes, which are free: however many sandboxes there
are, their shelves delay those of live sites by the same short time at most.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.planning import ConnectionKey, calls_this_run
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.sites import is_sandbox


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


def limit_sandboxes(entries: Iterable[DueEntry], limit: int) -> Iterator[DueEntry]:
    """Yield the entries of live sites, then at most `limit` of sandboxes, the longest overdue."""
    kept: list[DueEntry] = []
    for entry in entries:
        if not is_sandbox(entry.site_id):
            yield entry
            continue
        insort(kept, entry)
        del kept[limit:]
    yield from kept


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
        ranked, turn, before = [], 0, b""
        for account, _, _, calls, entry in self._by_account(entries):
            turn = turn + 1 if account == before else 0
            before = account
            # One more than the calls: it shows that shelves of the account wait for later runs.
            is_later = turn > calls if calls else True
            ranked.append((is_later, turn, account, entry))
        return [entry for *_, entry in sorted(ranked)[: self.limit]]

    def _by_account(self, entries: list[DueEntry]) -> list[tuple[bytes, int, bytes, int, DueEntry]]:
        """Return the entries sorted by account; in it, each connection's first, then the second.

        Accounts and connections have the order of this run.
        """
        keys = {entry.connection_key for entry in entries}
        self._accounts |= self.find_accounts(sorted(keys - self._accounts.keys()))
        orders = {key: self._order_of(key) for key in keys}
        turns: Counter[ConnectionKey] = Counter()
        rows = []
        for entry in sorted(entries):
            key = entry.connection_key
            account, connection, calls = orders[key]
            rows.append((account, turns[key], connection, calls, entry))
            turns[key] += 1
        return sorted(rows)

    def _order_of(self, key: ConnectionKey) -> tuple[bytes, bytes, int]:
        """Return the places of an account and its connection in this run, and its calls."""
        account = self._accounts.get(key, AccountCalls(_name_of(key), 1))
        return self._place_of(account.account), self._place_of(_name_of(key)), account.calls

    def _place_of(self, name: str) -> bytes:
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
