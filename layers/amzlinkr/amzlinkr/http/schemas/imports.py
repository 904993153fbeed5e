"""Response types about imports."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.domain.imports import JobStatus
from amzlinkr.http.schemas.problems import EntryProblem
from amzlinkr.http.schemas.products import ProductOut

ResultStatus = Literal["imported", "waiting", "not_found", "failed", "queued"]
"""Result of one entry of an import.

- `imported`: The product is stored, with its content.
- `waiting`: The product is stored. Its content is retrieved when the account has API access; one
  that was imported before keeps its content.
- `not_found`: Amazon does not have this product. `problem` is present.
- `failed`: The entry cannot be imported. `problem` states why.
- `queued`: The job has not processed the entry yet.
"""


class ImportResult(Struct, kw_only=True):
    """Result of one import entry."""

    input: str
    """Entry as it was sent, up to 200 characters of it. Assign results to entries by their
    order."""
    asin: str | UnsetType = UNSET
    """ASIN of the entry. Absent if it names none."""
    marketplace: str | UnsetType = UNSET
    """Code of the marketplace. Absent if it is unknown."""
    status: ResultStatus
    """Result."""
    product: ProductOut | UnsetType = UNSET
    """Product in its current state. Absent if none is stored, for example if it was removed
    since."""
    problem: EntryProblem | UnsetType = UNSET
    """Reason for the failure. Present if `status` is `failed` or `not_found`."""


class ImportResults(Struct):
    """Results of an import of up to ten entries."""

    results: list[ImportResult]
    """One result for each entry, in their order, repeats included."""


class JobStarted(Struct):
    """Import job of more than ten entries that was started."""

    job_id: str
    """ID of the job. It is kept for 24 hours."""
    status_url: str
    """URL of the job's progress, as in the header `Location`."""


class JobProgress(Struct):
    """Progress of an import job, with a page of its results."""

    job_id: str
    """ID of the job."""
    status: JobStatus
    """State of the job."""
    total: int
    """Number of entries."""
    done: int
    """Number of finished entries, whatever their result is."""
    failed: int
    """Number of finished entries that failed."""
    results: list[ImportResult]
    """Results of this page, in the order of the entries. A page has fewer than `limit` if they
    exceed 1 MB, or those with problems 16 KB."""
    has_more: bool
    """True if another page follows."""
    next_cursor: str | UnsetType = UNSET
    """Cursor of the next page. Absent on the last page."""
