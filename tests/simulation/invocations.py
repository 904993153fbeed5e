"""Invocations of the functions in a worker, as API Gateway, SQS and EventBridge invoke them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.wiring import Dependencies
from functions.import_worker import app as import_worker
from functions.refresh_shelves import app as refresh_shelves
from tests.calls import event_of, sqs_event
from tests.simulation.invariants import ShelfTask
from tests.simulation.queues import Message
from tests.simulation.schedule import Scheduler
from tests.simulation.state import SimulationState

Endpoint = Callable[[Request, Dependencies], ApiResponse]
CLIENT_TIMEOUT_SECONDS = 3.8
PLANNER_TIMEOUT_SECONDS, WORKER_TIMEOUT_SECONDS = 240.0, 60.0


class LambdaContext:
    """The context that Lambda passes, with the time that the worker has left."""

    function_name = "simulation"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:simulation"
    aws_request_id = "request"

    def __init__(self, scheduler: Scheduler, ends_at: float) -> None:
        self._scheduler = scheduler
        self._ends_at = ends_at

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time."""
        return max(0, int((self._ends_at - self._scheduler.now) * 1000))


def call(
    state: SimulationState,
    endpoint: Endpoint,
    site_id: str,
    body: object = None,
    query: Mapping[str, str] | None = None,
    path: Mapping[str, str] | None = None,
    idempotency_key: str = "",
    kid: str = "",
) -> ApiResponse | AmzlinkrError:
    """Send a request of a site, and return the response or the problem.

    `kid` is the public ID of its API key, for calls that require it to be active.
    """
    scheduler = state.scheduler
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
    event = event_of("POST", "/v1/simulation", body, query, headers, site_id)
    event["requestContext"]["authorizer"]["kid"] = kid
    deadline = Deadline.after(state.deps.clock, CLIENT_TIMEOUT_SECONDS)
    request = Request(event, "simulation", deadline, path or {})
    try:
        return endpoint(request, state.deps)
    except AmzlinkrError as error:
        scheduler.record(f"problem {error.code}")
        return error


def read(
    state: SimulationState, endpoint: Endpoint, site_id: str, path: Mapping[str, str]
) -> ApiResponse | AmzlinkrError:
    """Send a GET request without a query, and return the response or the problem."""
    return call(state, endpoint, site_id, query={}, path=path)


def plan(state: SimulationState) -> bool:
    """Run the planner once; return whether it was completed without a fault."""
    deadline = Deadline.after(state.deps.clock, PLANNER_TIMEOUT_SECONDS)
    started_at, faults = state.scheduler.now, state.faults.fired.total()
    try:
        state.deps.imports.turns.continue_pending(deadline)
        planned = state.deps.sync_planner.plan(deadline)
    except AmzlinkrError as error:
        state.scheduler.record(f"planner failed: {error.code}")
        return False
    state.scheduler.record(f"planned {planned}")
    is_undisturbed = state.faults.fired.total() == faults
    if is_undisturbed:
        state.invariants.check_expired(started_at)
    return is_undisturbed


def refresh(state: SimulationState, messages: list[Message]) -> set[str]:
    """Process a batch of the refresh queue, and return the IDs of the messages that failed."""
    worker = state.scheduler.current
    tasks = [_task(message.body) for message in messages]
    if worker is not None:
        state.invariants.start_batch(worker, [task for task in tasks if task is not None])
    remaining = LambdaContext(state.scheduler, state.scheduler.now + WORKER_TIMEOUT_SECONDS)
    response = refresh_shelves.process_batch(_event(messages), remaining, state.deps)
    return {failure["itemIdentifier"] for failure in response["batchItemFailures"]}


def import_chunk(state: SimulationState, messages: list[Message]) -> set[str]:
    """Process a batch of the import queue, and return the IDs of the messages that failed."""
    remaining = LambdaContext(state.scheduler, state.scheduler.now + WORKER_TIMEOUT_SECONDS)
    response = import_worker.process_batch(_event(messages), remaining, state.deps)
    return {failure["itemIdentifier"] for failure in response["batchItemFailures"]}


def _event(messages: list[Message]) -> dict[str, Any]:
    return sqs_event(
        [
            {
                "MessageId": message.message_id,
                "ReceiptHandle": message.receipt,
                "Body": message.body,
                "Attributes": {
                    "ApproximateReceiveCount": str(message.received),
                    "MessageGroupId": message.group,
                },
            }
            for message in messages
        ]
    )


def _task(body: str) -> ShelfTask | None:
    try:
        task = json.loads(body)
        return ShelfTask(task["site_id"], task["marketplace"], task["shelf_id"], task["lease"])
    except (ValueError, KeyError, TypeError):
        return None
