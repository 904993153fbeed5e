"""Outcomes of the chunks of an import: from a response, and those that are known without a call."""

from __future__ import annotations

from datetime import timedelta

from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonKeysRejected,
    AmazonNotEligible,
    AmazonPaapiRetired,
    AmazonPartnerTagRejected,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.connection_errors import AmazonNoCredentials
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.errors import NotConnected, NotFound
from amzlinkr.domain.imports import (
    MAX_JOB_WAIT,
    WAITING,
    Chunk,
    Job,
    Outcome,
    Problem,
    problem_of,
)
from amzlinkr.domain.product_errors import NotAccessible
from amzlinkr.domain.sites import is_sandbox

WAITING_ERRORS = (AmazonNoCredentials, AmazonNotEligible, AmazonAccessDenied, AmazonPaapiRetired)
"""The errors of an account without access to the product API: its products wait."""
_WAITING_STATES = (State.NOT_ELIGIBLE, State.ACCESS_DENIED, State.RETIRED)
ENTRY_ERRORS = (NotConnected, AmazonKeysRejected, AmazonPartnerTagRejected)
"""The errors that only fail the entries of their marketplace, not the whole request."""
IMPORT_AGAIN = (
    "Import these products again. If the account reaches Amazon's daily limit every day, import "
    "fewer products per day: the limit grows with the account's sales."
)


def outcomes_of(chunk: Chunk, lookup: LookupResult) -> dict[str, Problem | None]:
    """Return the outcome of each ASIN of a chunk after its GetItems call."""
    return {
        asin: None if asin in lookup.found else _missing(asin, chunk, lookup.refused.get(asin))
        for asin in chunk.asins
    }


def throttling_problem(job: Job, error: AmazonThrottled) -> Problem:
    """Return the problem of a chunk of a throttled account if the job cannot wait longer."""
    if is_sandbox(job.site_id):
        return problem_of(error)
    hours = MAX_JOB_WAIT // timedelta(hours=1)
    detail = f"{error.detail} The import job waited {hours} hours for the account."
    return Problem(error.code, detail, IMPORT_AGAIN, upstream=error.upstream)


def known_outcome(job: Job, chunk: Chunk, connection: Connection) -> Outcome:
    """Return the outcome that a call for this chunk would have, or None if it must be fetched.

    The first chunk of a job in a marketplace is always fetched, because the owner may just have
    fixed the account. So is a chunk of a throttled account: throttling passes.
    """
    is_first = all(other.marketplace != chunk.marketplace for other in job.chunks[: chunk.number])
    problem = connection.problem
    if is_first or problem is None or connection.state is State.THROTTLED:
        return None
    if connection.state in _WAITING_STATES:
        return WAITING
    return Problem(problem.code, "Amazon rejects calls of this account.", problem.action)


def _missing(asin: str, chunk: Chunk, code: str | None) -> Problem:
    if code == "ItemNotAccessible":
        return problem_of(NotAccessible(f"Amazon does not provide {asin} through its API."))
    if code == "Unreadable":
        detail = f"Amazon's response for {asin} could not be read."
        return problem_of(AmazonUnavailable(detail, "Try again in a few minutes."))
    detail = f"Amazon has no product {asin} in the {chunk.marketplace} marketplace."
    action = "Check the ASIN, or choose the marketplace that sells the product."
    return problem_of(NotFound(detail, action))
