"""Metrics that AWS services publish about the stack: healthy ones, and those of a fault in them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.observability.emf import MetricName
from tests.observability.evaluation import MetricStore
from tests.observability.stack import alarms, named_metrics

MINUTE = timedelta(minutes=1)
HEALTHY = {
    "Invocations": 5.0,
    "Errors": 0.0,
    "Throttles": 0.0,
    "Duration": 120.0,
    "ConcurrentExecutions": 2.0,
    "Count": 40.0,
    "4XXError": 0.0,
    "5XXError": 0.0,
    "Latency": 350.0,
    "ApproximateNumberOfMessagesVisible": 0.0,
    "ApproximateAgeOfOldestMessage": 90.0,
    "ConsumedReadCapacityUnits": 20.0,
    "ConsumedWriteCapacityUnits": 20.0,
    "EstimatedCharges": 3.0,
}
"""One value of each metric per five minutes; DynamoDB publishes throttles only if there are any."""
EVERY_FIVE_MINUTES = tuple(range(0, 60, 5))
KILLED_WORKER = (0, 6, 12)
"""The minutes at which a message ends its worker: SQS delivers it after each visibility timeout."""
FAULTS: Mapping[str, tuple[float, tuple[int, ...]]] = {
    "ApiLatencyAlarm": (6_000, EVERY_FIVE_MINUTES),
    "FunctionErrorsAlarm": (1, KILLED_WORKER),
    "ThrottlesAlarm": (30, EVERY_FIVE_MINUTES),
    "ConcurrencyAlarm": (10, EVERY_FIVE_MINUTES),
    "StoppedImportsAlarm": (1, EVERY_FIVE_MINUTES),
    "ImportDeadLettersAlarm": (1, EVERY_FIVE_MINUTES),
    "SandboxImportDeadLettersAlarm": (1, EVERY_FIVE_MINUTES),
    "FailedRunsAlarm": (1, EVERY_FIVE_MINUTES),
    "RefreshQueueAgeAlarm": (2_400, EVERY_FIVE_MINUTES),
    "ImportQueueAgeAlarm": (22_000, EVERY_FIVE_MINUTES),
    "SandboxImportQueueAgeAlarm": (22_000, EVERY_FIVE_MINUTES),
}
"""The values of a fault, and the minutes of an hour at which they appear.

Errors of single functions and throttles of tables have those of `FunctionErrorsAlarm` and
`ThrottlesAlarm`.
"""


def aws_metrics() -> list[MetricName]:
    """Return the named metrics that AWS services publish."""
    return [metric for metric in named_metrics() if metric[0].startswith("AWS/")]


def put_healthy(
    store: MetricStore, start: datetime, end: datetime, without: MetricName | None = None
) -> None:
    """Add healthy values of all metrics of AWS services, except one metric."""
    at = start
    while at < end:
        for metric in aws_metrics():
            if metric != without and metric[1] in HEALTHY:
                store.put(metric, at, [HEALTHY[metric[1]]])
        at += 5 * MINUTE


def fault_of(alarm_id: str) -> tuple[float, tuple[int, ...]] | None:
    """Return the fault of an alarm on a metric of an AWS service, or None."""
    if alarm_id in FAULTS:
        return FAULTS[alarm_id]
    # Errors of the API are counted in an own metric.
    if alarm_id.endswith("ErrorsAlarm") and alarm_id != "ApiErrorsAlarm":
        return FAULTS["FunctionErrorsAlarm"]
    return FAULTS["ThrottlesAlarm"] if alarm_id.endswith("ThrottlesAlarm") else None


def put_fault(store: MetricStore, alarm_id: str, start: datetime) -> None:
    """Add the metrics of a fault that lasts for the hour from `start`."""
    ((metric, _),) = alarms("all" if alarm_id in alarms() else "essential")[
        alarm_id
    ].metrics.values()
    fault = fault_of(alarm_id)
    assert fault is not None
    value, minutes = fault
    for minute in minutes:
        store.put(metric, start + minute * MINUTE, [value])
