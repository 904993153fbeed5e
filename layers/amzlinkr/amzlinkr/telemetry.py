"""The logger and the metrics. Request bodies, headers, and exception texts are not logged."""

from __future__ import annotations

import logging
import traceback

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

log = Logger(level="INFO")
_metrics = Metrics(namespace="AmzLinkr")

# At DEBUG, some of them log the headers and bodies of requests, which contain secrets.
for _name in ("botocore", "boto3", "urllib3", "requests", "pynamodb"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def count(name: str, value: float = 1) -> None:
    """Add `value` to a metric. Metrics are written by `flush`."""
    _metrics.add_metric(name, MetricUnit.Count, value)


def flush() -> None:
    """Write the counted metrics, if there are any."""
    if _metrics.metric_set:
        _metrics.flush_metrics()


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
