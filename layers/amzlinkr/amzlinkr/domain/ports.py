"""The interfaces between the domain and its adapters, as Protocols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, CallRate
from amzlinkr.domain.catalog import BrowseNode, LookupResult, Search, SearchPage, VariationPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import Secret

T = TypeVar("T")
R = TypeVar("R")


class Priority(StrEnum):
    """The purpose of a call: `interactive` if a person waits, `import` for a job, or `sync`.

    The rate limiter serves interactive calls first. Only the price sync may use all calls of a day.
    """

    INTERACTIVE = "interactive"
    IMPORT = "import"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class DailyBudget:
    """The calls of an account in the current UTC day, and its call rate."""

    used: int = 0
    call_rate: CallRate = INITIAL_CALL_RATE

    @property
    def limit(self) -> int:
        """Return the maximum number of calls per day."""
        return self.call_rate.day_limit


class Catalog(Protocol):
    """One Amazon account in one marketplace, through either of Amazon's APIs."""

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """Return one page of search results.

        Raises:
            AmazonError: Amazon refused the call, or the call failed.
        """
        ...

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """Return up to ten products by ASIN, in one call.

        Raises:
            AmazonError: Amazon refused the call, or the call failed.
        """
        ...

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """Return one page of ten variations of a product, by the ASIN of any of them.

        Raises:
            AmazonError: Amazon refused the call, or the call failed.
        """
        ...

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """Return up to ten browse nodes by ID; unknown IDs are omitted.

        Raises:
            AmazonError: Amazon refused the call, or the call failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reservation:
    """Permission to send one call.

    `granted_at` is a reading of the monotonic clock. `idle_ms` is how long the account had been
    free for a call before. `call_rate` is the call rate of the account at that time.
    """

    granted_at: float
    idle_ms: int = 0
    call_rate: CallRate = INITIAL_CALL_RATE


class RateLimiter(Protocol):
    """The limiter of one Amazon account."""

    def acquire(self, deadline: Deadline) -> Reservation:
        """Wait until a call may be sent.

        Raises:
            AmazonThrottled: No call can be sent before the deadline.
        """
        ...

    def on_success(self, reservation: Reservation) -> None:
        """Record that Amazon accepted the call."""
        ...

    def on_throttled(self, reservation: Reservation) -> None:
        """Record that Amazon responded with 429, and delay the next calls of the account."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A Creators API access token, and the time from which it must not be used."""

    value: Secret
    expires_at: datetime


class TokenCache(Protocol):
    """A cache that shares the tokens of one credential between processes.

    Entries may be lost at any time, and no method raises. Without a shared token, each process
    fetches its own.
    """

    def load(self) -> Token | None:
        """Return the newest shared token, or None."""
        ...

    def claim(self) -> bool:
        """Try to claim the fetch of the next token.

        Returns True for one caller at a time; the others wait for its token.
        """
        ...

    def store(self, token: Token) -> None:
        """Share a new token."""
        ...


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message for a FIFO queue.

    Messages with the same `message_group` are delivered in order. Of messages with the same
    `deduplication_id`, only the first is delivered.
    """

    body: object
    message_group: str
    deduplication_id: str


class DeadLetters(Protocol):
    """The queue for messages that cannot be decoded."""

    def send_to_dead_letters(self, body: str, reason: str, deduplication_id: str) -> None:
        """Store a message together with the reason.

        Raises:
            StoreUnavailable: The queue did not accept the message.
        """
        ...


class Task(StrEnum):
    """Kinds of work that is completed later."""

    SITE_DELETION = "site_deletion"
    SECRET_DELETION = "secret_deletion"  # noqa: S105 - the name of a task, not a password
    SYNC_REQUEST = "sync_request"
    ACCOUNT_RECOVERY = "account_recovery"


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """Scheduled work: its subject (a site, a connection, or a secret) and when it is due."""

    subject: str
    due_at: datetime


class SecretStore(Protocol):
    """A store of secrets by name, each with its versions.

    The name ends in `/<site_id>/<marketplace>/<n>`. All methods raise `StoreUnavailable` if the
    store fails.
    """

    def create(self, name: str, content: str) -> str:
        """Store a new secret under an unused name. Return the ID of its version."""
        ...

    def put_version(self, name: str, current: str, content: str) -> str | None:
        """Store a new version beside the current one. Return its ID.

        Returns None if the secret has been deleted.
        """
        ...

    def keeps_version(self, name: str, version: str) -> bool:
        """Return True if the secret exists and will keep this version. Reads no content."""
        ...

    def read(self, name: str, version: str) -> str | None:
        """Return the content of a version, or None if the secret has been deleted."""
        ...

    def delete(self, name: str) -> None:
        """Delete a secret with all its versions. Deleted secrets are ignored."""
        ...


class Ciphertexts(Protocol):
    """A table of encrypted secrets: one ciphertext for each version."""

    def create(self, name: str, version: str, ciphertext: str) -> None:
        """Store the first version of a secret."""
        ...

    def add(self, name: str, current: str, version: str, ciphertext: str) -> bool:
        """Store another version, unless the current one has been deleted. Return True if stored."""
        ...

    def contains(self, name: str, version: str) -> bool:
        """Return True if a version is stored."""
        ...

    def get(self, name: str, version: str) -> str | None:
        """Return the ciphertext of a version, or None."""
        ...

    def delete(self, name: str) -> None:
        """Delete all versions of a secret."""
        ...


class MapConcurrently(Protocol):
    """A function that applies work to each item, concurrently if that is faster."""

    def __call__(self, items: Sequence[T], work: Callable[[T], R]) -> list[R]:
        """Return the result of `work` for each item, in the order of the items."""
        ...
