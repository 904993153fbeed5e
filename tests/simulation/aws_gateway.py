"""The gateway through which all AWS calls of a schedule pass.

Every call takes virtual time, may meet a fault, and is checked afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from botocore.client import BaseClient

from tests.simulation import faults as kinds
from tests.simulation.clocks import WorkerClock, true_time
from tests.simulation.faults import Faults, possible_faults, raise_error, raise_timeout
from tests.simulation.memory_aws import http_date
from tests.simulation.queues import FifoQueue
from tests.simulation.schedule import Scheduler

Call = Callable[[BaseClient, str, dict[str, Any]], dict[str, Any]]
AfterCall = Callable[[str, dict[str, Any], dict[str, Any]], None]
CALL_SECONDS, MAX_SLOW_CALL_SECONDS, MAX_DELAY_SECONDS = 0.004, 0.3, 3.0
SDK_TIMEOUT, TRANSACTION_WEIGHT = 1.0, 3.0
CLOCK_JUMPS = (4.0, 30.0, 600.0)
"""Seconds. The dates of DynamoDB's responses do not reveal an error of less than two seconds."""


class AwsGateway:
    """A layer between botocore's clients and the store; `queues` are by their URL."""

    def __init__(
        self,
        scheduler: Scheduler,
        faults: Faults,
        queues: dict[str, FifoQueue],
        after_call: AfterCall,
        current_clock: Callable[[], WorkerClock | None],
        slow_call_ratio: float = 0.0,
    ) -> None:
        self._scheduler = scheduler
        self._faults = faults
        self._queues = queues
        self._after_call = after_call
        self._current_clock = current_clock
        self._slow_call_ratio = slow_call_ratio
        self._rng = scheduler.rng
        self._store: Call | None = None

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Put the gateway in front of the store that is active now."""
        self._store = BaseClient._make_api_call  # type: ignore[attr-defined] # all clients call it

        def call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            return self._call(client, operation, parameters)

        with mock.patch.object(BaseClient, "_make_api_call", call):
            yield

    def _call(
        self, client: BaseClient, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        _sort_batch_keys(parameters)
        if self._scheduler.current is None:
            return self._execute(client, operation, parameters)
        service = client.meta.service_model.service_name
        weight = TRANSACTION_WEIGHT if operation.startswith("Transact") else 1.0
        fault = self._faults.next(operation, possible_faults(service, operation), weight)
        self._scheduler.record(f"{operation} {_keys(parameters)} {fault or ''}".rstrip())
        self._scheduler.sleep(self._call_seconds())
        self._apply_fault_before(fault, service, operation, parameters)
        response = self._execute(client, operation, parameters)
        if fault == kinds.SENT_TWICE:
            self._scheduler.sleep(SDK_TIMEOUT)
            response = self._execute(client, operation, parameters)
        if fault == kinds.CRASH_AFTER:
            self._scheduler.crash(f"after {operation}")
        if fault == kinds.COMMITTED_BUT_TIMED_OUT:
            self._scheduler.sleep(SDK_TIMEOUT)
            raise_timeout(service)
        return response

    def _call_seconds(self) -> float:
        if self._rng.random() < self._slow_call_ratio:
            return MAX_SLOW_CALL_SECONDS * self._rng.random()
        return CALL_SECONDS * (0.5 + self._rng.random())

    def _apply_fault_before(
        self, fault: str | None, service: str, operation: str, parameters: dict[str, Any]
    ) -> None:
        if fault == kinds.CRASH_BEFORE:
            self._scheduler.crash(f"before {operation}")
        worker = self._scheduler.current
        if worker is not None and fault in kinds.AWS_FAILURES:
            worker.root.aws_faults += 1
        if fault in (kinds.THROTTLED, kinds.SERVER_ERROR, kinds.LOST_BEFORE, kinds.CONFLICT):
            raise_error(fault, service, operation, parameters)
        if fault == kinds.DELAYED:
            self._scheduler.sleep(MAX_DELAY_SECONDS * self._rng.random())
        clock = self._current_clock() if fault == kinds.CLOCK_JUMP else None
        if clock is not None:
            clock.offset += self._rng.choice([-1, 1]) * self._rng.choice(CLOCK_JUMPS)
        if fault == kinds.PARTIAL and operation == "BatchGetItem":
            _postpone_half(parameters)
        if fault == kinds.PARTIAL and operation == "SendMessageBatch":
            parameters["_refused"] = len(parameters["Entries"]) // 2

    def _execute(
        self, client: BaseClient, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        queue = self._queues.get(str(parameters.get("QueueUrl")))
        if queue is not None:
            return _call_queue(queue, operation, parameters)
        postponed = parameters.pop("_postponed", None)
        if self._store is None:
            raise RuntimeError("the gateway is not installed")
        response = self._store(client, operation, parameters)
        if postponed:
            response["UnprocessedKeys"] = {**response.get("UnprocessedKeys", {}), **postponed}
        headers = response.setdefault("ResponseMetadata", {}).setdefault("HTTPHeaders", {})
        headers["date"] = http_date(true_time(self._scheduler).replace(microsecond=0))
        self._after_call(operation, parameters, response)
        return response


def _sort_batch_keys(parameters: dict[str, Any]) -> None:
    """Sort the keys of a batch: PynamoDB's order is that of a set, which differs by process."""
    for request in parameters.get("RequestItems", {}).values():
        request["Keys"] = sorted(request["Keys"], key=str)


def _postpone_half(parameters: dict[str, Any]) -> None:
    """Leave half of a table's keys unprocessed, as DynamoDB may."""
    for table, request in parameters["RequestItems"].items():
        keys = request["Keys"]
        if len(keys) > 1:
            middle = len(keys) // 2
            parameters["RequestItems"] = {table: {**request, "Keys": keys[:middle]}}
            parameters["_postponed"] = {table: {**request, "Keys": keys[middle:]}}


def _call_queue(queue: FifoQueue, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    if operation == "ChangeMessageVisibility":
        queue.return_after(parameters["ReceiptHandle"], parameters["VisibilityTimeout"])
        return {}
    entries = parameters["Entries"] if operation == "SendMessageBatch" else [parameters]
    accepted = len(entries) - parameters.pop("_refused", 0)
    sent = []
    for entry in entries[:accepted]:
        message_id = queue.send(
            entry["MessageBody"],
            entry["MessageGroupId"],
            entry["MessageDeduplicationId"],
            entry.get("MessageAttributes", {}),
        )
        sent.append({"Id": entry.get("Id", ""), "MessageId": message_id})
    failed = [{"Id": entry["Id"]} for entry in entries[accepted:]]
    return {"Successful": sent, "Failed": failed, "MessageId": sent[0]["MessageId"]}


def _keys(parameters: dict[str, Any]) -> str:
    """Return the sort keys of a call, for the history."""
    if "TransactItems" in parameters:
        actions = (next(iter(item.values())) for item in parameters["TransactItems"])
        return " ".join(_key(action) for action in actions)
    if "RequestItems" in parameters:
        (request,) = parameters["RequestItems"].values()
        return " ".join(_key({"Key": key}) for key in request["Keys"])
    if "Entries" in parameters:
        return str(len(parameters["Entries"]))
    return _key(parameters)


def _key(parameters: dict[str, Any]) -> str:
    key = parameters.get("Key") or parameters.get("Item") or {}
    name = key.get("sk") or key.get("pk") or {}
    return str(name.get("S") or parameters.get("IndexName") or "*")
