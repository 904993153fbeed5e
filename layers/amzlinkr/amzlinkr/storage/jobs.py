"""Import jobs: one item for the job, and one for every finished chunk.

The progress of a job is the number of its chunk items, never a counter: SQS can deliver a chunk
twice, and a counter would count it twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from amzlinkr.domain.clock import Clock, from_unix_ms, to_unix_ms
from amzlinkr.domain.imports import Chunk, Entry, Job, Outcome
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import ChunkItem, JobItem, JobsItem

JOB_RETENTION = timedelta(hours=24)


class JobStore:
    """The import jobs of all sites.

    DynamoDB deletes expired items with a delay of up to days, so expired jobs are also ignored.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def create(self, job: Job) -> bool:
        """Store a new job. Return False if a job with this ID exists."""
        try:
            with store_errors():
                # The ID depends on the Idempotency-Key, which may be used again after a day.
                is_expired = JobItem.expires <= int(self._clock.now().timestamp())
                item_from_job(job).save(condition=JobItem.pk.does_not_exist() | is_expired)
        except Conflict:
            return False
        return True

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


def item_from_job(job: Job) -> JobItem:
    """Return the item that stores a job, without outcomes."""
    return JobItem(
        job.site_id,
        job.job_id,
        entries=msgspec.json.encode(_without_none(msgspec.to_builtins(job.entries))).decode(),
        chunks=msgspec.json.encode(job.chunks).decode(),
        created_at=to_unix_ms(job.created_at),
        body_hash=job.body_hash,
        expires=int((job.created_at + JOB_RETENTION).timestamp()),
    )


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
        msgspec.json.decode(item.entries, type=tuple[Entry, ...]),
        msgspec.json.decode(item.chunks, type=tuple[Chunk, ...]),
        from_unix_ms(int(item.created_at)),
        item.body_hash,
        {
            int(chunk.number): msgspec.json.decode(chunk.outcomes, type=dict[str, Outcome])
            for chunk in chunks
        },
    )
