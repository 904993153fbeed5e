"""Log lines of faults lead back to their request, site, and message; failures keep their counts."""

import json
from typing import Any

import pytest

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.services.shelf_refresher import ShelfRefresher
from functions.authorizer import app as authorizer
from functions.price_sync import app as price_sync
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.calls import METHOD_ARN, Context, deliver, plan_sync, set_dependencies
from tests.clock import FakeClock
from tests.iam.enforcer import PolicyEnforcer
from tests.integration import aws_spy
from tests.observability.emf import emf_values
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


def lines(guard: PolicyEnforcer, message: str) -> list[dict[str, Any]]:
    """Return the written log lines with this message."""
    written = "".join(guard.printed).splitlines()
    parsed = (json.loads(line) for line in written if line.startswith("{"))
    return [line for line in parsed if line.get("message") == message]


@pytest.fixture
def leased(site: Site, clock: FakeClock) -> list[Any]:
    """Return the messages of two leased shelves."""
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:]})
    clock.advance(hours=1)
    plan_sync(site.deps)
    return aws_spy.peek_messages(site.deps.config.refresh_queue_url)


def test_fault_of_a_request_has_its_ids(site: Site, guard: PolicyEnforcer) -> None:
    with aws_spy.fail_calls(lambda _: True, "InternalServerError"):
        assert site.get("/v1/products").status == 503

    (fault,), request = lines(guard, "fault"), lines(guard, "request")[-1]
    for line in (fault, request):
        assert (line["request_id"], line["site_id"]) == ("test-request", site.site_id)
        assert line["function_request_id"] == "request"


def test_fault_of_the_authorizer_has_its_ids_and_its_counts(
    site: Site, guard: PolicyEnforcer
) -> None:
    set_dependencies(authorizer, lambda: site.deps)
    event = {
        "type": "REQUEST",
        "methodArn": METHOD_ARN,
        "headers": {"Authorization": f"Bearer {site.api_key}"},
        "requestContext": {"requestId": "request-7"},
    }
    with (
        aws_spy.fail_calls(lambda _: True, "InternalServerError"),
        pytest.raises(StoreUnavailable),
    ):
        authorizer.handler(event, Context())

    (fault,) = lines(guard, "fault")
    assert (fault["request_id"], fault["function_request_id"]) == ("request-7", "request")


def test_fault_of_a_message_has_its_ids(
    site: Site, leased: list[Any], guard: PolicyEnforcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ShelfRefresher, "refresh", fail)
    deliver(site.deps, refresh_shelves, leased)

    faults = lines(guard, "fault")
    assert {line["message_id"] for line in faults} == {m["MessageId"] for m in leased}
    assert {line["site_id"] for line in faults} == {site.site_id}


def test_failed_refresh_has_its_ids(
    site: Site, leased: list[Any], guard: PolicyEnforcer, amazon: FakeAmazon
) -> None:
    amazon.control.add_fault(Fault("garbage", times=10))
    deliver(site.deps, refresh_shelves, leased)

    failed = lines(guard, "refresh failed")
    assert {line["message_id"] for line in failed} == {m["MessageId"] for m in leased}
    assert {line["site_id"] for line in failed} == {site.site_id}


def test_failed_run_of_the_planner_keeps_its_counts(
    site: Site, leased: list[Any], guard: PolicyEnforcer
) -> None:
    def is_planning(arguments: aws_spy.Arguments) -> bool:
        config = site.deps.config
        return arguments.get("TableName") in (config.jobs_table, config.shelves_table)

    set_dependencies(price_sync, lambda: site.deps)
    guard.printed.clear()
    with (
        aws_spy.fail_calls(is_planning, "InternalServerError"),
        pytest.raises(StoreUnavailable),
    ):
        price_sync.handler({}, Context())

    counted = {entry.metric[1] for entry in emf_values("".join(guard.printed))}
    assert "PlanningFailed" in counted
    assert "SyncRunsCompleted" not in counted, "the alarm on a stopped planner would stay silent"
