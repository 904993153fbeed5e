"""The state of an alarm, computed from metric data as the CloudWatch User Guide describes it.

"Using Amazon CloudWatch alarms" defines periods, M out of N datapoints, and missing data; "Using
metric math" defines the functions. The emulators ignore dimensions, missing data, and expressions.
"""

from __future__ import annotations

import ast
import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from tests.observability.emf import MetricName
from tests.observability.stack import Alarm

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass
class MetricStore:
    """Metric data by metric: values with their times."""

    data: dict[MetricName, list[tuple[datetime, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def put(self, metric: MetricName, at: datetime, values: Iterable[float]) -> None:
        """Add the values of a metric at a time."""
        self.data[metric] += [(at, value) for value in values]

    def statistic(
        self, metric: MetricName, name: str, start: datetime, end: datetime
    ) -> float | None:
        """Return a statistic of the values from `start` until before `end`, or None without any."""
        values = [value for at, value in self.data.get(metric, ()) if start <= at < end]
        return _statistic(name, values) if values else None


def _statistic(name: str, values: list[float]) -> float:
    if name.startswith("p"):
        ordered = sorted(values)
        return ordered[math.ceil(float(name[1:]) / 100 * len(ordered)) - 1]
    simple: dict[str, Callable[[list[float]], float]] = {
        "Sum": sum,
        "Maximum": max,
        "Minimum": min,
        "SampleCount": len,
        "Average": lambda given: sum(given) / len(given),
    }
    return simple[name](values)


def state_of(alarm: Alarm, store: MetricStore, now: datetime) -> State:
    """Return the state of the alarm at the end of a period."""
    period = timedelta(seconds=alarm.period)
    datapoints = [
        _datapoint(alarm, store, now - period * (number + 1), now - period * number)
        for number in range(alarm.evaluation_periods)
    ]
    compare = _COMPARISONS[alarm.operator]
    breaching = sum(value is not None and compare(value, alarm.threshold) for value in datapoints)
    missing = datapoints.count(None)
    if alarm.missing_data == "missing" and missing == len(datapoints):
        return "INSUFFICIENT_DATA"
    if alarm.missing_data == "breaching":
        breaching += missing
    return "ALARM" if breaching >= alarm.datapoints_to_alarm else "OK"


def _datapoint(alarm: Alarm, store: MetricStore, start: datetime, end: datetime) -> float | None:
    values = {
        name: store.statistic(metric, statistic, start, end)
        for name, (metric, statistic) in alarm.metrics.items()
    }
    return evaluate(alarm.expression, values)


def evaluate(expression: str, values: dict[str, float | None]) -> float | None:
    """Return the value of a metric math expression for one period, or None if data is missing."""
    return _value(ast.parse(expression, mode="eval").body, values)


def _value(node: ast.expr, values: dict[str, float | None]) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, replacement]):
            value = _value(filled, values)
            return _value(replacement, values) if value is None else value
        case ast.BinOp(left=left, op=op, right=right):
            first, second = _value(left, values), _value(right, values)
            if first is None or second is None or (isinstance(op, ast.Div) and second == 0):
                return None
            return _ARITHMETIC[type(op)](first, second)
    raise ValueError(f"unsupported metric math: {ast.unparse(node)}")
