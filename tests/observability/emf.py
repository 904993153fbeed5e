"""Metrics in the embedded metric format, which CloudWatch extracts from log lines.

The limits are those of the specification: 100 metrics and 30 dimensions per line, 100 values per
metric. CloudWatch ignores a line that breaks one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_METRICS, MAX_VALUES, MAX_DIMENSIONS = 100, 100, 30
UNITS = {"Count", "Percent", "Seconds"}

Dimensions = frozenset[tuple[str, str]]
MetricName = tuple[str, str, Dimensions]
"""Namespace, name, and dimensions: the identity of a metric."""


@dataclass(frozen=True)
class EmfValues:
    """The values of one metric in one line."""

    metric: MetricName
    unit: str
    values: tuple[float, ...]


def emf_values(text: str) -> Iterator[EmfValues]:
    """Yield the metrics of all lines in the format. Raises `AssertionError` for an invalid one."""
    for document in json_objects(text):
        if "_aws" in document:
            yield from _values_of(document)


def json_objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects at the start of lines. Raises `AssertionError` for an invalid one."""
    decoder = json.JSONDecoder()
    for line in text.splitlines():
        rest = line
        # Concurrent threads may write two objects before the line breaks of both.
        while rest.startswith("{"):
            try:
                found, end = decoder.raw_decode(rest)
            except json.JSONDecodeError as error:
                raise AssertionError(f"invalid JSON at character {error.pos} of a line") from error
            yield found
            rest = rest[end:].lstrip()


def _values_of(line: dict[str, Any]) -> Iterator[EmfValues]:
    assert isinstance(line["_aws"]["Timestamp"], int)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"]
        assert 1 <= len(directive["Metrics"]) <= MAX_METRICS
        for names in directive["Dimensions"]:
            assert len(names) <= MAX_DIMENSIONS
            dimensions = frozenset((name, line[name]) for name in names)
            assert all(isinstance(value, str) and value for _, value in dimensions)
            for metric in directive["Metrics"]:
                assert metric["Unit"] in UNITS
                values = _list(line[metric["Name"]])
                assert 1 <= len(values) <= MAX_VALUES
                assert all(isinstance(value, int | float) for value in values)
                name = directive["Namespace"], metric["Name"], dimensions
                yield EmfValues(name, metric["Unit"], tuple(map(float, values)))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
