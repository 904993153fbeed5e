"""The items of the jobs table."""

from __future__ import annotations

from pynamodb.attributes import (
    BinaryAttribute,
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.models import Model


class JobsItem(Model):
    """Jobs table: import jobs and their finished chunks, kept for a day."""

    class Meta:
        table_name = "jobs"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type = DiscriminatorAttribute()
    expires = NumberAttribute()


class JobItem(JobsItem, discriminator="job"):
    """An import job; `body_hash` detects a reused key. `entries` is that of earlier releases."""

    entries = UnicodeAttribute(null=True)
    packed_entries = BinaryAttribute(null=True, legacy_encoding=False)
    chunks = UnicodeAttribute()
    created_at = NumberAttribute()
    body_hash = UnicodeAttribute()


class PendingJobItem(JobsItem, discriminator="pending_job"):
    """A job with unfinished chunks, in one partition with those of all sites."""

    due_at = NumberAttribute()


class ChunkItem(JobsItem, discriminator="chunk"):
    """The outcomes of one finished chunk, by ASIN."""

    number = NumberAttribute()
    outcomes = UnicodeAttribute()
