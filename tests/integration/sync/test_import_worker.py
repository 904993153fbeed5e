"""The import worker: one GetItems call per message, even if it is delivered twice or late."""

from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.services.import_turns import MAX_RECEIVES
from amzlinkr.wiring import Dependencies
from functions.import_worker import app as import_worker
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.calls import deliver, run_imports
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


@pytest.fixture
def job(site: Site, amazon: FakeAmazon) -> str:
    """Queue a job of two chunks; return its status URL."""
    started = site.post("/v1/import", {"items": ASINS})
    amazon.control.clear_calls()
    return str(started.json["status_url"])


def deliver_imports(
    deps: Dependencies, messages: list[Any], received: int = 1, seconds: float = 60
) -> list[str]:
    """Invoke the worker with messages received this number of times; return the failed IDs."""
    for message in messages:
        message["Attributes"] = {
            "ApproximateReceiveCount": str(received),
            "MessageGroupId": "one account",
        }
    return deliver(deps, import_worker, messages, seconds)


def get_items_calls(amazon: FakeAmazon) -> int:
    return sum(call.operation == "GetItems" for call in amazon.control.calls())


def test_duplicate_message_is_processed_once(
    site: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config, job: str
) -> None:
    messages = aws_spy.peek_messages(aws.import_queue_url)
    assert len(messages) == 1
    assert deliver_imports(deps, messages) == []
    stored = aws_spy.tables(aws)
    assert deliver_imports(deps, messages) == []
    assert get_items_calls(amazon) == 1
    assert aws_spy.tables(aws) == stored
    run_imports(deps)
    assert get_items_calls(amazon) == 2
    assert site.get(job).json["status"] == "done"
    assert len(site.changes()[0]) == 12
    stored = aws_spy.tables(aws)
    assert deliver_imports(deps, messages) == []
    assert aws_spy.tables(aws) == stored
    assert aws_spy.peek_messages(aws.import_queue_url) == []


def test_running_job_shows_its_progress(
    site: Site, deps: Dependencies, aws: Config, job: str
) -> None:
    deliver_imports(deps, aws_spy.peek_messages(aws.import_queue_url)[:1])
    shown = site.get(job).json
    assert (shown["status"], shown["done"]) == ("running", 10)
    assert [r["status"] for r in shown["results"]] == ["imported"] * 10 + ["queued"] * 2


def test_account_problem_fails_the_job_with_the_reason(
    site: Site, deps: Dependencies, amazon: FakeAmazon, job: str
) -> None:
    amazon.control.put_account(ACCESS_KEY, AccountBody(secret_key="x" * 40))
    assert all(response["batchItemFailures"] == [] for response in run_imports(deps))
    shown = site.get(job).json
    assert (shown["status"], shown["done"], shown["failed"]) == ("failed", 12, 12)
    assert {r["problem"]["code"] for r in shown["results"]} == {"amazon_keys_rejected"}
    assert get_items_calls(amazon) == 1, "the problem of the first call applies to the other chunk"
    amazon.control.put_account(ACCESS_KEY, AccountBody(secret_key=SECRET_KEY))
    again = site.post("/v1/import", {"items": [f"B0TEST{n:04d}" for n in range(12)]}).json
    run_imports(deps)
    assert site.get(again["status_url"]).json["failed"] == 0


def test_transient_failure_is_retried_and_then_recorded(
    site: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config, job: str
) -> None:
    messages = aws_spy.peek_messages(aws.import_queue_url)
    before = aws_spy.tables(aws, quotas=False)
    for received in range(1, MAX_RECEIVES):
        amazon.control.add_fault(Fault("500", times=3))
        assert deliver_imports(deps, messages, received) == [m["MessageId"] for m in messages]
        assert aws_spy.tables(aws, quotas=False) == before
    amazon.control.add_fault(Fault("500", times=3))
    assert deliver_imports(deps, messages, received=MAX_RECEIVES) == []
    run_imports(deps)
    shown = site.get(job).json
    assert (shown["status"], shown["failed"]) == ("done", 10)
    assert shown["results"][0]["problem"]["code"] == "amazon_unavailable"
    assert shown["results"][11]["status"] == "imported"


def test_chunk_without_an_outcome_in_all_deliveries_does_not_block_the_others(
    site: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config, job: str
) -> None:
    (message,) = aws_spy.peek_messages(aws.import_queue_url)
    assert deliver_imports(deps, [message], received=MAX_RECEIVES + 1) == []
    assert get_items_calls(amazon) == 0
    run_imports(deps)
    results = site.get(job).json["results"]
    assert {result["problem"]["code"] for result in results[:10]} == {"internal_error"}
    assert [result["status"] for result in results[10:]] == ["imported"] * 2


def test_undecodable_message_is_returned_to_the_queue(
    deps: Dependencies, amazon: FakeAmazon, aws: Config, job: str
) -> None:
    good = aws_spy.peek_messages(aws.import_queue_url)[:1]
    before = aws_spy.tables(aws)
    for body in ("{", '{"site_id": 1}', '{"unknown": true}', "\x00", "[" * 5000):
        bad = {"MessageId": "bad", "Body": body}
        assert deliver_imports(deps, [bad]) == ["bad"]
        assert deliver_imports(deps, [bad], received=9) == ["bad"]
    assert aws_spy.tables(aws) == before
    bad = {"MessageId": "bad", "Body": "{"}
    assert deliver_imports(deps, [*good, bad]) == ["bad"]
    assert get_items_calls(amazon) == 1


def test_message_of_an_unknown_job_is_dropped(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    amazon.control.clear_calls()
    body = f'{{"site_id":"{site.site_id}","marketplace":"US","job_id":"job_{"0" * 32}","chunk":0}}'
    assert deliver_imports(deps, [{"MessageId": "one", "Body": body}]) == []
    assert amazon.control.calls() == []


def test_messages_without_time_are_returned(
    deps: Dependencies, amazon: FakeAmazon, aws: Config, job: str
) -> None:
    messages = aws_spy.peek_messages(aws.import_queue_url)
    with aws_spy.record_calls() as made:
        returned = deliver_imports(deps, messages, seconds=7)
    assert returned == [message["MessageId"] for message in messages]
    assert (made, get_items_calls(amazon)) == ([], 0)


def test_deadline_of_a_batch_is_read_once(
    deps: Dependencies, clock: FakeClock, aws: Config, job: str
) -> None:
    (first,) = aws_spy.peek_messages(aws.import_queue_url)
    second = {"MessageId": "2", "Body": first["Body"].replace('"chunk":0', '"chunk":1')}
    messages = [first, second]

    def use_up_time() -> None:
        clock.advance(seconds=13)

    # The context of the tests always has the same remaining time.
    with aws_spy.run_before_call(1, use_up_time):
        returned = deliver_imports(deps, messages, seconds=20)

    assert returned == ["2"]
