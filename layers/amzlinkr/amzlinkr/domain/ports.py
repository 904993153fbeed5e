"""What the domain needs from the world, as Protocols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, CallRate
from amzlinkr.domain.catalog import BrowseNode, LookupResult, Search, SearchPage, VariationPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import Secret


class Priority(StrEnum):
    """Who waits for a call: a person, or the price sync. People go first."""

    INTERACTIVE = "interactive"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class DailyBudget:
    """An account's calls of this UTC day, and the pace it may be asked at."""

    used: int = 0
    call_rate: CallRate = INITIAL_CALL_RATE

    @property
    def limit(self) -> int:
        """The calls of the whole day."""
        return self.call_rate.day_limit


class Catalog(Protocol):
    """One Amazon account in one marketplace, whichever API it speaks."""

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """One page of results. Raises `AmazonError`."""
        ...

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """Up to ten products by ASIN, in one call. Raises `AmazonError`."""
        ...

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """Ten of a product's variations, by the ASIN of any of them. Raises `AmazonError`."""
        ...

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """Up to ten categories by number; unknown ones are left out. Raises `AmazonError`."""
        ...


@dataclass(frozen=True, slots=True)
class Reservation:
    """Leave to send one call.

    `left_at` is the steady moment it began; `idle_ms` for how long a call had been free to go
    before; `pace` what was known of the account then.
    """

    granted_at: float
    idle_ms: int = 0
    call_rate: CallRate = INITIAL_CALL_RATE


class RateLimiter(Protocol):
    """The limiter of one Amazon account."""

    def acquire(self, deadline: Deadline) -> Reservation:
        """Return when a call may be sent. Raises `AmazonThrottled` if that is too late."""
        ...

    def on_success(self, reservation: Reservation) -> None:
        """Amazon answered: the account is in order."""
        ...

    def on_throttled(self, reservation: Reservation) -> None:
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
class OutgoingMessage:
    """A message for a queue; those of a `group` come one after another, each `once` comes once."""

    body: object
    message_group: str
    deduplication_id: str


class DeadLetters(Protocol):
    """Where messages are kept that nobody can read."""

    def send_to_dead_letters(self, body: str, reason: str, deduplication_id: str) -> None:
        """Keep a message and the reason. Raises `StoreUnavailable`."""
        ...


class Task(StrEnum):
    """Kinds of work that is completed later."""

    SITE_DELETION = "site_deletion"
    SECRET_DELETION = "secret_deletion"  # noqa: S105 - the name of a task, not a password
    SYNC_REQUEST = "sync_request"


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """Scheduled work: its subject (a site ID or the name of a secret) and when it is due."""

    subject: str
    due_at: datetime
