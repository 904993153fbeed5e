"""Imports: the requested entries, the calls that fetch them, and the outcome of each entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from amzlinkr.domain.amazon_errors import AmazonError, Upstream
from amzlinkr.domain.asins import parse_reference
from amzlinkr.domain.errors import (
    AmzlinkrError,
    IdempotencyMismatch,
    InvalidRequest,
    NotConnected,
)
from amzlinkr.domain.shelves import MAX_SHELF_SIZE, batches
from amzlinkr.domain.sites import Site, is_sandbox

MAX_INLINE_ITEMS = MAX_SHELF_SIZE
MAX_ITEMS = 1_000
MAX_ECHOED_CHARS = 200
"""The characters of an entry that are stored and returned."""
MAX_WAITING_RESULTS = 70
"""The waiting products in a page of a job's results. Sites without API access have many, and the
service reads each one."""
MAX_JOB_WAIT = timedelta(hours=23)
"""How long a job waits for its account. The rest of its 24 hours is left to read its results."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The reason why an import entry failed: the parts of its error that vary.

    The code selects the rest: title, status, and whether a repetition may help.
    """

    code: str
    detail: str
    action: str
    field: str | None = None
    retry_after: int | None = None
    upstream: Upstream | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an import request, cut. `problem` is set if the line cannot be imported."""

    input: str
    asin: str | None = None
    marketplace: str | None = None
    problem: Problem | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Return marketplace code and ASIN, each an empty text if the line names none."""
        return self.marketplace or "", self.asin or ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to ten distinct ASINs of one marketplace: one GetItems call."""

    number: int
    marketplace: str
    asins: tuple[str, ...]


JobStatus = Literal["queued", "running", "done", "failed"]
"""The state of an import job.

- `queued`: No entry was processed yet.
- `running`: Some entries were processed.
- `done`: All entries were processed.
- `failed`: All entries failed with the same problem of the Amazon account.
"""
WAITING: Final = "waiting"
"""The outcome of an ASIN that its account cannot retrieve: it is stored, and retrieved later."""
Outcome = Problem | Literal["waiting"] | None
"""The outcome of an ASIN; None means that it was imported."""


@dataclass(frozen=True, slots=True)
class Job:
    """An import with its chunks, and the outcomes by ASIN of each finished chunk number."""

    job_id: str
    site_id: str
    entries: tuple[Entry, ...]
    chunks: tuple[Chunk, ...]
    created_at: datetime
    body_hash: str = ""
    outcomes: Mapping[int, Mapping[str, Outcome]] = field(default_factory=dict)

    @property
    def marketplaces(self) -> tuple[str, ...]:
        """Return the codes of the marketplaces of which the job has chunks."""
        return tuple(dict.fromkeys(chunk.marketplace for chunk in self.chunks))

    def next_chunk(self, marketplace: str) -> Chunk | None:
        """Return the first chunk of a marketplace that is not finished, or None."""
        unfinished = (chunk for chunk in self.chunks if chunk.number not in self.outcomes)
        return next((chunk for chunk in unfinished if chunk.marketplace == marketplace), None)

    def can_wait(self, now: datetime) -> bool:
        """Return True if the job can wait for a throttled account.

        A job of a sandbox cannot: its throttling is simulated, and does not pass.
        """
        return not is_sandbox(self.site_id) and now < self.created_at + MAX_JOB_WAIT

    def check_payload(self, body_hash: str) -> Job:
        """Return the job, or raise `IdempotencyMismatch` if its body was different."""
        if self.body_hash != body_hash:
            raise IdempotencyMismatch
        return self

    def with_outcomes(self, chunk: Chunk, outcomes: Mapping[str, Outcome]) -> Job:
        """Return the job after a chunk is finished."""
        return replace(self, outcomes={**self.outcomes, chunk.number: outcomes})

    @property
    def by_asin(self) -> dict[tuple[str, str], Outcome]:
        """Return the outcomes of finished chunks by marketplace code and ASIN."""
        return {
            (chunk.marketplace, asin): self.outcomes[chunk.number].get(asin)
            for chunk in self.chunks
            if chunk.number in self.outcomes
            for asin in chunk.asins
        }

    def page(self, start: int, limit: int) -> tuple[Entry, ...]:
        """Return up to `limit` entries from an index on, and few that wait."""
        known, waiting = self.by_asin, 0
        entries = self.entries[start : start + limit]
        for number, entry in enumerate(entries):
            waiting += known.get(entry.name) == WAITING
            if waiting > MAX_WAITING_RESULTS:
                return entries[:number]
        return entries

    @property
    def counts(self) -> tuple[int, int]:
        """Return the number of finished entries, and the number of those that failed."""
        known = self.by_asin
        outcomes = [
            entry.problem or known[entry.name]
            for entry in self.entries
            if entry.problem or entry.name in known
        ]
        return len(outcomes), sum(isinstance(outcome, Problem) for outcome in outcomes)

    @property
    def status(self) -> JobStatus:
        """Return the status; it is `failed` if every product failed with the same account error."""
        finished = len(self.outcomes)
        if finished < len(self.chunks):
            return "running" if finished else "queued"
        outcomes = self.by_asin.values()
        causes = {one.code if isinstance(one, Problem) else None for one in outcomes}
        # Missing products are an ordinary result, and different causes are not the account.
        account_failed = len(causes) == 1 and causes.isdisjoint({None, "not_found"})
        return "failed" if account_failed else "done"


@dataclass(frozen=True, slots=True)
class PendingJob:
    """A job with unfinished chunks of one marketplace, which need a new message from `due_at` on.

    A job with chunks of several marketplaces is pending in each of them.
    """

    site_id: str
    marketplace: str
    job_id: str
    created_at: datetime
    due_at: datetime

    def next_due_at(self, now: datetime) -> datetime:
        """Return the due time after a message at `now`: after as long as the job is pending.

        So a job that waits in a long queue gets few messages, and a new one is continued soon.
        """
        return now + (now - self.created_at)


def entry_of(text: str, index: int, default_marketplace: str | None) -> Entry:
    """Return the entry for one line; a line that names no product gets a problem."""
    try:
        named = parse_reference(text, f"items[{index}]")
    except InvalidRequest as error:
        return Entry(text[:MAX_ECHOED_CHARS], problem=problem_of(error))
    marketplace_code = named.marketplace.code if named.marketplace else default_marketplace
    return Entry(text[:MAX_ECHOED_CHARS], named.asin, marketplace_code)


def check_connection(entry: Entry, site: Site) -> Entry:
    """Return the entry, with a problem if the site has no connection for its marketplace.

    Raises:
        SiteSuspended: The site is suspended.
    """
    if entry.problem is not None:
        return entry
    try:
        site.connection(entry.marketplace)
    except NotConnected as error:
        return replace(entry, problem=problem_of(error))
    return entry


def chunks_of(entries: Sequence[Entry]) -> tuple[Chunk, ...]:
    """Return full calls: distinct ASINs in tens, each call for a single marketplace."""
    by_marketplace: dict[str, list[str]] = {}
    for entry in entries:
        if entry.asin and entry.marketplace and entry.problem is None:
            by_marketplace.setdefault(entry.marketplace, []).append(entry.asin)
    calls = [(code, call) for code, asins in by_marketplace.items() for call in batches(asins)]
    return tuple(Chunk(number, code, asins) for number, (code, asins) in enumerate(calls))


def problem_of(error: AmzlinkrError) -> Problem:
    """Return an error as the problem of an entry."""
    upstream = error.upstream if isinstance(error, AmazonError) else None
    # Only some errors refer to a field of the request. The marketplace may be that of a URL.
    field = None if isinstance(error, NotConnected) else getattr(error, "field", None)
    return Problem(error.code, error.detail, error.action, field, error.retry_after, upstream)
