"""The evaluation of alarms in tests: M out of N datapoints, missing data, and expressions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clock import START
from tests.observability.emf import MetricName
from tests.observability.evaluation import MetricStore, evaluate, state_of
from tests.observability.stack import Alarm

METRIC: MetricName = "Namespace", "Metric", frozenset({("stage", "local")})
OTHER: MetricName = "Namespace", "Metric", frozenset({("stage", "prod")})
ALARM = Alarm(
    "name", "", {"value": (METRIC, "Sum")}, "value", 60, 3, 2, "GreaterThanThreshold", 1, "missing"
)


def store(*values: float | None, metric: MetricName = METRIC) -> MetricStore:
    """Return data with one value in each of the last periods, the newest last."""
    found = MetricStore()
    for age, value in enumerate(reversed(values), start=1):
        if value is not None:
            found.put(metric, START - timedelta(seconds=60 * age), [value])
    return found


@pytest.mark.parametrize(
    ("missing_data", "values", "state"),
    [
        ("missing", (0, 0, 0), "OK"),
        ("missing", (2, 1, 2), "ALARM"),
        ("missing", (2, 1, 1), "OK"),
        ("missing", (2, 2, 0, 0, 0), "OK"),
        ("missing", (None, None, None), "INSUFFICIENT_DATA"),
        ("missing", (2, None, 2), "ALARM"),
        ("notBreaching", (None, None, None), "OK"),
        ("notBreaching", (2, None, None), "OK"),
        ("breaching", (None, None, 0), "ALARM"),
        ("breaching", (2, None, 0), "ALARM"),
        ("breaching", (0, None, 0), "OK"),
    ],
)
def test_datapoints_and_missing_data(
    missing_data: str, values: tuple[float | None, ...], state: str
) -> None:
    alarm = replace(ALARM, missing_data=missing_data)

    assert state_of(alarm, store(*values), START) == state


def test_values_of_other_dimensions_do_not_count() -> None:
    assert state_of(ALARM, store(9, 9, 9, metric=OTHER), START) == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [("Sum", 10), ("Average", 2.5), ("Maximum", 4), ("Minimum", 1), ("SampleCount", 4), ("p50", 2)],
)
def test_statistics(statistic: str, expected: float) -> None:
    data = MetricStore()
    data.put(METRIC, START, [4, 1, 3, 2])

    assert data.statistic(METRIC, statistic, START, START + timedelta(seconds=1)) == expected
    assert data.statistic(METRIC, statistic, START - timedelta(seconds=1), START) is None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a", 3),
        ("100 * a / (a + b)", 75),
        ("a + none", None),
        ("a + FILL(none, 2)", 5),
        ("a / (b - b)", None),
    ],
)
def test_expressions(expression: str, expected: float | None) -> None:
    assert evaluate(expression, {"a": 3, "b": 1, "none": None}) == expected
