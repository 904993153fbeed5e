"""Canceled transactions: which the SDK sends again, how often, and after which pauses."""

from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage import transaction_retries
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import SiteItem
from amzlinkr.storage.transaction_retries import RETRIES, pause_before_resending
from amzlinkr.wiring import Dependencies
from tests.unit.storage.aws_responses import answer_requests, wire_response

TOKEN = "ClientRequestToken"


class CancelingDynamoDB:
    """The wire to DynamoDB, on which the first transactions are canceled."""

    def __init__(self, stores: Dependencies, reasons: list[str], times: int) -> None:
        self.requests: list[Any] = []
        self._reasons = reasons
        self._times = times
        answer_requests(stores.connection, "TransactWriteItems", self._answer)

    def _answer(self, request: Any, **_event: object) -> AWSResponse | None:
        self.requests.append(request)
        if len(self.requests) > self._times:
            return None
        reasons = [{"Code": reason, "Message": ""} for reason in self._reasons]
        code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
        body = {"__type": code, "Message": "canceled", "CancellationReasons": reasons}
        return wire_response(request.url, 400, body)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction_retries, "FIRST_PAUSE_SECONDS", 0.0)


def write(stores: Dependencies) -> None:
    with store_errors(), TransactWrite(connection=stores.connection) as transaction:
        for name in ("a", "b"):
            transaction.delete(SiteItem(name, "site"))


@pytest.mark.parametrize("reason", RETRIES)
def test_throttled_transaction_is_sent_again_with_the_same_token(
    stores: Dependencies, reason: str
) -> None:
    wire = CancelingDynamoDB(stores, ["None", reason], RETRIES[reason])

    write(stores)

    assert len(wire.requests) == RETRIES[reason] + 1
    assert len({request.body for request in wire.requests}) == 1
    assert TOKEN.encode() in wire.requests[0].body


@pytest.mark.parametrize(
    ("reasons", "sent", "raised"),
    [
        (["ThrottlingError", "None"], RETRIES["ThrottlingError"] + 1, StoreUnavailable),
        (["TransactionConflict", "ThrottlingError"], RETRIES["TransactionConflict"] + 1, Conflict),
        (["ConditionalCheckFailed", "None"], 1, Conflict),
        (["ThrottlingError", "ConditionalCheckFailed"], 1, Conflict),
        (["ValidationError", "None"], 1, StoreUnavailable),
    ],
)
def test_transaction_that_stays_canceled_or_cannot_succeed_fails(
    stores: Dependencies, reasons: list[str], sent: int, raised: type[Exception]
) -> None:
    wire = CancelingDynamoDB(stores, reasons, 10)

    with pytest.raises(raised):
        write(stores)

    assert len(wire.requests) == sent


def test_pauses_grow_and_fit_into_an_interactive_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction_retries, "FIRST_PAUSE_SECONDS", 0.05)
    canceled = (None, {"CancellationReasons": [{"Code": "ThrottlingError"}]})

    pauses = [
        pause_before_resending(canceled, number, lambda: 1.0)
        for number in range(1, RETRIES["ThrottlingError"] + 2)
    ]

    assert pauses == [0.05, 0.1, 0.2, 0.4, None]
    assert pause_before_resending(canceled, 1, lambda: 0.0) == 0.0


def test_request_without_a_response_is_left_to_the_sdk() -> None:
    assert pause_before_resending(None, 1) is None
