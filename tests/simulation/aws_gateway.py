"""The one way out to AWS: every call is a step, may go wrong, and is seen by the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from typing import Any
from unittest import mock

from botocore.client import BaseClient

from tests.simulation import faults as kinds
from tests.simulation.clocks import WorkerClock, true_time
from tests.simulation.faults import Faults, lose, possible_for, refuse
from tests.simulation.queues import FifoQueue
from tests.simulation.schedule import Scheduler

Call = Callable[[BaseClient, str, dict[str, Any]], dict[str, Any]]
Seen = Callable[[str, dict[str, Any], dict[str, Any]], None]
QUICK, QUITE_SLOW, SLOW = 0.004, 0.3, 3.0
SDK_TIMEOUT, WRITE_ODDS = 1.0, 3.0
JUMPS = (4.0, 30.0, 600.0)
"""Seconds. Within two seconds of the truth, the store's dates cannot tell a clock wrong."""


class Gate:
    """Stands between botocore's clients and the store; `queues` by their URL."""

    def __init__(
        self,
        scheduler: Scheduler,
        faults: Faults,
        queues: dict[str, FifoQueue],
        seen: Seen,
        jump: Callable[[], WorkerClock | None],
        slow: float = 0.0,
    ) -> None:
        """`slow` is the part of the calls that take quite long."""
        self._scheduler = scheduler
        self._faults = faults
        self._queues = queues
        self._seen = seen
        self._jump = jump
        self._slow = slow
        self._rng = scheduler.rng
        self._store: Call | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Put the gate before whatever store is there."""
        self._store = BaseClient._make_api_call  # type: ignore[attr-defined] # every client's one way out

        def call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            return self._call(client, operation, parameters)

        with mock.patch.object(BaseClient, "_make_api_call", call):
            yield

    def _call(
        self, client: BaseClient, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        _in_order(parameters)
        if self._scheduler.current is None:
            return self._carried_out(client, operation, parameters)
        service = client.meta.service_model.service_name
        odds = WRITE_ODDS if operation.startswith("Transact") else 1.0
        fault = self._faults.next(operation, possible_for(service, operation), odds)
        self._scheduler.note(f"{operation} {_keys(parameters)} {fault or ''}".rstrip())
        self._scheduler.sleep(self._takes())
        self._before(fault, service, operation, parameters)
        answer = self._carried_out(client, operation, parameters)
        if fault == kinds.SENT_TWICE:
            self._scheduler.sleep(SDK_TIMEOUT)
            answer = self._carried_out(client, operation, parameters)
        if fault == kinds.CRASH_AFTER:
            self._scheduler.crash(f"after {operation}")
        if fault == kinds.COMMITTED_BUT_LOST:
            self._scheduler.sleep(SDK_TIMEOUT)
            lose(service)
        return answer

    def _takes(self) -> float:
        if self._rng.random() < self._slow:
            return QUITE_SLOW * self._rng.random()
        return QUICK * (0.5 + self._rng.random())

    def _before(
        self, fault: str | None, service: str, operation: str, parameters: dict[str, Any]
    ) -> None:
        if fault == kinds.CRASH_BEFORE:
            self._scheduler.crash(f"before {operation}")
        if fault in (kinds.THROTTLED, kinds.SERVER_ERROR, kinds.LOST_BEFORE, kinds.CONFLICT):
            refuse(fault, service, operation, parameters)
        if fault == kinds.DELAYED:
            self._scheduler.sleep(SLOW * self._rng.random())
        clock = self._jump() if fault == kinds.CLOCK_JUMP else None
        if clock is not None:
            clock.offset += self._rng.choice([-1, 1]) * self._rng.choice(JUMPS)
        if fault == kinds.PARTIAL and operation == "BatchGetItem":
            _leave_some(parameters)

    def _carried_out(
        self, client: BaseClient, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        queue = self._queues.get(str(parameters.get("QueueUrl")))
        if queue is not None:
            return _sent(queue, operation, parameters)
        left = parameters.pop("_left", None)
        if self._store is None:
            raise RuntimeError("the gate is not open")
        answer = self._store(client, operation, parameters)
        if left:
            answer["UnprocessedKeys"] = {**answer.get("UnprocessedKeys", {}), **left}
        headers = answer.setdefault("ResponseMetadata", {}).setdefault("HTTPHeaders", {})
        headers["date"] = format_datetime(true_time(self._scheduler), usegmt=True)
        self._seen(operation, parameters, answer)
        return answer


def _in_order(parameters: dict[str, Any]) -> None:
    """PynamoDB asks for a batch in the order of a set, which is another one in every process."""
    for asked in parameters.get("RequestItems", {}).values():
        asked["Keys"] = sorted(asked["Keys"], key=str)


def _leave_some(parameters: dict[str, Any]) -> None:
    """Let the second half of a table's keys wait for another call, as DynamoDB may."""
    for table, asked in parameters["RequestItems"].items():
        wanted = asked["Keys"]
        if len(wanted) > 1:
            middle = len(wanted) // 2
            parameters["RequestItems"] = {table: {**asked, "Keys": wanted[:middle]}}
            parameters["_left"] = {table: {**asked, "Keys": wanted[middle:]}}


def _sent(queue: FifoQueue, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    entries = parameters["Entries"] if operation == "SendMessageBatch" else [parameters]
    taken = []
    for entry in entries:
        message_id = queue.send(
            entry["MessageBody"],
            entry["MessageGroupId"],
            entry["MessageDeduplicationId"],
            entry.get("MessageAttributes", {}),
        )
        taken.append({"Id": entry.get("Id", ""), "MessageId": message_id})
    return {"Successful": taken, "Failed": [], "MessageId": taken[0]["MessageId"]}


def _keys(parameters: dict[str, Any]) -> str:
    """What the call is about, in short."""
    if "TransactItems" in parameters:
        return " ".join(_key(next(iter(one.values()))) for one in parameters["TransactItems"])
    if "RequestItems" in parameters:
        (asked,) = parameters["RequestItems"].values()
        return " ".join(_key({"Key": key}) for key in asked["Keys"])
    if "Entries" in parameters:
        return str(len(parameters["Entries"]))
    return _key(parameters)


def _key(parameters: dict[str, Any]) -> str:
    key = parameters.get("Key") or parameters.get("Item") or {}
    name = key.get("sk") or key.get("pk") or {}
    return str(name.get("S") or parameters.get("IndexName") or "*")
