"""Imports: a short list is fetched during the request, a long one by the import worker."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.errors import AmzlinkrError, InternalError
from amzlinkr.domain.import_entries import entries_of
from amzlinkr.domain.import_outcomes import ENTRY_ERRORS, throttling_problem
from amzlinkr.domain.import_submission import ImportSubmission
from amzlinkr.domain.imports import (
    MAX_INLINE_ITEMS,
    Chunk,
    Job,
    Outcome,
    check_connection,
    chunks_of,
    problem_of,
)
from amzlinkr.domain.limits import Limits
from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.product_limit import check_product_limit, product_limit_of
from amzlinkr.domain.sites import Site
from amzlinkr.queues.messages import ImportChunk, MessageDelivery, OutOfTime
from amzlinkr.services.amazon_accounts import MIN_WORKER_CALL_SECONDS, WRITE_RESERVE_SECONDS
from amzlinkr.services.import_turns import MAX_RECEIVES

if TYPE_CHECKING:
    from amzlinkr.services.chunk_imports import ChunkImports
    from amzlinkr.services.import_turns import ImportTurns
    from amzlinkr.storage.jobs import JobStore
    from amzlinkr.storage.shelves import ShelfStore
    from amzlinkr.storage.sites import SiteStore
    from amzlinkr.storage.usage_counters import UsageCounters

FINISHED = ("done", "failed")
REPEAT_WAIT_SECONDS, REPEAT_POLL_SECONDS = 2.0, 0.2
"""The longest wait for the outcomes of a repeated request in flight, and the time between reads."""
MAX_FLIGHT = timedelta(seconds=4)
"""The time after which a request without outcomes has failed: clients wait no longer."""


@dataclass(frozen=True, slots=True)
class Imports:
    """Imports of products into a site."""

    sites: SiteStore
    jobs: JobStore
    shelves: ShelfStore
    chunks: ChunkImports
    usage_counters: UsageCounters
    turns: ImportTurns
    limits: Limits
    clock: Clock

    def submit(self, site: Site, submission: ImportSubmission, deadline: Deadline) -> Job:
        """Fetch a short list, or enqueue a long one. Return the job with its outcomes so far.

        A repeated request with the same Idempotency-Key returns the outcomes of the first one,
        even if the account or the limits have changed since.

        Raises:
            IdempotencyMismatch: The Idempotency-Key was used with another body.
            ProductLimitReached: The site would exceed its product limit.
            SiteSuspended: The site is suspended.
            AmzlinkrError: No chunk of a short list could be fetched.
        """
        job_id, is_repeatable = submission.job_id(), submission.idempotency_key is not None
        earlier = self.jobs.get(site.site_id, job_id) if is_repeatable else None
        if earlier and earlier.check_payload(submission.body_hash).status in FINISHED:
            # Without entries nothing was imported, because the marketplaces had no credentials.
            unconnected = replace(site, connections={})
            return earlier if earlier.entries else self._new_job(job_id, unconnected, submission)
        is_job = len(submission.lines) > MAX_INLINE_ITEMS
        # A repeated request is the same job, and counts as one. Its lines are read afterwards.
        if is_job and earlier is None:
            limits = self.limits.of_site(site)
            self.usage_counters.increment(limits.jobs, site.site_id)
        job = earlier or self._new_job(job_id, site, submission)
        present = self.check_product_limit(job, site) if job.chunks else frozenset()
        if is_job:
            if earlier is None:
                own = job
                job = self.get_or_create_job(own, is_pending=bool(own.chunks))
                # Another request stored it at the same time, and was counted. Of a sandbox, or a
                # site without API access, both are: the limit bounds what reading lines costs.
                if job is not own and site.mode == "live" and site.has_had_access:
                    self.usage_counters.take_back(self.limits.of_site(site).jobs, site.site_id)
            self.turns.start(job)
            return job
        return self.import_now(job, site, deadline, present, is_repeatable=is_repeatable)

    def import_now(
        self,
        job: Job,
        site: Site,
        deadline: Deadline,
        present: Collection[tuple[str, str]] = (),
        *,
        is_repeatable: bool,
    ) -> Job:
        """Fetch a short list. Store its outcomes if the client can repeat the request.

        `present` are the products of the site, by marketplace and ASIN.
        """
        # What is refused without a call is refused again if the client repeats the request.
        stored = job if job.chunks else replace(job, entries=())
        known = self.get_or_create_job(stored) if is_repeatable else None
        if known is not None and known is not stored:
            known = self._wait_for_outcomes(known, deadline)
        if known is not None and known.status in FINISHED and known.entries:
            return known
        done = self.fetch_chunks(job, site, deadline, present)
        if known is not None:
            # After the products: if a crash comes between, a repeated request fetches again.
            for chunk in job.chunks:
                self.jobs.finish(known, chunk, done.outcomes[chunk.number])
        return done

    def _wait_for_outcomes(self, job: Job, deadline: Deadline) -> Job:
        """Return the job of the same request in flight, with its outcomes if they come soon.

        Otherwise each of several parallel repetitions would call Amazon.
        """
        end = deadline.at_most(REPEAT_WAIT_SECONDS)
        while job.status not in FINISHED and self.clock.now() < job.created_at + MAX_FLIGHT:
            if not end.allows(REPEAT_POLL_SECONDS):
                break
            self.clock.sleep(REPEAT_POLL_SECONDS)
            job = self.jobs.get(job.site_id, job.job_id) or job
        return job

    def get_or_create_job(self, job: Job, *, is_pending: bool = False) -> Job:
        """Store a job, or return the one that another request stored under the same ID."""
        if self.jobs.create_pending(job) if is_pending else self.jobs.create(job):
            return job
        # `or`: the other job can expire between the two calls.
        other = self.jobs.get(job.site_id, job.job_id) or job
        return other.check_payload(job.body_hash)

    def fetch_chunks(
        self,
        job: Job,
        site: Site,
        deadline: Deadline,
        present: Collection[tuple[str, str]] = (),
    ) -> Job:
        """Fetch and store all chunks. If all fail, raise the first error.

        A chunk of a marketplace without connection, or with credentials that Amazon rejects, fails
        alone, even if it is the only one.
        """
        outcomes: dict[int, Mapping[str, Outcome]] = {}
        failures: list[AmzlinkrError] = []
        for chunk in job.chunks:
            try:
                done = self.chunks.fetch(chunk, site, Priority.INTERACTIVE, deadline, present)
                outcomes[chunk.number] = done
            except ENTRY_ERRORS as error:
                outcomes[chunk.number] = dict.fromkeys(chunk.asins, problem_of(error))
            except AmzlinkrError as error:
                failures.append(error)
                outcomes[chunk.number] = dict.fromkeys(chunk.asins, problem_of(error))
        if job.chunks and len(failures) == len(job.chunks):
            raise failures[0]
        imported = sum(o is None for done in outcomes.values() for o in done.values())
        telemetry.count("ProductsImported", imported)
        return replace(job, outcomes=outcomes)

    def check_product_limit(self, job: Job, site: Site) -> frozenset[tuple[str, str]]:
        """Return the products of the site, or raise if the import would exceed its product limit.

        Each chunk is checked again when it is written: several jobs can pass this check.

        Raises:
            ProductLimitReached: The site would have too many products.
        """
        shelves = self.shelves.list_for_site(job.site_id)
        requested = {(chunk.marketplace, asin) for chunk in job.chunks for asin in chunk.asins}
        with product_limit_of(site):
            maximum = self.limits.of_site(site).products
            check_product_limit(job.site_id, shelves, requested, maximum)
        return frozenset(name for shelf in shelves for name in shelf.product_names)

    def import_chunk(
        self, message: ImportChunk, deadline: Deadline, delivery: MessageDelivery
    ) -> None:
        """Fetch and store one chunk of a job, and send the site's next chunk.

        Raises:
            WaitsForAccount: The account has no call yet; the queue delivers the message later.
            AmzlinkrError: A failure that may pass; the queue delivers the message again.
            OutOfTime: The remaining time is too short for a call.
        """
        if not deadline.allows(MIN_WORKER_CALL_SECONDS):
            raise OutOfTime
        job = self.jobs.get(message.site_id, message.job_id)
        # Otherwise the job was deleted after a day, or SQS delivered the message twice.
        if job and message.chunk is not None and message.chunk not in job.outcomes:
            chunk = job.chunks[message.chunk]
            try:
                outcomes = self._import(job, chunk, deadline, delivery.number)
            except AmazonThrottled as error:
                self.turns.wait(message, delivery, error.retry_after)
                return
            self.jobs.finish(job, chunk, outcomes)
            telemetry.count("ProductsImported", list(outcomes.values()).count(None))
            job = job.with_outcomes(chunk, outcomes)
        self.turns.send_next(message.site_id, message.marketplace, job)

    def _import(
        self, job: Job, chunk: Chunk, deadline: Deadline, receive_count: int
    ) -> Mapping[str, Outcome]:
        """Return the outcomes of a chunk, also of a permanent failure.

        Raises:
            AmzlinkrError: A failure that may pass; `AmazonThrottled` if the job can wait.
        """
        if receive_count > MAX_RECEIVES:
            # For example, each process crashed. The other chunks must not wait for this one.
            return dict.fromkeys(chunk.asins, problem_of(InternalError()))
        try:
            site = self.sites.require(job.site_id)
            known = self.chunks.known_outcomes(job, chunk, site)
            # A job of 1,000 products must not delay the search of an editor.
            end = deadline.with_reserve(WRITE_RESERVE_SECONDS)
            return known or self.chunks.fetch(chunk, site, Priority.IMPORT, end)
        except AmazonThrottled as error:
            if job.can_wait(self.clock.now()):
                raise
            return dict.fromkeys(chunk.asins, throttling_problem(job, error))
        except AmzlinkrError as error:
            if error.retryable and receive_count < MAX_RECEIVES:
                raise
            return dict.fromkeys(chunk.asins, problem_of(error))

    def _new_job(self, job_id: str, site: Site, submission: ImportSubmission) -> Job:
        """Parse the lines. A line that cannot be imported becomes an entry with a problem."""
        code = submission.marketplace_code
        default = marketplace(code).code if code else site.primary
        parsed = entries_of(submission.lines, default)
        entries = tuple(check_connection(entry, site) for entry in parsed)
        return Job(
            job_id=job_id,
            site_id=site.site_id,
            entries=entries,
            chunks=chunks_of(entries),
            created_at=self.clock.now(),
            body_hash=submission.body_hash,
        )
