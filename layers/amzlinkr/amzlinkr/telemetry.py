"""The logger and the metrics. Request bodies, headers, and exception texts are not logged."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

log = Logger()
"""Lambda or Powertools sets the level, from the template's parameter `LogLevel`."""
_NAMESPACE = "AmzLinkr"
_metrics = Metrics(namespace=_NAMESPACE)
_STAGE = os.environ.get("STAGE", "local")  # noqa: TID251 - counts may precede the `Config`
_metrics.set_default_dimensions(stage=_STAGE)
_lock = Lock()

# At DEBUG, some of them log the headers and bodies of requests, which contain secrets.
for _name in ("botocore", "boto3", "urllib3", "requests", "pynamodb"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def count(name: str, value: float = 1) -> None:
    """Add `value` to a metric. Zero is not written, because every written metric costs money."""
    if value:
        measure(name, value, "Count")


def measure(name: str, value: float, unit: str) -> None:
    """Record a value in a unit of CloudWatch, zero included."""
    # Powertools writes and clears a metric that has 100 values, and is not made for threads.
    with _lock:
        _metrics.add_metric(name, unit, value)


def count_of_api(name: str) -> None:
    """Add 1 to a metric of the whole API, for which alarms read one metric of all functions.

    It is written immediately, on a line apart from the metrics of the function.
    """
    dimensions = {"service": "api", "stage": _STAGE}
    entry = single_metric(name, MetricUnit.Count, 1, 60, _NAMESPACE, dimensions)
    with _lock, entry:
        pass


def flush() -> None:
    """Write the recorded metrics, if there are any."""
    with _lock:
        # Without metrics, Powertools would warn in every invocation, and so does `log_metrics`.
        if _metrics.metric_set:
            _metrics.flush_metrics()


@contextmanager
def invocation(context: Any, **keys: str | None) -> Iterator[None]:
    """Add the ID of an invocation and `keys` to all its log lines, and write its metrics.

    Metrics are written also if the invocation fails. An exception is logged and raised again.
    """
    known = {name: value for name, value in keys.items() if value is not None}
    with log.append_context_keys(function_request_id=context.aws_request_id, **known):
        try:
            yield
        except Exception as error:
            log_fault(error)
            raise
        finally:
            flush()


@contextmanager
def message(message_id: str, site_id: str | None) -> Iterator[None]:
    """Add the ID of a message and its site to the log lines of this thread."""
    log.thread_safe_append_keys(message_id=message_id, site_id=site_id)
    try:
        yield
    finally:
        log.thread_safe_remove_keys(["message_id", "site_id"])


def log_fault(error: BaseException) -> None:
    """Log an unexpected exception by type and location. Its text may contain secrets."""
    locations = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-8:]
    ]
    cause = error.__cause__
    log.error(
        "fault",
        fault=type(error).__name__,
        cause=type(cause).__name__ if cause else None,
        cause_code=_aws_code(cause),
        places=locations,
    )


def _aws_code(error: BaseException | None) -> str | None:
    """Return the AWS error code of a boto3 or PynamoDB exception."""
    response = getattr(error, "response", None) or {}
    code = getattr(error, "cause_response_code", None) or response.get("Error", {}).get("Code")
    return str(code) if code else None
