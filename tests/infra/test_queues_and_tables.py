"""Queues that lose and reorder nothing, tables that forget what is no longer needed."""

import pytest

from amzlinkr.services.sync import LEASE_DURATION
from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type

WORKERS = {"RefreshQueue": "RefreshShelvesFunction", "ImportQueue": "ImportWorkerFunction"}


@pytest.mark.parametrize("queue_id", WORKERS)
def test_a_queue_is_ordered_and_gives_up_into_another(queue_id: str, template: Template) -> None:
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


def test_messages_to_refresh_are_gone_before_they_count_as_unreadable(template: Template) -> None:
    queue = template["Resources"]["RefreshQueue"]["Properties"]
    receives = queue["MessageRetentionPeriod"] / queue["VisibilityTimeout"]

    assert queue["RedrivePolicy"]["maxReceiveCount"] > receives
    assert queue["MessageRetentionPeriod"] > LEASE_DURATION.total_seconds()


@pytest.mark.parametrize("queue_id", WORKERS)
def test_a_worker_reports_which_messages_failed(queue_id: str, template: Template) -> None:
    source = template["Resources"][f"{queue_id}Events"]["Properties"]

    assert source["EventSourceArn"] == {"Fn::GetAtt": [queue_id, "Arn"]}
    assert source["FunctionName"] == {"Ref": WORKERS[queue_id]}
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert 1 <= source["BatchSize"] <= 10
    at_most = source["ScalingConfig"]["MaximumConcurrency"]
    if isinstance(at_most, dict):
        at_most = template["Parameters"][at_most["Ref"]]["MinValue"]
    assert at_most >= 2


def test_the_sync_is_scheduled(template: Template) -> None:
    rules = of_type(template, "AWS::Events::Rule").values()
    scheduled = {rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]: rule for rule in rules}

    assert template["Parameters"]["SyncSchedule"]["Default"] == "rate(5 minutes)"
    assert set(scheduled) == {"PriceSyncFunction", "PurgeDeletedSitesFunction"}
    for rule in scheduled.values():
        assert rule["Targets"][0]["RetryPolicy"]["MaximumEventAgeInSeconds"] < 300


def test_tables_are_paid_by_use(template: Template) -> None:
    tables = of_type(template, "AWS::DynamoDB::Table")

    assert len(tables) == 5
    assert all(table["BillingMode"] == "PAY_PER_REQUEST" for table in tables.values())


@pytest.mark.parametrize("table_id", ["SitesTable", "ProductsTable", "QuotasTable", "JobsTable"])
def test_what_is_no_longer_needed_expires(table_id: str, template: Template) -> None:
    table = template["Resources"][table_id]["Properties"]

    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_the_change_feed_can_be_read_consistently(template: Template) -> None:
    table = template["Resources"]["ProductsTable"]["Properties"]

    assert [index["IndexName"] for index in table["LocalSecondaryIndexes"]] == ["feed"]
    assert "GlobalSecondaryIndexes" not in table
