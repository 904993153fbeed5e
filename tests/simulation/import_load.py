"""Import jobs of many sites in virtual time: the service's code, with the queues of the template.

AWS is in memory and Amazon responds in virtual time. Every queue of the import worker has as many
workers as in the profile `public`, or another number. They run one after the other, each from its
own point in time, which is exact as long as those that run at the same virtual time serve different
accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from amzlinkr import telemetry
from amzlinkr.amazon.transport import Transport
from amzlinkr.domain.call_rate import CallRate
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.credentials import paapi_credentials
from amzlinkr.domain.import_submission import ImportSubmission
from amzlinkr.domain.sites import ApiKeyRecord, Caller, Signup, sandbox_id_of
from amzlinkr.storage.rate_limiter_items import call_rate_updates
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from functions.import_worker.app import process_batch
from tests.bench.virtual_amazon import VirtualAmazon, connected
from tests.calls import TEMPLATE, Context, sqs_event
from tests.clock import START, FakeClock
from tests.simulation.memory_aws import MemoryAws
from tests.simulation.memory_sqs import Queue

AWS_CALL = timedelta(milliseconds=5)
POLL = timedelta(milliseconds=50)
"""The time after which an idle worker polls its queue again."""
SUBMISSION_SECONDS = 25.0
PUBLIC_WORKERS = 5
"""`ImportConcurrency` of the profile `public`. The template's default is for new AWS accounts."""


@dataclass
class Worker:
    """A worker of a queue, and when it is idle again."""

    queue: str
    free_at: datetime
    deps: Dependencies


@dataclass
class ImportLoad:
    """The sites, their jobs, and the workers.

    `live_workers` replaces the profile's number of workers of live sites; each worker is then a
    process with its own caches. `workers` replaces that of each queue. `open_chunks` has the most
    messages of each site.
    """

    aws: MemoryAws
    clock: FakeClock
    deps: Dependencies
    live_workers: int | None = None
    workers: int = PUBLIC_WORKERS
    open_chunks: dict[str, int] = field(default_factory=dict)
    invocations: int = 0
    _sites: int = 0
    _deletions: list[tuple[datetime, Queue, str]] = field(default_factory=list)

    def add_site(self, *, is_sandbox: bool = False, interval_ms: int = 0) -> str:
        """Create a connected site with a separate account, and return its ID.

        `interval_ms` is the time between two calls that the service has learned for the account.
        """
        deps, number = self.deps, self._sites
        caller = self._claim_site()
        site_id = caller.site_id
        if is_sandbox:
            site_id = sandbox_id_of(site_id)
            record = ApiKeyRecord(f"test{number}", f"digest of test {number}")
            deps.api_keys.add(caller, site_id, record, START, START + timedelta(days=1))
            caller = Caller(site_id, record.kid)
        own = paapi_credentials(f"AKIA{number:016d}", "s" * 40, "scale-20", "US")
        secret_id, version = deps.amazon_accounts.store_credentials(site_id, own, None)
        account_key = deps.amazon_accounts.account_key(site_id, own)
        connection = Connection(
            "US", "paapi5", "scale-20", "0000", secret_id, version, account_key, START,
            State.VALID, checked_at=START, last_ok_at=START,
        )  # fmt: skip
        deps.sites.connect(caller, connection, None, START)
        if interval_ms:
            rate = CallRate(interval_ms, interval_ms)
            RateLimiterItem(account_key).update(call_rate_updates(rate))
        return site_id

    def add_link_only_site(self) -> str:
        """Create a site that has a partner tag and no credentials, and return its ID."""
        caller = self._claim_site()
        self.deps.sites.connect(caller, Connection.link_only("US", "scale-20", START), None, START)
        return caller.site_id

    def _claim_site(self) -> Caller:
        number = self._sites
        self._sites += 1
        caller = Caller(f"site_{number:026d}", f"kid{number}")
        record = ApiKeyRecord(caller.kid, f"digest{number}")
        signup = Signup(f"su_{number}", f"{number}.example", "", "", "t", "", START)
        self.deps.signups.claim(signup, caller.site_id, record, START)
        return caller

    def submit(self, site_id: str, products: int) -> str:
        """Submit an import job of a site, and return its ID."""
        lines = [f"B0{self.clock.now():%M%S}{number:04d}" for number in range(products)]
        submission = ImportSubmission(lines, None, None, "hash")
        site = self.deps.sites.require(site_id)
        deadline = Deadline.after(self.clock, SUBMISSION_SECONDS)
        return self.deps.imports.submit(site, submission, deadline).job_id

    def seconds_until_done(self, site_id: str, job_id: str, max_seconds: float) -> float:
        """Run the workers until a job is done; return its duration, or `max_seconds`."""
        return self.seconds_until_all_done([(site_id, job_id)], max_seconds)

    def seconds_until_all_done(self, jobs: Sequence[tuple[str, str]], max_seconds: float) -> float:
        """Run the workers until jobs are done; return how long that takes, or `max_seconds`.

        A job is named by its site and its ID.
        """
        began = self.clock.now()
        ends = began + timedelta(seconds=max_seconds)
        chunks = sum(len(getattr(self.deps.jobs.get(*job), "chunks", ())) for job in jobs)
        workers = [
            Worker(queue, began, self._dependencies())
            for queue, count in worker_counts(self.live_workers, self.workers)
            for _ in range(count)
        ]
        finished, last = 0, began
        while finished < chunks:
            worker = min(workers, key=lambda worker: worker.free_at)
            if worker.free_at >= ends:
                return max_seconds
            if self._run(worker) and (now_finished := self._finished(jobs)) > finished:
                finished, last = now_finished, max(last, self.clock.now())
        return (last - began).total_seconds()

    def _dependencies(self) -> Dependencies:
        if self.live_workers is None:
            return self.deps
        return Dependencies(self.deps.config, self.clock)

    def _finished(self, jobs: Sequence[tuple[str, str]]) -> int:
        """Return the number of finished chunks of jobs, without a call that takes time."""
        keys, known = self.aws.dynamodb.tables["JobsTable"].items, set(jobs)
        return sum((key[0], key[1].partition("#")[0]) in known and "#" in key[1] for key in keys)

    def _run(self, worker: Worker) -> bool:
        """Let a worker process one message. Return False if its queue has none."""
        self.clock.set(worker.free_at)
        self._delete_processed()
        messages = self.aws.sqs.call("ReceiveMessage", {"QueueUrl": worker.queue}).get("Messages")
        if not messages:
            worker.free_at += POLL
            return False
        self._record_open_chunks()
        self.invocations += 1
        response = process_batch(sqs_event(messages, worker.queue), Context(), worker.deps)
        worker.free_at = self.clock.now()
        if not response["batchItemFailures"]:
            receipt = messages[0]["ReceiptHandle"]
            queue = self.aws.sqs.queues[worker.queue]
            self._deletions.append((worker.free_at, queue, receipt))
        return True

    def _delete_processed(self) -> None:
        """Delete the messages of workers that have ended by now: until then they block a group."""
        now = self.clock.now()
        for ends, queue, receipt in self._deletions:
            if ends <= now:
                queue.messages = [m for m in queue.messages if m.receipt != receipt]
        self._deletions = [deletion for deletion in self._deletions if deletion[0] > now]

    def _record_open_chunks(self) -> None:
        processed = {receipt for _, _, receipt in self._deletions}
        counts: dict[str, int] = {}
        for queue, _ in worker_counts(self.live_workers, self.workers):
            for message in self.aws.sqs.queues[queue].messages:
                if message.receipt not in processed:
                    site_id = message.deduplication_id.partition("-")[0]
                    counts[site_id] = counts.get(site_id, 0) + 1
        for site_id, count in counts.items():
            self.open_chunks[site_id] = max(count, self.open_chunks.get(site_id, 0))


def worker_counts(live_workers: int | None, workers: int) -> list[tuple[str, int]]:
    """Return the queues of the import worker, and how many workers each may have.

    That is `workers` for each queue, or `live_workers` for live sites, without sandboxes.
    """
    if live_workers is not None:
        return [("ImportQueue", live_workers)]
    found = []
    for resource in TEMPLATE["Resources"].values():
        properties: dict[str, Any] = resource.get("Properties", {})
        if properties.get("FunctionName") == {"Ref": "ImportWorkerFunction.Alias"}:
            queue = properties["EventSourceArn"]["Fn::GetAtt"][0]
            found.append((queue, workers))
    return found


@contextmanager
def import_load(
    live_workers: int | None = None, workers: int = PUBLIC_WORKERS
) -> Iterator[ImportLoad]:
    """Provide an AWS in memory, and an Amazon in virtual time."""
    clock = FakeClock()
    aws = MemoryAws(clock.now)
    aws.before = lambda _operation, _arguments: clock.advance(seconds=AWS_CALL.total_seconds())
    amazon = VirtualAmazon(clock, 3600)
    with (
        aws.attached() as config,
        mock.patch.object(Transport, "post", connected(amazon)),
        mock.patch.object(telemetry, "count"),
    ):
        yield ImportLoad(aws, clock, Dependencies(config, clock), live_workers, workers)
