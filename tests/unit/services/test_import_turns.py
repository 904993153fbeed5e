"""Turns at the import worker: one open chunk per site and marketplace, waits, continuation."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import State
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.imports import Job, PendingJob, chunks_of, entry_of
from amzlinkr.domain.sites import Caller, is_sandbox, sandbox_id_of
from amzlinkr.queues.messages import ImportChunk, MessageDelivery, WaitsForAccount
from amzlinkr.services.import_turns import MAX_QUEUE_WAIT_SECONDS, MAX_WAITS, ImportTurns
from amzlinkr.storage.job_records import JobItem
from amzlinkr.storage.jobs import PENDING_FOR
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.integration.aws_spy import (
    Arguments,
    intercept_calls,
    peek_bodies,
    peek_messages,
    record_calls,
    sqs,
)
from tests.stored_sites import claim_site, connect_site, connection

pytestmark = pytest.mark.memory_aws
SITE, SANDBOX = "site_a", sandbox_id_of("site_a")
CHUNK = ImportChunk(SITE, "US", "job_1", 0)


def job(number: int, products: int = 25, site_id: str = SITE) -> Job:
    asins = [f"B{index:09d}" for index in range(products)]
    entries = tuple(entry_of(asin, index, "US") for index, asin in enumerate(asins))
    created_at = START + number * timedelta(milliseconds=1)
    return Job(f"job_{number}", site_id, entries, chunks_of(entries), created_at, "hash")


def mixed_job(number: int) -> Job:
    """Return a job with a chunk of eleven products in each of two marketplaces."""
    asins = [f"B{index:09d}" for index in range(22)]
    entries = tuple(entry_of(asin, n, "DE" if n % 2 else "US") for n, asin in enumerate(asins))
    return replace(job(number), entries=entries, chunks=chunks_of(entries))


def stored(deps: Dependencies, *jobs: Job) -> ImportTurns:
    """Store jobs. Their live sites have had access, in a marketplace without jobs."""
    for each in jobs:
        if not is_sandbox(each.site_id) and deps.sites.get(each.site_id) is None:
            give_access(deps, claim_site(deps, each.site_id))
        assert deps.jobs.create_pending(each)
    return deps.imports.turns


def delivery_of(message: dict[str, Any], url: str, number: int = 1) -> MessageDelivery:
    queue = url.rpartition("/")[2]
    return MessageDelivery(message["MessageId"], message["ReceiptHandle"], number, queue)


def give_access(deps: Dependencies, caller: Caller, marketplace: str = "FR") -> None:
    """Store a connection of a site with which a call to Amazon succeeded."""
    worked = replace(connection(marketplace), state=State.VALID, last_ok_at=START)
    deps.sites.connect(caller, worked, None, START)


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


def test_job_that_is_finished_or_not_pending_is_not_started(deps: Dependencies) -> None:
    turns = stored(deps, job(1))

    turns.start(finished(deps, job(1), 3))
    turns.start(replace(job(2), site_id="site_b"))
    assert sent(deps) == []


def test_next_chunk_is_the_first_unfinished_one_of_the_oldest_job(deps: Dependencies) -> None:
    turns = stored(deps, job(2), job(1))

    known = finished(deps, job(1), 1)
    turns.send_next(SITE, "US", known)
    turns.send_next(SITE, "US")
    turns.send_next(SITE, "US", finished(deps, job(2), 1))
    assert sent(deps) == [("job_1", 1)]


def test_finished_jobs_pass_the_turn_and_are_not_pending(deps: Dependencies) -> None:
    turns = stored(deps, job(1), job(2), job(3))
    finished(deps, job(1), 3)

    turns.send_next(SITE, "US", finished(deps, job(2), 3))

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
        turns.send_next(SITE, "US", done)

    assert sent(deps) == [("job_2", 0)]


def test_deleted_job_passes_the_turn(deps: Dependencies) -> None:
    turns = stored(deps, job(1), job(2))
    JobItem(SITE, "job_1").delete()

    turns.send_next(SITE, "US")

    assert sent(deps) == [("job_2", 0)]


def test_marketplaces_of_a_site_have_turns_of_their_own(deps: Dependencies) -> None:
    turns = stored(deps, job(1), mixed_job(2))
    american, german = mixed_job(2).chunks[0], mixed_job(2).chunks[2]
    assert (american.marketplace, german.marketplace) == ("US", "DE")

    turns.start(job(1))
    with record_calls() as made:
        turns.start(mixed_job(2))
    assert made.count("SendMessageBatch") == 1
    assert sent(deps) == [("job_1", 0), ("job_2", german.number)]

    turns.send_next(SITE, "US", finished(deps, job(1), 3))
    assert sorted(sent(deps))[1:] == [("job_2", american.number), ("job_2", german.number)]


@pytest.mark.parametrize(
    ("seconds", "timeout"), [(None, 1), (1, 1), (2, 1), (10, 9), (40_000, MAX_QUEUE_WAIT_SECONDS)]
)
def test_waiting_message_returns_a_second_before_the_account_has_a_call(
    deps: Dependencies, clock: FakeClock, seconds: int | None, timeout: int
) -> None:
    turns = stored(deps, job(1))
    turns.start(job(1))
    url = deps.config.import_queue_url
    (message,) = sqs().receive_message(QueueUrl=url)["Messages"]
    delivery = delivery_of(message, url, 1)

    with pytest.raises(WaitsForAccount):
        turns.wait(CHUNK, delivery, seconds)

    clock.advance(seconds=timeout - 0.1)
    assert sent(deps) == []
    clock.advance(seconds=0.1)
    assert sent(deps) == [("job_1", 0)]


def test_waiting_message_of_a_sandbox_returns_to_its_queue(
    deps: Dependencies, clock: FakeClock
) -> None:
    turns = stored(deps, job(1, site_id=SANDBOX))
    turns.start(job(1, site_id=SANDBOX))
    url = deps.config.sandbox_import_queue_url
    (message,) = sqs().receive_message(QueueUrl=url)["Messages"]
    delivery = delivery_of(message, url, 1)

    with pytest.raises(WaitsForAccount):
        turns.wait(ImportChunk(SANDBOX, "US", "job_1", 0), delivery, 10)

    clock.advance(seconds=9)
    assert len(peek_bodies(url)) == 1


def test_message_that_waited_often_is_replaced_by_a_new_one(
    deps: Dependencies, metrics: Counter[str]
) -> None:
    turns = stored(deps, job(1))
    turns.start(job(1))
    url = deps.config.import_queue_url
    (message,) = sqs().receive_message(QueueUrl=url)["Messages"]
    delivery = delivery_of(message, url, MAX_WAITS)

    turns.wait(CHUNK, delivery, 60)
    turns.wait(CHUNK, delivery, 60)
    assert metrics == {"ImportsWaiting": 2}
    sqs().delete_message(QueueUrl=url, ReceiptHandle=delivery.receipt)

    (new,) = peek_messages(url)
    assert (new["Body"], new["Attributes"]["ApproximateReceiveCount"]) == (message["Body"], "1")


def test_chunk_that_the_queue_does_not_accept_is_a_failure(deps: Dependencies) -> None:
    turns = stored(deps, job(1))

    with intercept_calls(refuse_messages("job_1")), pytest.raises(StoreUnavailable):
        turns.start(job(1))


def refuse_messages(job_id: str) -> Callable[[str, Arguments, Callable[[], Any]], Any]:
    """Return an intercept that lets the queue refuse the messages of a job."""

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation != "SendMessageBatch":
            return proceed()
        entries = arguments["Entries"]
        arguments["Entries"] = [e for e in entries if job_id not in e["MessageBody"]]
        response = proceed() if arguments["Entries"] else {"Successful": []}
        refused = [{"Id": e["Id"]} for e in entries if e not in arguments["Entries"]]
        return {**response, "Failed": refused}

    return intercept


def test_message_group_is_the_account_or_the_site_without_one(deps: Dependencies) -> None:
    caller = claim_site(deps, SITE)
    give_access(deps, caller)
    turns = stored(deps, job(1))

    turns.start(job(1))
    connect_site(deps, caller, "US")
    turns.send_next(SITE, "US", finished(deps, job(1), 1))

    messages = peek_messages(deps.config.import_queue_url)
    groups = [message["Attributes"]["MessageGroupId"] for message in messages]
    assert groups == [SITE, connection().account_key]


def test_sandbox_has_its_own_queue(deps: Dependencies) -> None:
    turns = stored(deps, job(1, site_id=SANDBOX))

    turns.start(job(1, site_id=SANDBOX))

    assert sent(deps) == []
    (message,) = peek_bodies(deps.config.sandbox_import_queue_url)
    assert message["site_id"] == SANDBOX


def test_site_without_access_has_the_queue_of_sandboxes_until_a_call_succeeds(
    deps: Dependencies, clock: FakeClock
) -> None:
    caller = claim_site(deps, SITE)
    connect_site(deps, caller, "US")
    turns, sandboxes = stored(deps, job(1)), deps.config.sandbox_import_queue_url

    turns.start(job(1))
    clock.set(START + PENDING_FOR + timedelta(seconds=1))
    continue_pending(deps)
    assert sent(deps) == []
    assert [body["chunk"] for body in peek_bodies(sandboxes)] == [0, None]

    give_access(deps, caller)
    turns.send_next(SITE, "US", finished(deps, job(1), 1))
    clock.advance(hours=1)
    continue_pending(deps)
    assert sent(deps) == [("job_1", 1), ("job_1", None)]
    assert len(peek_bodies(sandboxes)) == 2


@pytest.mark.parametrize("number", [1, MAX_WAITS])
def test_waiting_message_of_a_site_that_got_access_is_returned_to_its_queue_or_replaced(
    deps: Dependencies, clock: FakeClock, number: int
) -> None:
    caller = claim_site(deps, SITE)
    turns, url = stored(deps, job(1)), deps.config.sandbox_import_queue_url
    connect_site(deps, caller, "US")
    turns.start(job(1))
    (message,) = sqs().receive_message(QueueUrl=url)["Messages"]
    give_access(deps, caller)

    with pytest.raises(WaitsForAccount) if number == 1 else nullcontext():
        turns.wait(CHUNK, delivery_of(message, url, number), 10)

    clock.advance(seconds=9)
    assert len(peek_bodies(url)) == (number == 1)
    assert len(sent(deps)) == (number == MAX_WAITS)


def test_chunks_of_a_deleted_site_are_in_the_queue_of_sandboxes(deps: Dependencies) -> None:
    assert deps.jobs.create_pending(job(1))

    deps.imports.turns.start(job(1))

    assert sent(deps) == []
    assert len(peek_bodies(deps.config.sandbox_import_queue_url)) == 1


def test_due_jobs_are_continued_once_per_site(deps: Dependencies, clock: FakeClock) -> None:
    stored(deps, job(1), job(2), job(3, site_id="site_b"), job(4, site_id=SANDBOX))

    continue_pending(deps)
    assert sent(deps) == []
    clock.set(START + timedelta(milliseconds=4) + PENDING_FOR)
    continue_pending(deps)
    continue_pending(deps)

    assert sorted(sent(deps), key=str) == [("job_1", None), ("job_3", None)]
    assert len(peek_bodies(deps.config.sandbox_import_queue_url)) == 1


def many_jobs(count: int) -> list[Job]:
    return [replace(job(1, 1), site_id=f"site_{number:03}") for number in range(count)]


def test_jobs_are_continued_in_batches_and_refused_ones_in_the_next_run(
    deps: Dependencies, clock: FakeClock, metrics: Counter[str]
) -> None:
    jobs = many_jobs(23)
    jobs[4] = replace(jobs[4], job_id="refused")
    stored(deps, *jobs)
    clock.set(START + PENDING_FOR + timedelta(seconds=1))

    with record_calls() as made, intercept_calls(refuse_messages("refused")):
        continue_pending(deps)
    assert made.count("SendMessageBatch") == 3
    assert made.count("UpdateItem") == 22
    assert metrics == {"ImportsContinued": 22, "PlanningFailed": 1}
    with record_calls() as made:
        continue_pending(deps)
    assert (made.count("SendMessageBatch"), made.count("UpdateItem")) == (1, 1)


def test_pending_jobs_are_read_as_far_as_the_deadline_allows(
    deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = many_jobs(35)
    stored(deps, *jobs)
    clock.set(START + PENDING_FOR + timedelta(seconds=1))
    read: list[PendingJob] = []
    all_pending = deps.jobs.all_pending

    def read_slowly() -> Iterator[PendingJob]:
        for pending in all_pending():
            clock.advance(seconds=1)
            read.append(pending)
            yield pending

    monkeypatch.setattr(deps.jobs, "all_pending", read_slowly)
    continue_pending(deps, seconds=15)
    assert len(read) == 20

    monkeypatch.undo()
    with record_calls() as made:
        continue_pending(deps)
    assert made.count("UpdateItem") == 35 - 20, "those of the first run are not due"


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
    deps: Dependencies,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    metrics: Counter[str],
    faults: list[str],
) -> None:
    stored(deps, job(1))
    clock.set(START + timedelta(hours=1))

    def fail(*_: Any, **__: Any) -> None:
        raise StoreUnavailable

    send_all = deps.import_queue.send_all
    monkeypatch.setattr(deps.import_queue, "send_all", fail)
    continue_pending(deps)
    assert metrics == {"PlanningFailed": 1}
    assert faults == ["StoreUnavailable"]
    monkeypatch.setattr(deps.import_queue, "send_all", send_all)
    continue_pending(deps)

    assert sent(deps) == [("job_1", None)]
