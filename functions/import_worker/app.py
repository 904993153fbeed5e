"""The job worker: each message is one GetItems call of an import."""

from typing import Any

from amzlinkr.domain.amazon_errors import AmazonNotEligible
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.imports import Chunk, Job, Problem, outcomes_of, problem_of
from amzlinkr.domain.ports import Priority
from amzlinkr.queues.messages import ImportChunk, OutOfTime, process_fifo_batch
from amzlinkr.wiring import Dependencies, dependencies

_MIN_REMAINING_SECONDS = 8.0
MAX_RECEIVES = 4


def import_chunk(
    message: ImportChunk, seconds_left: float, received: int, deps: Dependencies
) -> None:
    """Fetch and store one chunk, once. What stays impossible is noted as its outcome.

    A job's first call to an account is always made; the others are not if that was refused.
    """
    if seconds_left < _MIN_REMAINING_SECONDS:
        raise OutOfTime
    job = deps.jobs.get(message.site_id, message.job_id)
    if job is None or message.chunk in (job.outcomes or {}):
        return
    chunk = job.chunks[message.chunk]
    try:
        site = deps.site(job.site_id)
        refusal = current_problem(job, chunk, site.connection(chunk.marketplace))
        if refusal is not None:
            deps.jobs.finish(job, chunk, dict.fromkeys(chunk.asins, refusal))
            return
        catalog = deps.catalog(site, chunk.marketplace, Priority.SYNC)
        lookup = catalog.items(chunk.asins, deps.deadline(seconds_left, seconds_left - 5))
        deps.product_writer.add(job.site_id, chunk.marketplace, tuple(lookup.found.values()))
    except AmzlinkrError as error:
        may_pass = error.retryable and not isinstance(error, AmazonNotEligible)
        if may_pass and received < MAX_RECEIVES:
            raise
        deps.jobs.finish(job, chunk, dict.fromkeys(chunk.asins, problem_of(error)))
        return
    deps.jobs.finish(job, chunk, outcomes_of(chunk, lookup))
    deps.count("ProductsImported", len(lookup.found))


def current_problem(job: Job, chunk: Chunk, connection: Connection) -> Problem | None:
    """Why Amazon would refuse this chunk too; a limit that is reached passes."""
    is_first = all(other.marketplace != chunk.marketplace for other in job.chunks[: chunk.number])
    trouble = connection.problem
    if is_first or trouble is None or connection.state is State.THROTTLED:
        return None
    return Problem(trouble.code, "Amazon does not serve this account now.", trouble.action)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work through a batch of the import queue."""
    deps = dependencies()
    return process_fifo_batch(
        event,
        context,
        deps.clock,
        ImportChunk,
        lambda message, deadline, received: import_chunk(
            message, deadline.remaining(), received, deps
        ),
    )
