"""Turns at the import worker: one open chunk per site, in order, and its continuation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.imports import Job, chunks_of, entry_of
from amzlinkr.domain.sites import sandbox_id_of
from amzlinkr.services.import_turns import ImportTurns
from amzlinkr.storage.jobs import PENDING_FOR
from amzlinkr.storage.records import JobItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.integration.aws_spy import Arguments, intercept_calls, peek_bodies, peek_messages
from tests.stored_sites import claim_site, connect_site, connection

pytestmark = pytest.mark.memory_aws
SITE, SANDBOX = "site_a", sandbox_id_of("site_a")


def job(number: int, products: int = 25, site_id: str = SITE) -> Job:
    asins = [f"B{index:09d}" for index in range(products)]
    entries = tuple(entry_of(asin, index, "US") for index, asin in enumerate(asins))
    created_at = START + number * timedelta(milliseconds=1)
    return Job(f"job_{number}", site_id, entries, chunks_of(entries), created_at, "hash")


def stored(deps: Dependencies, *jobs: Job) -> ImportTurns:
    for each in jobs:
        assert deps.jobs.create_pending(each)
    return deps.imports.turns


def finished(deps: Dependencies, whole: Job, chunks: int) -> Job:
    """Store the outcomes of the first chunks of a job, and return it as it is then."""
    for chunk in whole.chunks[:chunks]:
        outcomes = dict.fromkeys(chunk.asins)
        deps.jobs.finish(whole, chunk, outcomes)
        whole = whole.with_outcomes(chunk, outcomes)
    return whole


def sent(deps: Dependencies) -> list[tuple[str, int | None]]:
    """Return the jobs and chunk numbers of the queued messages of live sites."""
    bodies = peek_bodies(deps.config.import_queue_url)
    return [(body["job_id"], body["chunk"]) for body in bodies]


def continue_pending(deps: Dependencies, seconds: float = 20) -> None:
    deps.imports.turns.continue_pending(Deadline.after(deps.clock, seconds))


def test_new_job_starts_only_if_no_older_one_has_the_turn(deps: Dependencies) -> None:
    turns = stored(deps, job(1), job(2))

    turns.start(job(2))
    assert sent(deps) == []
    turns.start(job(1))
    turns.start(job(1))
    assert sent(deps) == [("job_1", 0)]


def test_next_chunk_is_the_first_unfinished_one_of_the_oldest_job(deps: Dependencies) -> None:
    turns = stored(deps, job(2), job(1))

    known = finished(deps, job(1), 1)
    turns.send_next(SITE, known)
    turns.send_next(SITE)
    turns.send_next(SITE, finished(deps, job(2), 1))
    assert sent(deps) == [("job_1", 1)]


def test_finished_jobs_pass_the_turn_and_are_not_pending(deps: Dependencies) -> None:
    turns = stored(deps, job(1), job(2), job(3))
    finished(deps, job(1), 3)

    turns.send_next(SITE, finished(deps, job(2), 3))

    assert sent(deps) == [("job_3", 0)]
    assert [pending.job_id for pending in deps.jobs.all_pending()] == ["job_3"]


def test_job_created_while_the_last_one_ends_gets_the_turn(deps: Dependencies) -> None:
    turns = stored(deps, job(1))
    done = finished(deps, job(1), 3)

    def create_before(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "DeleteItem":
            stored(deps, job(2)).start(job(2))
            assert sent(deps) == []
        return proceed()

    with intercept_calls(create_before):
        turns.send_next(SITE, done)

    assert sent(deps) == [("job_2", 0)]


def test_deleted_job_passes_the_turn(deps: Dependencies) -> None:
    turns = stored(deps, job(1), job(2))
    JobItem(SITE, "job_1").delete()

    turns.send_next(SITE)

    assert sent(deps) == [("job_2", 0)]


def test_message_group_is_the_account_or_the_site_without_one(deps: Dependencies) -> None:
    turns = stored(deps, job(1))

    turns.start(job(1))
    connect_site(deps, claim_site(deps, SITE), "US")
    turns.send_next(SITE, finished(deps, job(1), 1))

    messages = peek_messages(deps.config.import_queue_url)
    groups = [message["Attributes"]["MessageGroupId"] for message in messages]
    assert groups == [SITE, connection().account_key]


def test_sandbox_has_its_own_queue(deps: Dependencies) -> None:
    turns = stored(deps, job(1, site_id=SANDBOX))

    turns.start(job(1, site_id=SANDBOX))

    assert sent(deps) == []
    (message,) = peek_bodies(deps.config.sandbox_import_queue_url)
    assert message["site_id"] == SANDBOX


def test_due_jobs_are_continued_once_per_site(deps: Dependencies, clock: FakeClock) -> None:
    stored(deps, job(1), job(2), job(3, site_id="site_b"), job(4, site_id=SANDBOX))

    continue_pending(deps)
    assert sent(deps) == []
    clock.set(START + PENDING_FOR + timedelta(seconds=1))
    continue_pending(deps)
    continue_pending(deps)

    assert sorted(sent(deps), key=str) == [("job_1", None), ("job_3", None)]
    assert len(peek_bodies(deps.config.sandbox_import_queue_url)) == 1


def test_continuations_of_a_job_become_rarer(deps: Dependencies, clock: FakeClock) -> None:
    stored(deps, job(1))
    minutes = []
    for minute in range(24 * 60):
        clock.set(START + timedelta(minutes=minute, seconds=1))
        before = len(sent(deps))
        continue_pending(deps)
        if len(sent(deps)) > before:
            minutes.append(minute)

    assert minutes == [5, 11, 23, 47, 95, 191, 383, 767]


def test_expired_job_is_not_continued(deps: Dependencies, clock: FakeClock) -> None:
    stored(deps, job(1))
    clock.set(START + timedelta(days=1))

    continue_pending(deps)

    assert sent(deps) == []


def test_continuation_ends_at_the_deadline(deps: Dependencies, clock: FakeClock) -> None:
    stored(deps, job(1))
    clock.set(START + timedelta(hours=1))

    continue_pending(deps, seconds=0)

    assert sent(deps) == []


def test_failing_queue_does_not_stop_the_planner(
    deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(deps, job(1))
    clock.set(START + timedelta(hours=1))

    def fail(*_: Any, **__: Any) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(deps.import_queue, "send", fail)
    continue_pending(deps)
    monkeypatch.undo()
    continue_pending(deps)

    assert sent(deps) == [("job_1", None)]
