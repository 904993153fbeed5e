"""Import jobs: what is stored is read back, and nothing of a job that has expired."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amzlinkr.domain.amazon_errors import Upstream
from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.import_entries import entries_of
from amzlinkr.domain.imports import (
    MAX_ITEMS,
    Chunk,
    Entry,
    Job,
    PendingJob,
    Problem,
    entry_of,
)
from amzlinkr.http.request import MAX_BODY_BYTES
from amzlinkr.storage.job_records import ChunkItem, JobsItem
from amzlinkr.storage.jobs import (
    JOB_RETENTION,
    PENDING_FOR,
    JobStore,
    item_from_job,
    job_from_items,
)
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock

MAX_REFUSED_BYTES = 76_000
"""Bytes of 1,000 refused entries, which determine costs of strangers. DynamoDB allows 400 KB."""
SECOND = timedelta(seconds=1)
TEXTS = st.text(max_size=20)
NAMES = st.none() | TEXTS
UPSTREAM = st.none() | st.builds(Upstream, TEXTS, st.none() | st.integers(0, 599), NAMES, NAMES)
PROBLEMS = st.none() | st.builds(
    Problem, TEXTS, TEXTS, TEXTS, NAMES, st.none() | st.integers(0, 9999), UPSTREAM
)
JOBS = st.builds(
    Job,
    TEXTS,
    TEXTS,
    st.lists(st.builds(Entry, TEXTS, NAMES, NAMES, PROBLEMS), max_size=3).map(tuple),
    st.lists(
        st.builds(Chunk, st.integers(0, 99), TEXTS, st.lists(TEXTS, max_size=3).map(tuple)),
        max_size=3,
    ).map(tuple),
    st.integers(0, to_unix_ms(START)).map(from_unix_ms),
    TEXTS,
)
CHUNK = Chunk(0, "US", ("B000000001",))
JOB = Job("job_1", "site_a", (Entry("B000000001", "B000000001", "US"),), (CHUNK,), START, "hash")


@settings(max_examples=50)
@given(JOBS)
def test_job_is_read_as_it_was_stored(job: Job) -> None:
    assert job_from_items(item_from_job(job), []) == replace(job, outcomes={})


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(TEXTS, PROBLEMS, max_size=4))
def test_outcomes_are_read_as_they_were_stored(
    stores_in_memory: Dependencies, outcomes: dict[str, Problem | None]
) -> None:
    stores_in_memory.jobs.create(JOB)
    stores_in_memory.jobs.finish(JOB, CHUNK, outcomes)

    assert stores_in_memory.jobs.get("site_a", "job_1") == replace(JOB, outcomes={0: outcomes})


def test_job_is_found_for_24_hours(stores: Dependencies, clock: FakeClock) -> None:
    stores.jobs.create(JOB)
    clock.set(START + JOB_RETENTION - SECOND)
    assert stores.jobs.get("site_a", "job_1") is not None

    clock.set(START + JOB_RETENTION)
    assert stores.jobs.get("site_a", "job_1") is None


def test_id_of_an_expired_job_is_used_again_without_its_outcomes(
    stores: Dependencies, clock: FakeClock
) -> None:
    stores.jobs.create(JOB)
    stores.jobs.finish(JOB, CHUNK, {"B000000001": None})
    clock.set(START + JOB_RETENTION - SECOND)
    again = replace(JOB, created_at=clock.now(), body_hash="other")
    assert not stores.jobs.create(again)

    clock.set(START + JOB_RETENTION)
    again = replace(again, created_at=clock.now())

    assert stores.jobs.create(again)
    assert stores.jobs.get("site_a", "job_1") == replace(again, outcomes={})


def test_items_of_a_job_expire_24_hours_after_its_creation(
    stores: Dependencies, clock: FakeClock
) -> None:
    stores.jobs.create(JOB)
    clock.advance(hours=3)
    stores.jobs.finish(JOB, CHUNK, {"B000000001": None})

    items = list(JobsItem.scan())

    assert sum(isinstance(item, ChunkItem) for item in items) == 1
    assert {item.expires for item in items} == {int((START + JOB_RETENTION).timestamp())}


def pending_ids(stores: Dependencies, site_id: str = "site_a") -> tuple[str | None, list[str]]:
    """Return the ID of the oldest pending job of a site, and the IDs of those of all sites."""
    oldest = stores.jobs.oldest_pending(site_id, "US")
    oldest_id = None if oldest is None else oldest.job_id
    return oldest_id, [pending.job_id for pending in stores.jobs.all_pending()]


def test_pending_jobs_are_listed_by_age_until_they_are_removed(stores: Dependencies) -> None:
    jobs = [
        replace(JOB, job_id="job_b", created_at=START),
        replace(JOB, job_id="job_a", created_at=START + SECOND),
        replace(JOB, job_id="job_c", site_id="site_ab", created_at=START - SECOND),
    ]
    for job in reversed(jobs):
        assert stores.jobs.create_pending(job)
    assert pending_ids(stores) == ("job_b", ["job_b", "job_a", "job_c"])

    oldest = stores.jobs.oldest_pending("site_a", "US")
    assert oldest == PendingJob("site_a", "US", "job_b", START, START + PENDING_FOR)
    stores.jobs.remove_pending(oldest)
    stores.jobs.remove_pending(oldest)
    assert pending_ids(stores) == ("job_a", ["job_a", "job_c"])
    assert stores.jobs.get("site_a", "job_b") == replace(jobs[0], outcomes={})


def test_outcomes_without_their_job_are_not_a_job(stores: Dependencies) -> None:
    """DynamoDB deletes expired items in any order."""
    stores.jobs.create(JOB)
    stores.jobs.finish(JOB, CHUNK, {})
    item_from_job(JOB).delete()

    assert [type(item) for item in JobsItem.query("site_a")] == [ChunkItem]
    assert stores.jobs.get("site_a", "job_1") is None


def test_pending_job_is_stored_once(stores: Dependencies) -> None:
    assert stores.jobs.create_pending(JOB)
    other = replace(JOB, created_at=START + SECOND, body_hash="other")

    assert not stores.jobs.create_pending(other)

    assert stores.jobs.get("site_a", "job_1") == replace(JOB, outcomes={})
    assert pending_ids(stores) == ("job_1", ["job_1"])


def test_pending_job_is_forgotten_with_its_job(stores: Dependencies, clock: FakeClock) -> None:
    stores.jobs.create_pending(JOB)
    clock.set(START + JOB_RETENTION - SECOND)
    assert pending_ids(stores) == ("job_1", ["job_1"])

    clock.set(START + JOB_RETENTION)
    assert pending_ids(stores) == (None, [])
    again = replace(JOB, created_at=clock.now())
    assert stores.jobs.create_pending(again)
    assert pending_ids(stores) == ("job_1", ["job_1"])


def test_only_a_pending_job_is_postponed(stores: Dependencies) -> None:
    stores.jobs.create_pending(JOB)
    (pending,) = stores.jobs.all_pending()
    stores.jobs.postpone(pending, START + SECOND)
    assert list(stores.jobs.all_pending()) == [replace(pending, due_at=START + SECOND)]

    stores.jobs.remove_pending(pending)
    stores.jobs.postpone(pending, START)
    assert list(stores.jobs.all_pending()) == []


def test_conflict_without_a_stored_job_is_a_failure(
    stores: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.jobs.create_pending(JOB)
    monkeypatch.setattr(JobStore, "get", lambda *_: None)

    with pytest.raises(StoreUnavailable):
        stores.jobs.create_pending(JOB)


@pytest.mark.parametrize(
    "part", ["ケ", "é/", "ht://", "https://www.amazon.de/", "https://a.b/", "amzn.to/a", "B0"]
)
def test_largest_import_of_failing_entries_fits_into_one_item(part: str) -> None:
    line_bytes = MAX_BODY_BYTES // MAX_ITEMS - 3
    line = part * (line_bytes // len(part.encode()))
    entries = tuple(entry_of(line, n, "US") for n in range(MAX_ITEMS))
    item = item_from_job(replace(JOB, entries=entries))

    assert len(item.packed_entries) < MAX_REFUSED_BYTES


def test_refused_entries_that_do_not_repeat_are_stored_compactly() -> None:
    """Store 1,000 random entries, which compression shortens the least."""
    letters = Random(1).choices(  # noqa: S311 # not a secret
        "".join(map(chr, range(33, 127))), k=60 * MAX_ITEMS
    )
    lines = ["".join(letters[60 * n : 60 * (n + 1)]) for n in range(MAX_ITEMS)]
    item = item_from_job(replace(JOB, entries=tuple(entries_of(lines, "US"))))

    assert len(item.packed_entries) < MAX_REFUSED_BYTES


def test_entries_of_an_earlier_release_can_be_read() -> None:
    item = item_from_job(JOB)
    problem = {"code": "c", "detail": "d", "action": "a", "field": "items[0]"}
    earlier = {"input": "x", "asin": None, "marketplace": None, "problem": problem}
    item.entries, item.packed_entries = msgspec.json.encode([earlier]).decode(), None

    (entry,) = job_from_items(item, []).entries

    assert entry == Entry("x", problem=Problem("c", "d", "a", "items[0]"))
