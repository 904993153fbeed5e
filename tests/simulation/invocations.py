"""Calling the functions' stories from a worker, as API Gateway, SQS and EventBridge would."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.queues.messages import ImportChunk, process_fifo_batch
from amzlinkr.wiring import Dependencies
from functions.import_worker import app as import_chunks
from functions.refresh_shelves import app as refresh_shelves
from tests.calls import event_of, sqs_event
from tests.simulation.model import Work
from tests.simulation.queues import Message
from tests.simulation.schedule import Scheduler
from tests.simulation.state import World

Story = Callable[[Request, Dependencies], ApiResponse]
PATIENCE = 3.8
PLANNER_LASTS, WORKER_LASTS = 240.0, 60.0


class Remaining:
    """Lambda's context: how long the present worker may go on."""

    function_name = "proof"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:proof"
    aws_request_id = "request"

    def __init__(self, scheduler: Scheduler, ends_at: float) -> None:
        self._scheduler = scheduler
        self._ends_at = ends_at

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds left."""
        return max(0, int((self._ends_at - self._scheduler.now) * 1000))


def ask(  # noqa: PLR0913, PLR0917 - a request has so many parts
    world: World,
    story: Story,
    site_id: str,
    body: object = None,
    query: Mapping[str, str] | None = None,
    path: Mapping[str, str] | None = None,
    key: str = "",
) -> ApiResponse | AmzlinkrError:
    """A request of a site and its answer, or the problem it is told."""
    scheduler = world.scheduler
    headers = {"Idempotency-Key": key} if key else None
    event = event_of("POST", "/v1/proof", body, query, headers, site_id)
    deadline = Deadline.after(world.deps.clock, PATIENCE)
    request = Request(event, "proof", deadline, path or {})
    try:
        return story(request, world.deps)
    except AmzlinkrError as error:
        scheduler.note(f"problem {error.code}")
        return error


def plan(world: World) -> int:
    """One round of the planner."""
    deadline = Deadline.after(world.deps.clock, PLANNER_LASTS)
    begun, faults = world.scheduler.now, world.faults.fired.total()
    try:
        planned = world.deps.sync_planner.plan(deadline)
    except AmzlinkrError as error:
        world.scheduler.note(f"planner failed: {error.code}")
        return 0
    world.scheduler.note(f"planned {planned}")
    if world.faults.fired.total() == faults:
        world.model.purged(begun)
    return planned


def refresh(world: World, messages: list[Message]) -> set[str]:
    """A batch of the refresh queue; the ids of the messages that failed."""
    worker = world.scheduler.current
    works = [_work(message.body) for message in messages]
    if worker is not None:
        world.model.takes(worker, [one for one in works if one is not None])
    remaining = Remaining(world.scheduler, world.scheduler.now + WORKER_LASTS)
    answer = refresh_shelves.process_batch(_event(messages), remaining, world.deps)
    return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


def import_chunk(world: World, messages: list[Message]) -> set[str]:
    """A batch of the import queue."""
    remaining = Remaining(world.scheduler, world.scheduler.now + WORKER_LASTS)
    deps = world.deps
    answer = process_fifo_batch(
        _event(messages),
        remaining,
        deps.clock,
        ImportChunk,
        lambda chunk, deadline, received: import_chunks.import_chunk(
            chunk, deadline, received, deps
        ),
    )
    return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


def _event(messages: list[Message]) -> dict[str, Any]:
    return sqs_event(
        [
            {
                "MessageId": message.message_id,
                "Body": message.body,
                "Attributes": {
                    "ApproximateReceiveCount": str(message.received),
                    "MessageGroupId": message.group,
                },
            }
            for message in messages
        ]
    )


def _work(body: str) -> Work | None:
    try:
        said = json.loads(body)
        return Work(said["site_id"], said["marketplace"], said["shelf_id"], said["lease"])
    except (ValueError, KeyError, TypeError):
        return None
