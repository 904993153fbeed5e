"""Records of the metrics, and of the fields of queried log lines, that functions wrote."""

from __future__ import annotations

import re

from tests.observability.documented import is_documented
from tests.observability.emf import MetricName, emf_values, json_objects
from tests.observability.stack import dashboard_searches, log_queries, named_metrics

QUERIED_MESSAGE = re.compile(r'message = "([^"]+)"')
QUERY_WORDS = frozenset(
    ("filter", "stats", "sort", "limit", "by", "as", "desc", "message", "count", "max", "latest")
)
METRICS: set[MetricName] = set()
"""The metrics that functions wrote in this process so far."""
FIELDS: set[tuple[str, str]] = set()
"""Message and field of the log lines that functions wrote in this process so far."""


def queried_messages() -> frozenset[str]:
    """Return the messages for which log widgets filter."""
    return frozenset(
        message for query in log_queries() for message in QUERIED_MESSAGE.findall(query.text)
    )


_MESSAGES = queried_messages()


def record_telemetry(text: str) -> None:
    """Collect the metrics and the queried log lines that a function wrote."""
    METRICS.update(entry.metric for entry in emf_values(text))
    for fields in json_objects(text):
        if fields.get("message") in _MESSAGES:
            FIELDS.update((fields["message"], name) for name in fields)


def missing_telemetry() -> list[str]:
    """Return what alarms and widgets name and no function or AWS service writes."""
    own = {metric for metric in named_metrics() if not is_documented(metric)}
    missing = [f"{metric[1]} {sorted(metric[2])}" for metric in own - METRICS]
    for namespace, dimensions, term in dashboard_searches():
        if not any(
            metric[0] == namespace
            and term in metric[1].split("_")
            and {name for name, _ in metric[2]} == dimensions
            for metric in METRICS
        ):
            missing.append(f"{term} {sorted(dimensions)}")
    for query in log_queries():
        for message in QUERIED_MESSAGE.findall(query.text):
            missing += [
                f"{message}: {name}"
                for name in queried_fields(query.text)
                if (message, name) not in FIELDS
            ]
    return sorted(missing)


def queried_fields(text: str) -> set[str]:
    """Return the fields of log lines that a query reads."""
    bare = re.sub(r'"[^"]*"|\bas \w+|\bsort \w+|\d+', "", text)
    return set(re.findall(r"[a-z_]+", bare)) - QUERY_WORDS
