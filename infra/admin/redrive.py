"""Redrive: SQS moves the messages of a dead-letter queue back to the queue they were meant for.

SQS moves them in a task. The tool starts the task and shows its progress until it ends; Ctrl-C
cancels it. Repeating it is safe: the queue drops duplicates, and the workers drop messages with a
superseded lease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.command_failures import EXIT_BAD_INPUT, CommandFailure, aws_failures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import ListMessageMoveTasksResultEntryTypeDef

    from infra.admin.queues import QueueState

ALL_QUEUES = "all"
PROGRESS_SECONDS = 2.0
RUNNING = ("RUNNING", "CANCELLING")


@dataclass(frozen=True)
class MovedMessages:
    """The result of one queue: `COMPLETED`, `CANCELLED`, `FAILED`, or `EMPTY`."""

    queue: str
    status: str
    moved: int = 0
    reason: str | None = None


def selected_queues(queues: Sequence[QueueState], name: str) -> list[QueueState]:
    """Return the dead-letter queue with this name, or all of them. Raise `CommandFailure`."""
    dead_letter_queues = [queue for queue in queues if queue.is_dead_letter_queue]
    returnable = [queue for queue in dead_letter_queues if queue.source_arn is not None]
    if name == ALL_QUEUES:
        return returnable
    selected = [queue for queue in dead_letter_queues if queue.name == name]
    if not selected:
        names = ", ".join([*(queue.name for queue in returnable), ALL_QUEUES])
        raise CommandFailure(
            f"No dead-letter queue is named {name!r}; there are: {names}.", EXIT_BAD_INPUT
        )
    if selected[0].source_arn is None:
        raise CommandFailure(
            f"The messages of {name} came from no queue, so they cannot be moved back.",
            EXIT_BAD_INPUT,
        )
    return selected


def redrive_queue(
    sqs: SQSClient,
    queue: QueueState,
    report: Callable[[str], None],
    sleep: Callable[[float], None],
) -> MovedMessages:
    """Move all messages of a dead-letter queue, or follow the task that already does it."""
    if queue.messages == 0:
        return MovedMessages(queue.name, "EMPTY")
    with aws_failures(f"The messages of {queue.name} could not be moved"):
        task = _newest_task(sqs, queue)
        if task is None or task["Status"] not in RUNNING:
            # The destination is named, because messages that a worker put aside itself have no
            # original queue.
            sqs.start_message_move_task(SourceArn=queue.arn, DestinationArn=queue.source_arn or "")
        return _followed(sqs, queue, report, sleep)


def _followed(
    sqs: SQSClient,
    queue: QueueState,
    report: Callable[[str], None],
    sleep: Callable[[float], None],
) -> MovedMessages:
    """Report the progress of the task of a queue until it ends. Ctrl-C cancels it."""
    task = None
    try:
        while True:
            task = _newest_task(sqs, queue)
            if task is None:
                raise CommandFailure(f"SQS has no record of the task for {queue.name}; repeat it.")
            moved, total = _numbers(task)
            if task["Status"] not in RUNNING:
                reason = task.get("FailureReason")
                return MovedMessages(queue.name, task["Status"], moved, reason)
            report(f"{queue.name}: {moved} of about {total} messages moved")
            sleep(PROGRESS_SECONDS)
    except KeyboardInterrupt:
        task = task or _newest_task(sqs, queue)
        if task is not None and "TaskHandle" in task:
            sqs.cancel_message_move_task(TaskHandle=task["TaskHandle"])
        raise


def _newest_task(
    sqs: SQSClient, queue: QueueState
) -> ListMessageMoveTasksResultEntryTypeDef | None:
    results = sqs.list_message_move_tasks(SourceArn=queue.arn, MaxResults=1).get("Results", [])
    return results[0] if results else None


def _numbers(task: ListMessageMoveTasksResultEntryTypeDef) -> tuple[int, int]:
    moved = task.get("ApproximateNumberOfMessagesMoved", 0)
    return moved, task.get("ApproximateNumberOfMessagesToMove", moved)
