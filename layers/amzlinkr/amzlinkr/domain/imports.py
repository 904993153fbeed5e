"""Imports: what was asked for, in which calls it is fetched, and what became of each entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from amzlinkr.domain.asins import reference
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.errors import AmzlinkrError, InvalidRequest
from amzlinkr.domain.shelves import MAX_SHELF_SIZE, batches

MAX_INLINE_ITEMS = MAX_SHELF_SIZE
MAX_ITEMS = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one entry of an import failed: a stable code, a sentence, the remedy."""

    code: str
    detail: str
    action: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an import as the site sent it; `problem` if it can never be fetched."""

    input: str
    asin: str | None
    marketplace: str | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to ten distinct ASINs of one marketplace: one GetItems call."""

    number: int
    marketplace: str
    asins: tuple[str, ...]


JobStatus = Literal["queued", "running", "done", "failed"]
Outcome = Problem | None
"""What became of an ASIN: None means it is imported."""


@dataclass(frozen=True, slots=True)
class Job:
    """An import with its chunks, and the outcomes of the chunks that are done."""

    job_id: str
    site_id: str
    entries: tuple[Entry, ...]
    chunks: tuple[Chunk, ...]
    created_at: datetime
    body_hash: str = ""
    outcomes: Mapping[int, Mapping[str, Outcome]] | None = None

    @property
    def by_asin(self) -> dict[tuple[str, str], Outcome]:
        """Outcome per marketplace and ASIN, of finished chunks only."""
        finished = self.outcomes or {}
        return {
            (chunk.marketplace, asin): finished[chunk.number].get(asin)
            for chunk in self.chunks
            if chunk.number in finished
            for asin in chunk.asins
        }

    @property
    def counts(self) -> tuple[int, int]:
        """How many entries are finished, and how many of those failed."""
        known = self.by_asin
        outcomes = [
            entry.problem or known[name]
            for entry in self.entries
            if entry.problem or (name := (entry.marketplace or "", entry.asin or "")) in known
        ]
        return len(outcomes), sum(outcome is not None for outcome in outcomes)

    @property
    def status(self) -> JobStatus:
        """`queued`, `running`, `done`, or `failed` if every chunk failed for the same reason."""
        finished = len(self.outcomes or {})
        if finished < len(self.chunks):
            return "running" if finished else "queued"
        problems = list(self.by_asin.values())
        causes = {outcome.code for outcome in problems if outcome is not None}
        account_failed = len(causes) == 1 and None not in problems and "not_found" not in causes
        return "failed" if problems and account_failed else "done"


def entry_of(text: str, index: int, default_marketplace: str) -> Entry:
    """Read one line; a line that names no product becomes an entry with its problem."""
    try:
        named = reference(text, f"items[{index}]")
    except InvalidRequest as error:
        return Entry(text, None, None, Problem(error.code, error.detail, error.action, error.field))
    shop = named.marketplace.code if named.marketplace else default_marketplace
    return Entry(text, named.asin, shop)


def chunks_of(entries: Sequence[Entry]) -> tuple[Chunk, ...]:
    """Full calls: distinct ASINs in tens, never two marketplaces in one."""
    shops: dict[str, list[str]] = {}
    for entry in entries:
        if entry.asin and entry.marketplace:
            shops.setdefault(entry.marketplace, []).append(entry.asin)
    calls = [(shop, asins) for shop, all_asins in shops.items() for asins in batches(all_asins)]
    return tuple(Chunk(number, shop, asins) for number, (shop, asins) in enumerate(calls))


def outcomes_of(chunk: Chunk, lookup: LookupResult) -> dict[str, Outcome]:
    """What a GetItems answer means for each ASIN that was asked for."""
    return {
        asin: None if asin in lookup.found else _missing(asin, chunk, lookup.refused.get(asin))
        for asin in chunk.asins
    }


def problem_of(error: AmzlinkrError) -> Problem:
    """An error that hit a whole call, as the problem of each of its entries."""
    return Problem(error.code, error.detail, error.action)


def _missing(asin: str, chunk: Chunk, code: str | None) -> Problem:
    if code == "ItemNotAccessible":
        return Problem(
            "not_accessible",
            f"Amazon does not give {asin} out through its API.",
            "Choose another product; this one can only be shown on Amazon itself.",
        )
    if code == "Unreadable":
        return Problem(
            "amazon_unavailable",
            f"Amazon's answer for {asin} could not be read.",
            "Try again in a few minutes.",
        )
    return Problem(
        "not_found",
        f"Amazon does not know {asin} in the {chunk.marketplace} marketplace.",
        "Check the ASIN, or choose the marketplace in which the product is sold.",
    )
