"""What the domain needs from the world, as Protocols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.searching import Found, Lookup, Search


class Lane(StrEnum):
    """Who waits for a call: a person, or the price sync. People go first."""

    INTERACTIVE = "interactive"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Budget:
    """An account's calls of this UTC day."""

    used: int
    limit: int


class Catalog(Protocol):
    """One Amazon account in one marketplace, whichever API it speaks."""

    def search(self, search: Search, deadline: Deadline) -> Found:
        """One page of results. Raises `AmazonError`."""
        ...

    def items(self, asins: Sequence[str], deadline: Deadline) -> Lookup:
        """Up to ten products by ASIN, in one call. Raises `AmazonError`."""
        ...


class Pacer(Protocol):
    """The limiter of one Amazon account."""

    def wait(self, deadline: Deadline) -> None:
        """Return when a call may be sent. Raises `AmazonThrottled` if that is too late."""
        ...

    def went_well(self) -> None:
        """Amazon answered: the account is in order."""
        ...

    def slow_down(self) -> None:
        """Amazon answered 429: leave the account alone for a while."""
        ...
