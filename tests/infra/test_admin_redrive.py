"""Redrive by SQS's own task: started once, followed to its end, canceled by Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from infra.admin.queues import QueueState, name_of_queue, queue_states
from infra.admin.redrive import PROGRESS_SECONDS, MovedMessages, redrive_queue, selected_queues
from infra.command_failures import CommandFailure
from infra.local.stack.transform import Template

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DEAD, SOURCE = "arn:aws:sqs:us-east-1:123456789012:dead", "arn:aws:sqs:us-east-1:123456789012:q"
QUEUE = QueueState("refresh", DEAD, 7, 0, is_dead_letter_queue=True, source_arn=SOURCE)
HANDLE = "handle"


@pytest.fixture
def client() -> SQSClient:
    session = boto3.Session("test", "test", region_name="us-east-1")
    created: SQSClient = session.client("sqs")
    return created


@pytest.fixture
def stub(client: SQSClient) -> Iterator[Stubber]:
    """Return a stub of SQS's responses, each of which checks the request."""
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def expect_list(stub: Stubber, *results: dict[str, Any]) -> None:
    request = {"SourceArn": DEAD, "MaxResults": 1}
    stub.add_response("list_message_move_tasks", {"Results": list(results)}, request)


def expect_start(stub: Stubber) -> None:
    request = {"SourceArn": DEAD, "DestinationArn": SOURCE}
    stub.add_response("start_message_move_task", {"TaskHandle": HANDLE}, request)


def task(status: str, moved: int, **fields: Any) -> dict[str, Any]:
    handle = {"TaskHandle": HANDLE} if status == "RUNNING" else {}
    numbers = {
        "ApproximateNumberOfMessagesMoved": moved,
        "ApproximateNumberOfMessagesToMove": 7,
    }
    return {"Status": status, "SourceArn": DEAD, **numbers, **handle, **fields}


def run(stub: Stubber, queue: QueueState = QUEUE) -> tuple[MovedMessages, list[str], list[float]]:
    reports: list[str] = []
    pauses: list[float] = []
    client: Any = stub.client
    return redrive_queue(client, queue, reports.append, pauses.append), reports, pauses


@pytest.mark.parametrize(
    ("status", "fields", "reason"),
    [
        ("COMPLETED", {}, None),
        ("CANCELLED", {}, None),
        ("FAILED", {"FailureReason": "AccessDenied"}, "AccessDenied"),
    ],
)
def test_task_is_followed_to_its_end(
    stub: Stubber, status: str, fields: dict[str, str], reason: str | None
) -> None:
    expect_list(stub, task("COMPLETED", 3))  # an earlier one
    expect_start(stub)
    expect_list(stub, task("RUNNING", 2))
    expect_list(stub, task("RUNNING", 5))
    expect_list(stub, task(status, 6, **fields))

    result, reports, pauses = run(stub)

    assert result == MovedMessages("refresh", status, 6, reason)
    assert reports == [
        "refresh: 2 of about 7 messages moved", "refresh: 5 of about 7 messages moved",
    ]  # fmt: skip
    assert pauses == [PROGRESS_SECONDS] * 2


def test_running_task_is_followed_and_no_second_one_started(stub: Stubber) -> None:
    expect_list(stub, task("RUNNING", 1))
    expect_list(stub, task("COMPLETED", 7))

    assert run(stub)[0] == MovedMessages("refresh", "COMPLETED", 7)


def test_empty_queue_needs_no_task(stub: Stubber) -> None:
    empty = QueueState("refresh", DEAD, 0, 0, is_dead_letter_queue=True, source_arn=SOURCE)

    assert run(stub, empty)[0] == MovedMessages("refresh", "EMPTY")


def test_interrupt_cancels_the_task(stub: Stubber, client: SQSClient) -> None:
    expect_list(stub)
    expect_start(stub)
    expect_list(stub, task("RUNNING", 2))
    moved = {"ApproximateNumberOfMessagesMoved": 2}
    stub.add_response("cancel_message_move_task", moved, {"TaskHandle": HANDLE})

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redrive_queue(client, QUEUE, lambda _text: None, interrupt)
    stub.assert_no_pending_responses()


def test_missing_permission_is_named(stub: Stubber) -> None:
    expect_list(stub)
    stub.add_client_error("start_message_move_task", "AccessDeniedException", "not authorized")

    with pytest.raises(CommandFailure, match="permission for StartMessageMoveTask") as failure:
        run(stub)
    assert failure.value.exit_status == 1


def test_every_dead_letter_queue_of_the_template_is_found_with_its_queue(
    client: SQSClient, template: Template
) -> None:
    resources = template["Resources"]
    queues = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::SQS::Queue"}
    with Stubber(client) as stubber:
        for name, properties in queues.items():
            attributes = {
                "QueueArn": name,
                "ApproximateNumberOfMessages": "1",
                "ApproximateNumberOfMessagesNotVisible": "0",
            }
            if "RedrivePolicy" in properties:
                target = properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
                attributes["RedrivePolicy"] = f'{{"deadLetterTargetArn": "{target}"}}'
            stubber.add_response("get_queue_attributes", {"Attributes": attributes})
        states = queue_states(client, {name: f"https://{name}" for name in queues})

    found = {(queue.arn, queue.source_arn) for queue in selected_queues(states, "all")}
    assert found == {
        (properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0], name)
        for name, properties in queues.items()
        if "RedrivePolicy" in properties
    }
    assert len(found) >= 3


@pytest.mark.parametrize(
    ("logical_id", "name"),
    [
        ("RefreshQueue", "refresh"), ("RefreshDeadLetterQueue", "refresh"),
        ("SandboxImportDeadLetterQueue", "sandbox-import"), ("PlannerFailures", "planner-failures"),
    ],
)  # fmt: skip
def test_name_of_a_queue_is_its_logical_id_in_words(logical_id: str, name: str) -> None:
    assert name_of_queue(logical_id) == name


def test_unknown_queue_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(CommandFailure, match="there are: refresh, all") as failure:
        selected_queues([QUEUE], "nonsense")
    assert failure.value.exit_status == 2


def test_messages_that_came_from_no_queue_cannot_return() -> None:
    orphan = QueueState("planner", "arn", 1, 0, is_dead_letter_queue=True)

    assert selected_queues([QUEUE, orphan], "all") == [QUEUE]
    with pytest.raises(CommandFailure, match="came from no queue"):
        selected_queues([QUEUE, orphan], "planner")
