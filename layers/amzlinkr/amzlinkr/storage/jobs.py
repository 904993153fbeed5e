"""Import jobs: one item for the job, and one for every finished chunk.

The progress of a job is the number of its chunk items, never a counter: SQS can deliver a chunk
twice, and a counter would count it twice.

A job that the import worker fetches is pending in each of its marketplaces until the last chunk of
the marketplace is finished. The pending jobs are listed in a partition of their own: in order for a
site and marketplace, and all together for the planner.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import Clock, from_unix_ms, to_unix_ms
from amzlinkr.domain.imports import Chunk, Entry, Job, Outcome, PendingJob
from amzlinkr.net.json_decoding import decode_json
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.job_records import ChunkItem, JobItem, JobsItem, PendingJobItem
from amzlinkr.storage.optimistic import retry_on_conflict

JOB_RETENTION = timedelta(hours=24)
PENDING_FOR = timedelta(minutes=5)
"""The time after which the planner continues a pending job. SQS drops duplicates for as long."""


class JobStore:
    """The import jobs of all sites.

    DynamoDB deletes expired items with a delay of up to days, so expired jobs are also ignored.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def create(self, job: Job) -> bool:
        """Store a new job. Return False if a job with this ID exists."""
        try:
            with store_errors():
                item_from_job(job).save(condition=self._is_unused())
        except Conflict:
            return False
        return True

    def create_pending(self, job: Job) -> bool:
        """Store a new job as pending. Return False if a job with this ID exists.

        Raises:
            StoreUnavailable: Another request stored the job in every attempt, and it is not there.
        """

        def attempt() -> bool:
            try:
                with store_errors(), TransactWrite(connection=self._connection) as transaction:
                    transaction.save(item_from_job(job), condition=self._is_unused())
                    for code in job.marketplaces:
                        transaction.save(_pending_item(job, code))
            except Conflict:
                # A concurrent request can fail this one without storing the job itself.
                if self.get(job.site_id, job.job_id) is None:
                    raise
                return False
            return True

        return retry_on_conflict(attempt, self._clock)

    def oldest_pending(self, site_id: str, marketplace: str) -> PendingJob | None:
        """Return the first created pending job of a site in a marketplace, or None."""
        prefix = item_keys.pending_job_prefix(site_id, marketplace)
        with store_errors():
            items = PendingJobItem.query(
                item_keys.PENDING_JOBS,
                PendingJobItem.sk.startswith(prefix),
                consistent_read=True,
            )
            return next(self._pending_jobs(items), None)

    def all_pending(self) -> Iterator[PendingJob]:
        """Yield the pending jobs of all sites, oldest first for each site and marketplace.

        They are read page by page, as the caller needs them.
        """
        with store_errors():
            # Not consistent, which costs half: a job that was just finished does no harm.
            yield from self._pending_jobs(PendingJobItem.query(item_keys.PENDING_JOBS))

    def first_pending(self, limit: int) -> list[PendingJob]:
        """Return up to `limit` pending jobs of all sites, in the order of the site IDs."""
        with store_errors():
            items = PendingJobItem.query(item_keys.PENDING_JOBS, limit=limit)
            return list(self._pending_jobs(items))

    def postpone(self, pending: PendingJob, due_at: datetime) -> None:
        """Set the due time of a job, if it is still pending."""
        with suppress(Conflict), store_errors():
            PendingJobItem(item_keys.PENDING_JOBS, _pending_key(pending)).update(
                [PendingJobItem.due_at.set(to_unix_ms(due_at))],
                condition=PendingJobItem.pk.exists(),
            )

    def remove_pending(self, pending: PendingJob) -> None:
        """Record that a job is not pending any more. A repeated call is harmless."""
        with store_errors():
            PendingJobItem(item_keys.PENDING_JOBS, _pending_key(pending)).delete()

    def finish(self, job: Job, chunk: Chunk, outcomes: Mapping[str, Outcome]) -> None:
        """Store the outcomes of a chunk. A repeated call is harmless."""
        with store_errors():
            ChunkItem(
                job.site_id,
                item_keys.chunk(job.job_id, chunk.number),
                number=chunk.number,
                outcomes=msgspec.json.encode(outcomes).decode(),
                expires=int((job.created_at + JOB_RETENTION).timestamp()),
            ).save()

    def get(self, site_id: str, job_id: str) -> Job | None:
        """Return a job of a site with the outcomes of its finished chunks, or None."""
        with store_errors():
            first, last = item_keys.job_range(job_id)
            items = list(
                JobsItem.query(site_id, JobsItem.sk.between(first, last), consistent_read=True)
            )
        head = next((item for item in items if isinstance(item, JobItem)), None)
        if head is None or head.expires <= self._clock.now().timestamp():
            return None
        # Chunks of an expired job with the same ID have another expiry.
        chunks = [
            item for item in items if isinstance(item, ChunkItem) and item.expires == head.expires
        ]
        return job_from_items(head, chunks)

    def _is_unused(self) -> Condition:
        """Return the condition that the ID of a job is not used."""
        # The ID depends on the Idempotency-Key, which may be used again after a day.
        is_expired: Condition = JobItem.expires <= int(self._clock.now().timestamp())
        is_unused: Condition = JobItem.pk.does_not_exist() | is_expired
        return is_unused

    def _pending_jobs(self, items: Iterable[PendingJobItem]) -> Iterator[PendingJob]:
        now = self._clock.now().timestamp()
        for item in items:
            if item.expires > now:
                site_id, code, created_at, job_id = item_keys.split_pending_job(item.sk)
                due_at = from_unix_ms(int(item.due_at))
                yield PendingJob(site_id, code, job_id, from_unix_ms(created_at), due_at)


def _pending_item(job: Job, marketplace: str) -> PendingJobItem:
    due_at = job.created_at + PENDING_FOR
    pending = PendingJob(job.site_id, marketplace, job.job_id, job.created_at, due_at)
    return PendingJobItem(
        item_keys.PENDING_JOBS,
        _pending_key(pending),
        due_at=to_unix_ms(due_at),
        expires=int((job.created_at + JOB_RETENTION).timestamp()),
    )


def _pending_key(pending: PendingJob) -> str:
    created_at = to_unix_ms(pending.created_at)
    site_id, code = pending.site_id, pending.marketplace
    return item_keys.pending_job(site_id, code, created_at, pending.job_id)


def item_from_job(job: Job) -> JobItem:
    """Return the item that stores a job, without outcomes."""
    return JobItem(
        job.site_id,
        job.job_id,
        packed_entries=zlib.compress(_json_of(job.entries)) if job.entries else None,
        chunks=msgspec.json.encode(job.chunks).decode(),
        created_at=to_unix_ms(job.created_at),
        body_hash=job.body_hash,
        expires=int((job.created_at + JOB_RETENTION).timestamp()),
    )


def _json_of(entries: tuple[Entry, ...]) -> bytes:
    return msgspec.json.encode(_without_none(msgspec.to_builtins(entries)))


def _entries_of(item: JobItem) -> tuple[Entry, ...]:
    packed = item.packed_entries
    text = zlib.decompress(packed) if packed else (item.entries or "[]").encode()
    return decode_json(text, tuple[Entry, ...])


def _without_none(value: Any) -> Any:
    """Return JSON values without nulls: 1,000 entries with problems must fit into one item."""
    if isinstance(value, dict):
        return {name: _without_none(part) for name, part in value.items() if part is not None}
    return [_without_none(part) for part in value] if isinstance(value, list | tuple) else value


def job_from_items(item: JobItem, chunks: Iterable[ChunkItem]) -> Job:
    """Return a job from its item and the items of its finished chunks."""
    return Job(
        item.sk,
        item.pk,
        _entries_of(item),
        decode_json(item.chunks, tuple[Chunk, ...]),
        from_unix_ms(int(item.created_at)),
        item.body_hash,
        {int(chunk.number): decode_json(chunk.outcomes, dict[str, Outcome]) for chunk in chunks},
    )
