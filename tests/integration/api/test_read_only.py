"""Read-only mode: calls that change data are refused, everything else works, nothing is lost."""

from collections.abc import Mapping
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.ports import Task
from amzlinkr.services.import_turns import MAX_RECEIVES
from amzlinkr.wiring import Dependencies
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS
from tests.calls import (
    Reply,
    event_of,
    plan_sync,
    run_imports,
    run_purge,
    run_sync,
    send,
    turn_switch,
)
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

JOB = [f"B0TEST{n:04d}" for n in range(25)]
ENDING_KEYS = {("DELETE", "/v1/keys/{kid}"), ("POST", "/v1/keys/leaked")}
CHANGING = [
    operation
    for operation in OPERATIONS
    if operation.method != "GET" and (operation.method, operation.path) not in ENDING_KEYS
]
READING = [operation for operation in OPERATIONS if operation.method == "GET"]


def call(operation: Operation, site: Site) -> Reply:
    """Send the documented example of an operation."""
    path = operation.path
    for name, value in operation.path_parameters.items():
        path = path.replace(f"{{{name}}}", value)
    has_body = operation.body is not None
    query: Mapping[str, Any] | None = None if has_body else operation.example
    event = event_of(
        operation.method,
        path,
        operation.example if has_body else None,
        {name: str(value) for name, value in query.items()} if query else None,
        {"Idempotency-Key": "one"},
        None if operation.public else site.site_id,
    )
    return send(site.deps, event)


def test_every_changing_call_is_refused_and_changes_nothing(
    site: Site, deps: Dependencies, aws: Config
) -> None:
    turn_switch(deps, "read_only", on=True)
    before = aws_spy.tables(aws), aws_spy.secrets()

    for operation in CHANGING:
        reply = call(operation, site)
        assert (reply.status, reply.json["code"]) == (503, "service_read_only"), operation
        assert reply.headers["retry-after"] == "300"
    assert (aws_spy.tables(aws), aws_spy.secrets()) == before
    assert len(CHANGING) > 8


def test_api_key_can_be_ended_in_read_only_mode(site: Site, deps: Dependencies) -> None:
    others = [site.post("/v1/keys", {"scope": "read"}).json for _ in range(2)]
    turn_switch(deps, "read_only", on=True)

    revoked = site.delete(f"/v1/keys/{others[0]['kid']}")
    leaked = send(deps, event_of("POST", "/v1/keys/leaked", {"api_key": others[1]["api_key"]}))

    assert (revoked.status, leaked.status) == (204, 204)
    listed = [key["kid"] for key in site.get("/v1/keys").json["keys"]]
    assert not {other["kid"] for other in others} & set(listed)


def test_every_reading_call_works(site: Site, deps: Dependencies) -> None:
    usual = [call(operation, site).status for operation in READING]
    turn_switch(deps, "read_only", on=True)

    assert [call(operation, site).status for operation in READING] == usual
    assert 200 in usual


def test_changes_work_again_after_the_mode(site: Site, deps: Dependencies) -> None:
    turn_switch(deps, "read_only", on=True)
    done = turn_switch(deps, "read_only", on=False)

    assert done["read_only"] == {"on": False}
    assert site.post("/v1/import", {"items": ["B0TEST0001"]}).status == 200


def test_sync_stops_in_read_only_mode_and_continues_after_it(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    turn_switch(deps, "read_only", on=True)
    clock.advance(hours=1)

    assert plan_sync(deps) == 0
    assert site.get("/v1/sync").json["paused"] is True
    turn_switch(deps, "read_only", on=False)
    assert run_sync(deps) == 1


@pytest.mark.queue_time
def test_import_job_waits_for_the_end_of_the_mode(
    site: Site, deps: Dependencies, clock: FakeClock, aws: Config
) -> None:
    job = site.post("/v1/import", {"items": JOB}).json
    turn_switch(deps, "read_only", on=True)
    # The planner completes the record of the account's first success in any mode.
    clock.advance(minutes=5)
    plan_sync(deps)
    before = aws_spy.tables(aws)

    run_imports(deps)
    clock.advance(minutes=10)
    plan_sync(deps)
    assert aws_spy.tables(aws, quotas=False) == {
        name: rows for name, rows in before.items() if name != aws.quotas_table
    }

    turn_switch(deps, "read_only", on=False)
    plan_sync(deps)
    run_imports(deps)
    assert done(site, job) == 25


def test_purge_waits_for_the_end_of_the_mode(
    site: Site, deps: Dependencies, clock: FakeClock, aws: Config
) -> None:
    assert site.post("/v1/import", {"items": ["B0TEST0001"]}).status == 200
    assert site.delete("/v1/site", confirm=site.host).status == 202
    unused = f"{aws.secrets_prefix}/{site.site_id}/US/1"
    deps.outbox.schedule(Task.SECRET_DELETION, unused, clock.now())
    clock.advance(hours=2)
    turn_switch(deps, "read_only", on=True)
    before = aws_spy.tables(aws), aws_spy.secrets()

    assert run_purge(deps) == 0
    assert (aws_spy.tables(aws), aws_spy.secrets()) == before

    turn_switch(deps, "read_only", on=False)
    assert run_purge(deps) == 1
    remaining = aws_spy.tables(aws, quotas=False)
    assert all(site.site_id not in key for rows in remaining.values() for key in rows)


def done(site: Site, job: Mapping[str, Any]) -> int:
    path = "/v1" + job["status_url"].partition("/v1")[2]
    return int(site.get(path).json["done"])


@pytest.mark.queue_time
def test_old_import_job_continues_soon_after_the_mode(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    sandbox = site.open_sandbox()
    sandbox.connect(ACCESS_KEY, SECRET_KEY, TAG)
    sites = site, sandbox
    jobs = [each.post("/v1/import", {"items": JOB}).json for each in sites]
    clock.advance(hours=5, minutes=30)
    # The next message of the planner comes as much later as the jobs are old.
    plan_sync(deps)
    turn_switch(deps, "read_only", on=True)
    for _ in range(2 * MAX_RECEIVES):
        run_imports(deps)
        clock.advance(minutes=5)
    assert [done(*pair) for pair in zip(sites, jobs, strict=True)] == [0, 0]

    turn_switch(deps, "read_only", on=False)
    clock.advance(minutes=5)
    run_imports(deps)
    assert [done(*pair) for pair in zip(sites, jobs, strict=True)] == [25, 25]


@pytest.mark.parametrize(("order", "fields"), [("read_only", {"on": True}), ("pause_sync", {})])
def test_switch_is_written_to_the_audit_log(
    deps: Dependencies, caplog: pytest.LogCaptureFixture, order: str, fields: dict[str, bool]
) -> None:
    done = turn_switch(deps, order, **fields)

    (audit,) = [vars(record) for record in caplog.records if record.message == "audit"]
    switch = {"read_only": "read_only", "pause_sync": "sync_paused"}[order]
    assert (audit["done"], audit["by"], audit["reason"]) == (f"{switch}_on", "ops", "maintenance")
    assert done["sync"]["state"] == {"read_only": "read_only", "pause_sync": "paused"}[order]
