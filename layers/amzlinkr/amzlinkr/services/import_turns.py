"""Turns at the import worker: a site has one open chunk per marketplace, however much it imports.

The open chunk is the first unfinished one of the site's oldest pending job in the marketplace. When
it ends, the worker sends the next one. A marketplace with a throttled account does not delay the
imports of the site's other marketplaces.

Live sites with API access have a queue of their own. The others cost nothing to create: sandboxes,
and sites that never had a successful call to Amazon, share the second queue. The queue is chosen
for each message, so a site that gets access continues its jobs in the other queue.

A message that is sent or delivered twice does no harm:
SQS drops a second message for a chunk for five minutes, and a message for a finished chunk only
sends the next chunk. If a message is lost, the planner continues the site's jobs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, Deadline, to_unix_ms
from amzlinkr.domain.errors import NotConnected, SiteSuspended, StoreUnavailable
from amzlinkr.domain.imports import Chunk, Job, PendingJob
from amzlinkr.domain.ports import OutgoingMessage
from amzlinkr.domain.sites import Site, is_sandbox
from amzlinkr.queues.messages import ImportChunk, MessageDelivery, WaitsForAccount
from amzlinkr.queues.sqs import MAX_BATCH_SIZE, Queue

if TYPE_CHECKING:
    from amzlinkr.storage.jobs import JobStore
    from amzlinkr.storage.sites import SiteStore

MAX_QUEUE_WAIT_SECONDS = 900
"""The time after which a message of a throttled account is tried again at the latest: the calls
that import jobs may use grow during the day, and the owner can replace the credentials."""
MAX_WAITS = 3
"""The delivery of a message from which a wait needs a new message. The deliveries of the new one
are counted from 1, so that waiting never leads to the dead-letter queue."""
MAX_RECEIVES = MAX_WAITS + 3
"""Deliveries of a message after which the failure of its chunk is final; the queue allows one more.
From `MAX_WAITS` on, none of them only waited, so at least four have failed."""


@dataclass(frozen=True, slots=True)
class ImportTurns:
    """The messages for the import worker: `queue` is that of live sites with API access."""

    sites: SiteStore
    jobs: JobStore
    queue: Queue
    sandbox_queue: Queue
    clock: Clock

    def start(self, job: Job) -> None:
        """Send the next chunk of each marketplace in which the job has the turn of its site.

        Raises:
            StoreUnavailable: The queue did not accept a message. The planner sends it later.
        """
        chunks = []
        for marketplace in job.marketplaces:
            oldest = self.jobs.oldest_pending(job.site_id, marketplace)
            chunk = job.next_chunk(marketplace)
            if chunk is not None and oldest is not None and oldest.job_id == job.job_id:
                chunks.append(chunk)
        self._send_chunks(job, *chunks)

    def send_next(self, site_id: str, marketplace: str, known: Job | None = None) -> None:
        """Send the next chunk of a site's oldest pending job in a marketplace.

        A job without unfinished chunks there is not pending any more. `known` is a job that the
        caller has read and changed, which saves a read.

        Raises:
            StoreUnavailable: The queue or the table did not respond.
        """
        # Read again after each removal: a job that was created before it did not start itself.
        while (oldest := self.jobs.oldest_pending(site_id, marketplace)) is not None:
            is_known = known is not None and known.job_id == oldest.job_id
            job = known if is_known else self.jobs.get(site_id, oldest.job_id)
            chunk = None if job is None else job.next_chunk(marketplace)
            if job is not None and chunk is not None:
                self._send_chunks(job, chunk)
                return
            self.jobs.remove_pending(oldest)

    def wait(self, message: ImportChunk, delivery: MessageDelivery, seconds: int | None) -> None:
        """Let a delivered message wait until its account can have a call, without a worker.

        If the message was delivered often, a new one takes its place, and this method returns.

        Raises:
            WaitsForAccount: The message returns to its queue.
            StoreUnavailable: The queue did not respond.
        """
        telemetry.count("ImportsWaiting")
        if delivery.number >= MAX_WAITS:
            site = self.sites.get(message.site_id)
            self._send(site, self._outgoing(message, site, delivery.message_id))
            return
        # A second less: SQS counts whole seconds, and the worker waits for the rest.
        timeout = 1 if seconds is None else min(max(1, seconds - 1), MAX_QUEUE_WAIT_SECONDS)
        # The site may have got access since the message was sent: its receipt is of that queue.
        queue = self.sandbox_queue if self.sandbox_queue.is_source(delivery.queue) else self.queue
        queue.return_after(delivery.receipt, timeout)
        raise WaitsForAccount

    def continue_pending(self, deadline: Deadline) -> None:
        """Send messages for the jobs that are due for a new one, until the deadline.

        Most of these jobs only wait in a long queue; a second message for them does no harm. The
        jobs are read page by page. Those that get a message are not due in the next run, so it
        comes to the rest.
        """
        try:
            due = self._due(self.jobs.all_pending())
            while not deadline.is_over and (batch := list(islice(due, MAX_BATCH_SIZE))):
                self._continue(batch)
        except StoreUnavailable as error:
            telemetry.log_fault(error)
            telemetry.count("PlanningFailed")

    def _due(self, pending: Iterable[PendingJob]) -> Iterator[PendingJob]:
        """Yield the oldest job of each site and marketplace, if it is due."""
        now = self.clock.now()
        for _, jobs in groupby(pending, key=lambda job: (job.site_id, job.marketplace)):
            oldest = next(jobs)
            if oldest.due_at <= now:
                yield oldest

    def _continue(self, batch: Sequence[PendingJob]) -> None:
        """Request the next chunks of pending jobs, and postpone the jobs that got a message."""
        now = self.clock.now()
        queues = {
            site_id: self._queue_of(None if is_sandbox(site_id) else self.sites.get(site_id))
            for site_id in {pending.site_id for pending in batch}
        }
        for queue in (self.queue, self.sandbox_queue):
            requests = {
                request.deduplication_id: (pending, request)
                for pending in batch
                if queues[pending.site_id] is queue
                for request in [_request_for(pending)]
            }
            accepted = queue.send_all([request for _, request in requests.values()])
            for request in accepted:
                pending, _ = requests[request.deduplication_id]
                self.jobs.postpone(pending, pending.next_due_at(now))
            telemetry.count("ImportsContinued", len(accepted))
            telemetry.count("PlanningFailed", len(requests) - len(accepted))

    def _queue_of(self, site: Site | None) -> Queue:
        """Return the queue of a site. A deleted one has no access."""
        has_own_queue = site is not None and site.mode == "live" and site.has_had_access
        return self.queue if has_own_queue else self.sandbox_queue

    def _send_chunks(self, job: Job, *chunks: Chunk) -> None:
        """Send messages for chunks of a job. See `_send`."""
        if chunks:
            site = self.sites.get(job.site_id)
            bodies = [
                ImportChunk(job.site_id, chunk.marketplace, job.job_id, chunk.number)
                for chunk in chunks
            ]
            self._send(site, *(self._outgoing(body, site) for body in bodies))

    def _send(self, site: Site | None, *messages: OutgoingMessage) -> None:
        """Send messages of a site. Raises `StoreUnavailable` if one of them is not accepted."""
        if len(self._queue_of(site).send_all(messages)) < len(messages):
            raise StoreUnavailable

    def _outgoing(self, body: ImportChunk, site: Site | None, copy_of: str = "") -> OutgoingMessage:
        """Return a message to send. SQS drops duplicates, except for a copy of a message."""
        name = "-".join(filter(None, (body.job_id, str(body.chunk), copy_of)))
        return _message(body, _message_group(body, site), name)


def _message_group(body: ImportChunk, site: Site | None) -> str:
    """Return the account, so that the sites of one account wait for it one after the other."""
    try:
        # Chunks of a link-only connection are stored without a call.
        account_key = site.connection(body.marketplace).account_key if site else ""
    except (NotConnected, SiteSuspended):
        # The chunk fails without a call, as that of a deleted site does.
        account_key = ""
    return account_key or body.site_id


def _request_for(pending: PendingJob) -> OutgoingMessage:
    """Return the message that requests the next chunk of a pending job's site."""
    body = ImportChunk(pending.site_id, pending.marketplace, pending.job_id)
    name = f"{pending.job_id}-{pending.marketplace}-{to_unix_ms(pending.due_at)}"
    return _message(body, pending.site_id, name)


def _message(body: ImportChunk, message_group: str, name: str) -> OutgoingMessage:
    # All sites share a queue, and two may use the same Idempotency-Key.
    return OutgoingMessage(body, message_group, f"{body.site_id}-{name}")
