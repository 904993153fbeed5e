"""Import jobs: written once, then one item for every finished chunk; nothing is ever counted up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from amzlinkr.domain.clock import Clock, from_unix_ms, to_unix_ms
from amzlinkr.domain.imports import Chunk, Entry, Job, Outcome
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import ChunkItem, JobItem, JobsItem

JOB_RETENTION = timedelta(hours=24)


class JobStore:
    """All sites' import jobs. DynamoDB deletes late, so what is over is not seen either."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def create(self, job: Job) -> bool:
        """Store a new job; False if there is one of this id already."""
        item = JobItem(
            job.site_id,
            job.job_id,
            entries=msgspec.json.encode(job.entries).decode(),
            chunks=msgspec.json.encode(job.chunks).decode(),
            created_at=to_unix_ms(job.created_at),
            body_hash=job.body_hash,
            expires=int((job.created_at + JOB_RETENTION).timestamp()),
        )
        try:
            with store_errors():
                over = JobItem.expires <= int(self._clock.now().timestamp())
                item.save(condition=JobItem.pk.does_not_exist() | over)
        except Conflict:
            return False
        return True

    def finish(self, job: Job, chunk: Chunk, outcomes: Mapping[str, Outcome]) -> None:
        """Note what became of a chunk; doing it again changes nothing that matters."""
        with store_errors():
            ChunkItem(
                job.site_id,
                item_keys.chunk(job.job_id, chunk.number),
                number=chunk.number,
                outcomes=msgspec.json.encode(outcomes).decode(),
                expires=int((job.created_at + JOB_RETENTION).timestamp()),
            ).save()

    def get(self, site_id: str, job_id: str) -> Job | None:
        """A site's job with all finished chunks; None for an absent or a foreign one."""
        with store_errors():
            first, last = item_keys.job_range(job_id)
            items = list(
                JobsItem.query(site_id, JobsItem.sk.between(first, last), consistent_read=True)
            )
        head = next((item for item in items if isinstance(item, JobItem)), None)
        if head is None or head.expires <= self._clock.now().timestamp():
            return None
        outcomes = {
            int(item.number): msgspec.json.decode(item.outcomes, type=dict[str, Outcome])
            for item in items
            if isinstance(item, ChunkItem) and item.expires == head.expires
        }
        return Job(
            job_id,
            site_id,
            msgspec.json.decode(head.entries, type=tuple[Entry, ...]),
            msgspec.json.decode(head.chunks, type=tuple[Chunk, ...]),
            from_unix_ms(int(head.created_at)),
            head.body_hash,
            outcomes,
        )
