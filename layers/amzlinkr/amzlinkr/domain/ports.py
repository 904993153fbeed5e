"""What the domain needs from the world, as Protocols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from amzlinkr.domain.call_rate import NEW_ACCOUNT, Pace
from amzlinkr.domain.catalog import BrowseNode, Family, Found, Lookup, Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import Secret


class Lane(StrEnum):
    """Who waits for a call: a person, or the price sync. People go first."""

    INTERACTIVE = "interactive"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Budget:
    """An account's calls of this UTC day, and the pace it may be asked at."""

    used: int = 0
    pace: Pace = NEW_ACCOUNT

    @property
    def limit(self) -> int:
        """The calls of the whole day."""
        return self.pace.day_limit


class Catalog(Protocol):
    """One Amazon account in one marketplace, whichever API it speaks."""

    def search(self, search: Search, deadline: Deadline) -> Found:
        """One page of results. Raises `AmazonError`."""
        ...

    def items(self, asins: Sequence[str], deadline: Deadline) -> Lookup:
        """Up to ten products by ASIN, in one call. Raises `AmazonError`."""
        ...

    def variations(self, asin: str, page: int, deadline: Deadline) -> Family:
        """Ten of a product's variations, by the ASIN of any of them. Raises `AmazonError`."""
        ...

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """Up to ten categories by number; unknown ones are left out. Raises `AmazonError`."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to send one call.

    `left_at` is the steady moment it began; `idle_ms` for how long a call had been free to go
    before; `pace` what was known of the account then.
    """

    left_at: float
    idle_ms: int = 0
    pace: Pace = NEW_ACCOUNT


class Pacer(Protocol):
    """The limiter of one Amazon account."""

    def wait(self, deadline: Deadline) -> Turn:
        """Return when a call may be sent. Raises `AmazonThrottled` if that is too late."""
        ...

    def went_well(self, turn: Turn) -> None:
        """Amazon answered: the account is in order."""
        ...

    def slow_down(self, turn: Turn) -> None:
        """Amazon answered 429: leave the account alone for a while."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A Creators API access token, and the moment from which it is not to be used any more."""

    value: Secret
    expires_at: datetime


class TokenCache(Protocol):
    """The tokens of one credential that other processes fetched. It may forget at any time, and
    never fails: without it, everybody fetches a token of their own."""

    def load(self) -> Token | None:
        """The newest shared token."""
        ...

    def claim(self) -> bool:
        """Whether the caller is the one to fetch the next token; the others wait for it."""
        ...

    def store(self, token: Token) -> None:
        """Share a new token."""
        ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for a queue; those of a `group` come one after another, each `once` comes once."""

    body: object
    group: str
    once: str


class DeadLetters(Protocol):
    """Where messages are kept that nobody can read."""

    def lay_aside(self, body: str, reason: str, once: str) -> None:
        """Keep a message and the reason. Raises `StoreUnavailable`."""
        ...
