"""Tests of queues (order, dead letters, batches) and tables (billing, expiry, indexes)."""

import re
from datetime import timedelta

import pytest

from amzlinkr.domain.planning import RUN_INTERVAL
from amzlinkr.services.import_turns import MAX_QUEUE_WAIT_SECONDS, MAX_RECEIVES, MAX_WAITS
from amzlinkr.services.sync import LEASE_DURATION
from amzlinkr.storage.jobs import JOB_RETENTION, PENDING_FOR
from infra.local.stack.transform import Template
from tests.bench.worker import MB_PER_CORE
from tests.infra.hardening.access import as_list
from tests.infra.template_reader import of_type, resolve
from tests.observability.stack import alarms

RATE_OF_RUNS = "rate(5 minutes)"
NEW_ACCOUNT_CONCURRENCY = 10
"""The concurrent executions of many new AWS accounts."""
WORKERS = {
    "RefreshQueue": "RefreshShelvesFunction",
    "ImportQueue": "ImportWorkerFunction",
    "SandboxImportQueue": "ImportWorkerFunction",
}


@pytest.mark.parametrize("queue_id", WORKERS)
def test_queue_is_fifo_with_a_dead_letter_queue(queue_id: str, template: Template) -> None:
    queue = template["Resources"][queue_id]["Properties"]
    worker = template["Resources"][WORKERS[queue_id]]["Properties"]
    dead_letters = queue_id.replace("Queue", "DeadLetterQueue")

    assert queue["FifoQueue"] is True
    assert queue["ContentBasedDeduplication"] is False
    assert queue["VisibilityTimeout"] >= 6 * worker["Timeout"]
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]},
        "maxReceiveCount": queue["RedrivePolicy"]["maxReceiveCount"],
    }
    assert template["Resources"][dead_letters]["Properties"]["FifoQueue"] is True


@pytest.mark.parametrize("queue_id", WORKERS)
def test_queue_has_no_limit_of_messages_that_all_accounts_share(
    queue_id: str, template: Template
) -> None:
    queue = template["Resources"][queue_id]["Properties"]

    assert queue["DeduplicationScope"] == "messageGroup"
    assert queue["FifoThroughputLimit"] == "perMessageGroupId"


def test_message_that_ends_its_worker_is_a_dead_letter_before_it_expires(
    template: Template,
) -> None:
    queue = template["Resources"]["RefreshQueue"]["Properties"]
    dead_after = queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"]

    # A message with a valid lease is no dead letter, however often its worker ends.
    assert LEASE_DURATION.total_seconds() < dead_after < queue["MessageRetentionPeriod"]


@pytest.mark.parametrize("queue_id", WORKERS)
def test_worker_reports_failed_messages_of_a_batch(queue_id: str, template: Template) -> None:
    source = template["Resources"][f"{queue_id}Events"]["Properties"]

    assert source["EventSourceArn"] == {"Fn::GetAtt": [queue_id, "Arn"]}
    assert source["FunctionName"] == {"Ref": f"{WORKERS[queue_id]}Aliaslive"}
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert 1 <= source["BatchSize"] <= 10
    maximum = source["ScalingConfig"]["MaximumConcurrency"]
    if isinstance(maximum, dict):
        maximum = template["Parameters"][maximum["Ref"]]["MinValue"]
    assert maximum >= 2


def test_refresh_worker_has_half_a_core(template: Template) -> None:
    """With less it misses reservations: `python -m tests.bench worker`."""
    memory = template["Resources"]["RefreshShelvesFunction"]["Properties"]["MemorySize"]

    assert memory / MB_PER_CORE >= 0.5


def test_sandbox_imports_have_their_own_queue_and_workers(template: Template) -> None:
    variables = template["Resources"]["ImportWorkerFunction"]["Properties"]["Environment"]
    urls = [variables["Variables"][f"{name}IMPORT_QUEUE_URL"] for name in ("", "SANDBOX_")]

    assert urls == [{"Ref": "ImportQueue"}, {"Ref": "SandboxImportQueue"}]


@pytest.mark.parametrize("queue_id", ["ImportQueue", "SandboxImportQueue"])
def test_worker_receives_one_chunk_at_a_time(queue_id: str, template: Template) -> None:
    """With more, the chunks of a batch would wait for the rate limiter of the first one."""
    assert template["Resources"][f"{queue_id}Events"]["Properties"]["BatchSize"] == 1


def test_duplicates_are_dropped_until_the_planner_continues_a_job(template: Template) -> None:
    assert timedelta(minutes=5) <= PENDING_FOR
    for queue_id in ("ImportQueue", "SandboxImportQueue"):
        queue = template["Resources"][queue_id]["Properties"]
        assert queue["RedrivePolicy"]["maxReceiveCount"] == MAX_RECEIVES + 1
        assert queue["MessageRetentionPeriod"] == JOB_RETENTION.total_seconds()


def test_message_that_waits_for_its_account_is_replaced_before_the_alarm() -> None:
    alarm = alarms()["ImportQueueAgeAlarm"]

    assert alarm.threshold >= 8 * MAX_WAITS * MAX_QUEUE_WAIT_SECONDS


@pytest.mark.parametrize(
    ("schedule", "is_allowed"),
    [
        (RATE_OF_RUNS, True),
        ("rate(1 minute)", True),
        ("rate(15 minutes)", True),
        ("rate(16 minutes)", False),
        ("rate(1 minutes)", False),
        ("rate(0 minutes)", False),
        ("rate(1 hour)", False),
        ("cron(0 * * * ? *)", False),
        ("rate(15 minutes)rate(1 minute)", False),
    ],
)
def test_planner_cannot_run_less_often_than_its_alarm_expects(
    template: Template, schedule: str, is_allowed: bool
) -> None:
    alarm = alarms("essential")["PlannerStoppedAlarm"]

    pattern = template["Parameters"]["SyncSchedule"]["AllowedPattern"]
    assert (re.fullmatch(pattern, schedule) is not None) is is_allowed
    assert alarm.period >= timedelta(minutes=15).total_seconds()


def test_price_sync_and_purge_are_scheduled(template: Template) -> None:
    rules = of_type(template, "AWS::Events::Rule").values()
    scheduled = {rule["Targets"][0]["Arn"]["Ref"]: rule for rule in rules}

    assert template["Parameters"]["SyncSchedule"]["Default"] == RATE_OF_RUNS
    assert set(scheduled) == {
        "PriceSyncFunctionAliaslive",
        "PurgeDeletedSitesFunctionAliaslive",
    }
    for rule in scheduled.values():
        assert rule["Targets"][0]["RetryPolicy"]["MaximumEventAgeInSeconds"] < 300


@pytest.mark.parametrize("function_id", ["PriceSyncFunction", "PurgeDeletedSitesFunction"])
def test_failed_runs_are_kept_and_not_retried(function_id: str, template: Template) -> None:
    configured = [
        settings
        for settings in of_type(template, "AWS::Lambda::EventInvokeConfig").values()
        if settings["FunctionName"] == {"Ref": function_id}
    ]
    failed_runs = {"Fn::GetAtt": ["FailedRunsQueue", "Arn"]}

    assert configured
    for settings in configured:
        # A retry, or an event that waits longer, would run beside the next run.
        assert settings["MaximumRetryAttempts"] == 0
        assert settings["MaximumEventAgeInSeconds"] < RUN_INTERVAL.total_seconds()
        assert settings["DestinationConfig"]["OnFailure"]["Destination"] == failed_runs
    role = template["Resources"][f"{function_id}Role"]["Properties"]
    statements = [s for p in role["Policies"] for s in p["PolicyDocument"]["Statement"]]
    allowed = [as_list(s["Action"]) for s in statements if s["Resource"] == failed_runs]
    assert allowed == [["sqs:SendMessage"]]


def test_defaults_leave_room_for_the_api_in_a_new_account(template: Template) -> None:
    sources = of_type(resolve(template), "AWS::Lambda::EventSourceMapping").values()
    workers = sum(int(source["ScalingConfig"]["MaximumConcurrency"]) for source in sources)
    scheduled = len(of_type(template, "AWS::Events::Rule"))

    # A request needs the authorizer and its function, one after the other.
    assert workers + scheduled < NEW_ACCOUNT_CONCURRENCY


def test_tables_are_billed_per_request(template: Template) -> None:
    tables = of_type(template, "AWS::DynamoDB::Table")

    assert len(tables) == 5
    assert all(table["BillingMode"] == "PAY_PER_REQUEST" for table in tables.values())


@pytest.mark.parametrize("table_id", ["SitesTable", "ProductsTable", "QuotasTable", "JobsTable"])
def test_table_has_an_expiry_attribute(table_id: str, template: Template) -> None:
    table = template["Resources"][table_id]["Properties"]

    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_change_feed_uses_a_local_index_for_consistent_reads(template: Template) -> None:
    table = template["Resources"]["ProductsTable"]["Properties"]

    assert [index["IndexName"] for index in table["LocalSecondaryIndexes"]] == ["feed"]
    assert "GlobalSecondaryIndexes" not in table
