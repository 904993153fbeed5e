"""Job IDs, the product limit, deadlines, and problems that are known without a call."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import IdempotencyMismatch, ProductLimitReached
from amzlinkr.domain.import_submission import ImportSubmission
from amzlinkr.domain.imports import Job, chunks_of, entry_of
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.domain.sites import Site
from amzlinkr.queues.messages import ImportChunk, MessageDelivery, OutOfTime
from amzlinkr.services.amazon_accounts import (
    MIN_WORKER_CALL_SECONDS,
    WRITE_RESERVE_SECONDS,
    AmazonAccounts,
)
from amzlinkr.services.import_turns import MAX_WAITS
from amzlinkr.services.imports import (
    REPEAT_POLL_SECONDS,
    REPEAT_WAIT_SECONDS,
    Imports,
)
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import FakeCatalog, product
from tests.integration.aws_spy import Arguments, intercept_calls, peek_bodies, record_calls
from tests.limits import HIGH_LIMITS
from tests.stored_sites import claim_site, connect_site

ASINS = [f"B{number:09d}" for number in range(25)]
CHUNK = ImportChunk("site_a", "US", "job_1", 0)
DELIVERY = MessageDelivery("message", "receipt", 1, "ImportQueue")

SITE = Site("site_a", "a", "a", "a", START)


def job(asins: list[str], body_hash: str = "") -> Job:
    entries = tuple(entry_of(asin, index, "US") for index, asin in enumerate(asins))
    return Job("job_1", "site_a", entries, chunks_of(entries), START, body_hash)


def submission(key: str | None) -> ImportSubmission:
    return ImportSubmission(ASINS, "US", key, "hash")


def imports(present: int, maximum: int) -> Imports:
    """Return the service for a site that has this number of products."""
    slots = tuple(Slot(asin, None) for asin in ASINS[:present])
    collaborators: dict[str, Any] = {
        name: mock.Mock() for name in Imports.__dataclass_fields__ if name != "clock"
    }
    collaborators["shelves"].list_for_site.return_value = [
        Shelf("site_a", "US", "1", slots, START, START)
    ]
    collaborators["limits"] = replace(HIGH_LIMITS, products_without_access=maximum)
    return Imports(clock=FakeClock(), **collaborators)


def test_job_id_depends_on_the_idempotency_key_only() -> None:
    assert submission("a").job_id() == submission("a").job_id() != submission("b").job_id()
    assert submission(None).job_id() != submission(None).job_id()


def test_products_up_to_the_limit_are_accepted() -> None:
    service = imports(present=5, maximum=10)

    service.check_product_limit(job(ASINS[:10]), SITE)
    with pytest.raises(ProductLimitReached) as error:
        service.check_product_limit(job(ASINS[:11]), SITE)
    assert error.value.detail == (
        "The site has 5 of at most 10 products. This import would add 6 products."
    )


def test_site_above_a_lowered_limit_may_import_its_products_again() -> None:
    service = imports(present=10, maximum=5)

    service.check_product_limit(job(ASINS[:10]), SITE)
    with pytest.raises(ProductLimitReached):
        service.check_product_limit(job(ASINS[:11]), SITE)


def other_request(stores: Dependencies, whole: Job) -> AbstractContextManager[None]:
    """Let another request take the Idempotency-Key before this one stores its job."""
    is_taken = False

    def intercept(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        nonlocal is_taken
        if operation == "PutItem" and not is_taken:
            is_taken = True
            stores.jobs.create(whole)
            stores.jobs.finish(whole, whole.chunks[0], dict.fromkeys(whole.chunks[0].asins))
        return proceed()

    return intercept_calls(intercept)


def with_accounts(stores: Dependencies, accounts: Any) -> Imports:
    """Return the service with other Amazon accounts."""
    chunks = replace(stores.imports.chunks, accounts=accounts)
    return replace(stores.imports, chunks=chunks)


def submit(
    stores: Dependencies, body_hash: str, taken_by: Job | None = None
) -> tuple[Job, list[Any]]:
    """Submit a short list with an Idempotency-Key; return the job and the calls to Amazon."""
    connection = Connection("US", "paapi5", "t-20", "…", "s", "1", "account", START)
    site = Site("site_a", "a.example", "https://a.example", "", START, "US", {"US": connection})
    accounts = mock.create_autospec(AmazonAccounts, instance=True)
    catalog = FakeCatalog([product(asin) for asin in ASINS], stores.clock)
    accounts.catalog.return_value = catalog
    service = with_accounts(stores, accounts)
    request = ImportSubmission(ASINS[:2], None, "click", body_hash)
    with other_request(stores, taken_by) if taken_by else nullcontext():
        job = service.submit(site, request, Deadline.after(stores.clock, 10))
    return job, catalog.calls


def in_flight(
    stores: Dependencies, clock: FakeClock, seconds: float | None, patch: pytest.MonkeyPatch
) -> Job:
    """Store the job of the same request, which gets its outcomes after some time, or never."""
    first = replace(
        job(ASINS[:2], "hash"), job_id=submission("click").job_id(), created_at=clock.now()
    )
    stores.jobs.create(first)
    began, sleep = clock.monotonic(), clock.sleep

    def sleep_and_finish(duration: float) -> None:
        sleep(duration)
        if seconds is not None and clock.monotonic() - began >= seconds:
            stores.jobs.finish(first, first.chunks[0], dict.fromkeys(first.chunks[0].asins))

    patch.setattr(clock, "sleep", sleep_and_finish)
    return first


@pytest.mark.memory_aws
@pytest.mark.parametrize("seconds", [0.1, 1.0, 1.9])
def test_repeated_request_waits_for_the_first_one(
    aws: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    stores = Dependencies(aws, clock)
    first = in_flight(stores, clock, seconds, monkeypatch)

    done, calls = submit(stores, "hash")

    assert done == replace(first, outcomes={0: dict.fromkeys(ASINS[:2])})
    assert calls == []
    assert sum(clock.slept) <= seconds + REPEAT_POLL_SECONDS


@pytest.mark.memory_aws
@pytest.mark.parametrize("age", [0, 3, 4, 60])
def test_repeated_request_of_one_that_failed_calls_amazon(
    aws: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, age: int
) -> None:
    stores = Dependencies(aws, clock)
    in_flight(stores, clock, None, monkeypatch)
    clock.advance(seconds=age)

    done, calls = submit(stores, "hash")

    assert (done.status, len(calls)) == ("done", 1)
    # One that is older than any request is not waited for.
    assert sum(clock.slept) <= (REPEAT_WAIT_SECONDS if age < 4 else 0)
    assert bool(clock.slept) is (age < 4)


@pytest.mark.memory_aws
def test_idempotency_key_taken_between_look_up_and_creation_returns_the_other_result(
    aws: Config, clock: FakeClock
) -> None:
    stores = Dependencies(aws, clock)
    taken = replace(job(ASINS[:2], "hash"), job_id=submission("click").job_id())

    done, calls = submit(stores, "hash", taken)

    assert done == replace(taken, outcomes={0: dict.fromkeys(ASINS[:2])})
    assert calls == []


@pytest.mark.memory_aws
def test_idempotency_key_taken_with_another_body_is_a_mismatch(
    aws: Config, clock: FakeClock
) -> None:
    stores = Dependencies(aws, clock)
    taken = replace(job(ASINS[:2], "other"), job_id=submission("click").job_id())

    with pytest.raises(IdempotencyMismatch):
        submit(stores, "hash", taken)


@pytest.mark.memory_aws
def test_repeated_submission_returns_the_stored_outcomes(aws: Config, clock: FakeClock) -> None:
    stores = Dependencies(aws, clock)
    first, calls = submit(stores, "hash")

    again, more_calls = submit(stores, "hash")

    assert (calls, more_calls) == ([tuple(ASINS[:2])], [])
    assert again == first
    assert set(stores.products.get_many("site_a", "US", ASINS)) == set(ASINS[:2])


def worker(stores: Dependencies) -> tuple[Imports, Any]:
    """Return the service for a stored job of a connected site, and the mock of its catalog."""
    caller = claim_site(stores)
    connect_site(stores, caller, "US")
    stores.jobs.create(job(ASINS))
    accounts = mock.create_autospec(AmazonAccounts, instance=True)
    catalog = accounts.catalog.return_value = mock.create_autospec(FakeCatalog, instance=True)
    catalog.items.return_value = LookupResult(START, {})
    return with_accounts(stores, accounts), catalog


@pytest.mark.memory_aws
def test_chunk_without_time_for_its_call_is_returned_before_any_read(
    aws: Config, clock: FakeClock
) -> None:
    stores = Dependencies(aws, clock)
    service, catalog = worker(stores)

    with record_calls() as made, pytest.raises(OutOfTime):
        service.import_chunk(CHUNK, Deadline.after(clock, MIN_WORKER_CALL_SECONDS - 1), DELIVERY)

    assert made == []
    catalog.items.assert_not_called()


@pytest.mark.memory_aws
def test_call_of_a_chunk_leaves_time_to_write_its_result(aws: Config, clock: FakeClock) -> None:
    stores = Dependencies(aws, clock)
    service, catalog = worker(stores)
    deadline = Deadline.after(clock, MIN_WORKER_CALL_SECONDS)

    service.import_chunk(CHUNK, deadline, DELIVERY)

    (asins, used), _ = catalog.items.call_args
    assert tuple(asins) == tuple(ASINS[:10])
    assert used.remaining() == MIN_WORKER_CALL_SECONDS - WRITE_RESERVE_SECONDS
    stored = stores.jobs.get("site_a", "job_1")
    assert stored is not None
    assert set(stored.outcomes) == {0}


@pytest.mark.memory_aws
def test_chunk_that_waits_in_a_new_message_has_no_outcome(aws: Config, clock: FakeClock) -> None:
    stores = Dependencies(aws, clock)
    service, catalog = worker(stores)
    catalog.items.side_effect = AmazonThrottled(retry_after=60)
    deadline = Deadline.after(clock, MIN_WORKER_CALL_SECONDS)

    service.import_chunk(CHUNK, deadline, replace(DELIVERY, number=MAX_WAITS))

    (body,) = peek_bodies(aws.sandbox_import_queue_url)
    assert (body["job_id"], body["chunk"]) == ("job_1", 0)
    stored = stores.jobs.get("site_a", "job_1")
    assert stored is not None
    assert not stored.outcomes


@pytest.mark.memory_aws
def test_imported_products_of_a_chunk_are_counted(
    aws: Config, clock: FakeClock, metrics: Counter[str]
) -> None:
    stores = Dependencies(aws, clock)
    service, catalog = worker(stores)
    found = {asin: product(asin) for asin in ASINS[:7]}
    catalog.items.return_value = LookupResult(START, found)

    service.import_chunk(CHUNK, Deadline.after(clock, MIN_WORKER_CALL_SECONDS), DELIVERY)

    assert metrics["ProductsImported"] == 7


@pytest.mark.memory_aws
@pytest.mark.parametrize(
    "message",
    [
        ImportChunk("site_a", "US", "deleted", 0),
        ImportChunk("site_a", "US", "deleted", None),
        ImportChunk("site_a", "US", "job_1", None),
        ImportChunk("site_a", "US", "job_1", 1),
    ],
)
def test_message_without_an_open_chunk_sends_the_next_one_only(
    aws: Config, clock: FakeClock, message: ImportChunk
) -> None:
    stores = Dependencies(aws, clock)
    service, catalog = worker(stores)
    whole = replace(job(ASINS), job_id="job_2", created_at=START)
    stores.jobs.create_pending(whole)
    stored_job = job(ASINS)
    stores.jobs.finish(stored_job, stored_job.chunks[1], dict.fromkeys(stored_job.chunks[1].asins))

    service.import_chunk(message, Deadline.after(clock, MIN_WORKER_CALL_SECONDS), DELIVERY)

    catalog.items.assert_not_called()
    (body,) = peek_bodies(aws.sandbox_import_queue_url)
    assert (body["job_id"], body["chunk"]) == ("job_2", 0)
