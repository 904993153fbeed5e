"""Turns of sites at the import worker: a site has one open chunk, however much it imports.

The open chunk is the first unfinished one of the site's oldest pending job. When it ends, the
worker sends the next one. A message that is sent or delivered twice does no harm: SQS drops a
second message for a chunk for five minutes, and a message for a finished chunk only sends the next
chunk. If a message is lost, the planner continues the site's jobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, Deadline, to_unix_ms
from amzlinkr.domain.errors import NotConnected, NotFound, SiteSuspended, StoreUnavailable
from amzlinkr.domain.imports import Chunk, Job, PendingJob
from amzlinkr.domain.sites import is_sandbox
from amzlinkr.queues.messages import ImportChunk

if TYPE_CHECKING:
    from amzlinkr.queues.sqs import Queue
    from amzlinkr.storage.jobs import JobStore
    from amzlinkr.storage.sites import SiteStore


@dataclass(frozen=True, slots=True)
class ImportTurns:
    """The messages for the import worker. Sandbox sites have a queue of their own."""

    sites: SiteStore
    jobs: JobStore
    queue: Queue
    sandbox_queue: Queue
    clock: Clock

    def start(self, job: Job) -> None:
        """Send the next chunk of a pending job, unless an older job of the site has the turn.

        Raises:
            StoreUnavailable: The queue did not accept the message. The planner sends it later.
        """
        oldest, chunk = self.jobs.oldest_pending(job.site_id), job.next_chunk
        if chunk is not None and oldest is not None and oldest.job_id == job.job_id:
            self._send_chunk(job, chunk)

    def send_next(self, site_id: str, known: Job | None = None) -> None:
        """Send the next chunk of a site's oldest pending job. Finished jobs are not pending.

        `known` is a job that the caller has read and changed, which saves a read.

        Raises:
            StoreUnavailable: The queue or the table did not respond.
        """
        # Read again after each removal: a job that was created before it did not start itself.
        while (oldest := self.jobs.oldest_pending(site_id)) is not None:
            is_known = known is not None and known.job_id == oldest.job_id
            job = known if is_known else self.jobs.get(site_id, oldest.job_id)
            chunk = None if job is None else job.next_chunk
            if job is not None and chunk is not None:
                self._send_chunk(job, chunk)
                return
            self.jobs.remove_pending(oldest)

    def continue_pending(self, deadline: Deadline) -> None:
        """Continue the jobs of each site if its oldest pending job is due, until the deadline.

        Most of these jobs only wait in a long queue; a second message for them does no harm.
        """
        now = self.clock.now()
        oldest: dict[str, PendingJob] = {}
        try:
            for pending in self.jobs.all_pending():
                oldest.setdefault(pending.site_id, pending)
            for pending in oldest.values():
                if pending.due_at <= now and not deadline.is_over:
                    message = ImportChunk(pending.site_id, pending.job_id)
                    name = f"{pending.job_id}-{to_unix_ms(pending.due_at)}"
                    self._send(message, pending.site_id, name)
                    self.jobs.postpone(pending, pending.next_due_at(now))
                    telemetry.count("ImportsContinued")
        except StoreUnavailable as error:
            telemetry.log_fault(error)
            telemetry.count("PlanningFailed")

    def _send_chunk(self, job: Job, chunk: Chunk) -> None:
        message = ImportChunk(job.site_id, job.job_id, chunk.number)
        group = self._message_group(job.site_id, chunk.marketplace)
        self._send(message, group, f"{job.job_id}-{chunk.number}")

    def _send(self, message: ImportChunk, message_group: str, name: str) -> None:
        queue = self.sandbox_queue if is_sandbox(message.site_id) else self.queue
        # All sites share a queue, and two may use the same Idempotency-Key.
        queue.send(message, message_group, deduplication_id=f"{message.site_id}-{name}")

    def _message_group(self, site_id: str, marketplace: str) -> str:
        """Return the account, so that the sites of one account wait for it one after the other."""
        try:
            return self.sites.require(site_id).connection(marketplace).account_key
        except (NotConnected, NotFound, SiteSuspended):
            # The chunk fails without a call.
            return site_id
