"""Metrics are counted exactly and written also on failure; log lines have the IDs of their call."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBConnectionError

from amzlinkr import telemetry
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.services.concurrency import ConcurrentMap
from tests.calls import Context
from tests.observability.emf import emf_values

THREADS, COUNTS = 8, 1_500
OFTEN = 1e-6
"""Seconds between two switches of threads, so that a missing lock is noticed."""


@pytest.fixture(autouse=True)
def _without_earlier_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Write what other tests of this process counted."""
    telemetry.flush()
    capsys.readouterr()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return the written log lines."""
    stream = io.StringIO()
    for handler in telemetry.log.handlers:
        if isinstance(handler, logging.StreamHandler):
            monkeypatch.setattr(handler, "stream", stream)
    return stream


@pytest.fixture
def _often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(OFTEN)
    yield
    sys.setswitchinterval(usual)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """Return the sum of each metric that was written since the last call."""
    sums: dict[str, float] = {}
    for entry in emf_values(capsys.readouterr().out):
        name = entry.metric[1]
        sums[name] = sums.get(name, 0) + sum(entry.values)
    return sums


@pytest.mark.usefixtures("_often")
def test_counts_of_threads_are_exact(capsys: pytest.CaptureFixture[str]) -> None:
    def work(_number: int) -> None:
        for _ in range(COUNTS):
            telemetry.count("Events")

    with telemetry.invocation(Context()), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))

    assert written(capsys) == {"Events": THREADS * COUNTS}


def test_lines_with_many_metrics_are_valid(capsys: pytest.CaptureFixture[str]) -> None:
    with telemetry.invocation(Context()):
        for number in range(250):
            telemetry.count(f"Metric{number}", number)

    expected = {f"Metric{number}": float(number) for number in range(1, 250)}
    assert written(capsys) == expected, "zero is not written"


def test_metric_has_service_and_stage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library reads it from the environment when the process starts.
    monkeypatch.setattr(telemetry._metrics.provider, "service", "price_sync")
    with telemetry.invocation(Context()):
        telemetry.measure("Age", 0, "Seconds")

    (found,) = emf_values(capsys.readouterr().out)
    namespace, name, dimensions = found.metric
    assert (namespace, name, found.unit, found.values) == ("AmzLinkr", "Age", "Seconds", (0.0,))
    assert dimensions == {("service", "price_sync"), ("stage", "local")}


def test_failed_invocation_writes_its_metrics_and_a_fault_with_its_ids(
    capsys: pytest.CaptureFixture[str], log: io.StringIO
) -> None:
    def invoke() -> None:
        with telemetry.invocation(Context(), request_id="request-1", site_id=None):
            telemetry.count("Events")
            raise ZeroDivisionError("secret")

    with pytest.raises(ZeroDivisionError):
        invoke()

    assert written(capsys) == {"Events": 1}
    (fault,) = lines(log)
    assert fault["fault"] == "ZeroDivisionError"
    assert (fault["function_request_id"], fault["request_id"]) == ("request", "request-1")
    assert "site_id" not in fault
    assert "secret" not in log.getvalue()


def error_of_pynamodb() -> PynamoDBConnectionError:
    """Return an error that has the response of boto3 as its cause."""
    return PynamoDBConnectionError(cause=error_of_boto3("Throttled"))


def error_of_boto3(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "GetItem")


@pytest.mark.parametrize(
    ("cause", "name", "code"),
    [
        (None, None, None),
        (ValueError("secret"), "ValueError", None),
        (error_of_boto3("AccessDenied"), "ClientError", "AccessDenied"),
        (ClientError({}, "secret"), "ClientError", None),
        (error_of_pynamodb(), "PynamoDBConnectionError", "Throttled"),
        (PynamoDBConnectionError("secret"), "PynamoDBConnectionError", None),
    ],
)
def test_fault_has_the_code_of_aws(
    cause: Exception | None, name: str | None, code: str | None, log: io.StringIO
) -> None:
    def fail() -> None:
        raise StoreUnavailable from cause

    with pytest.raises(StoreUnavailable) as raised:
        fail()
    telemetry.log_fault(raised.value)

    (fault,) = lines(log)
    found = (fault["fault"], fault.get("cause"), fault.get("cause_code"))
    assert found == ("StoreUnavailable", name, code)
    assert re.fullmatch(r"test_telemetry\.py:\d+ fail", fault["places"][-1])
    assert "secret" not in log.getvalue()


def test_fault_names_the_last_eight_places(log: io.StringIO) -> None:
    def fail(depth: int) -> None:
        if depth == 0:
            raise ZeroDivisionError
        fail(depth - 1)

    try:
        fail(20)
    except ZeroDivisionError as error:
        telemetry.log_fault(error)

    (fault,) = lines(log)
    assert [place.rpartition(" ")[2] for place in fault["places"]] == ["fail"] * 8


def test_ids_end_with_their_invocation(log: io.StringIO) -> None:
    with telemetry.invocation(Context(), site_id="site_a"):
        telemetry.log.info("inside")
    telemetry.log.info("outside")

    inside, outside = lines(log)
    assert inside["site_id"] == "site_a"
    assert not {"site_id", "function_request_id"} & outside.keys()


@pytest.mark.parametrize("threads", [1, THREADS])
def test_log_lines_of_concurrent_messages_have_their_own_ids(
    threads: int, log: io.StringIO
) -> None:
    def process(number: int) -> None:
        with telemetry.message(f"message-{number}", f"site_{number}"):
            telemetry.log.info("processed", number=number)

    with telemetry.invocation(Context()):
        ConcurrentMap(threads)(range(40), process)
        telemetry.log.info("end")

    *processed, end = lines(log)
    assert len(processed) == 40
    for line in processed:
        assert line["message_id"] == f"message-{line['number']}"
        assert line["site_id"] == f"site_{line['number']}"
        assert line["function_request_id"] == "request"
    assert not {"message_id", "site_id"} & end.keys()
