"""Failures of DynamoDB as the stores see them: a conflict, or an unavailable store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from pynamodb.exceptions import PynamoDBException, UpdateError
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import SiteItem
from amzlinkr.wiring import Dependencies
from tests.integration.aws_spy import Arguments, fail_calls, intercept_calls


@contextmanager
def canceled_transactions(reasons: list[str]) -> Iterator[None]:
    """Cancel every transaction for these reasons, one for each of its items."""
    response = {
        "Error": {"Code": "TransactionCanceledException", "Message": "canceled"},
        "CancellationReasons": [{"Code": reason, "Message": ""} for reason in reasons],
    }

    def intercept(operation: str, _arguments: Arguments, _proceed: Callable[[], Any]) -> Any:
        raise ClientError(response, operation)  # type: ignore[arg-type] # the stubs are incomplete

    with intercept_calls(intercept):
        yield


def write() -> None:
    with store_errors():
        SiteItem("site_a", "site").update([SiteItem.host.set("a.example")])


def write_transaction(stores: Dependencies) -> None:
    with store_errors(), TransactWrite(connection=stores.connection) as transaction:
        for name in ("a", "b"):
            transaction.delete(SiteItem(name, "site"), condition=SiteItem.pk.exists())


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("ConditionalCheckFailedException", Conflict),
        ("TransactionConflictException", Conflict),
        ("ProvisionedThroughputExceededException", StoreUnavailable),
        ("InternalServerError", StoreUnavailable),
        ("AccessDeniedException", StoreUnavailable),
    ],
)
@pytest.mark.usefixtures("stores")
def test_only_failed_conditions_and_concurrent_transactions_are_conflicts(
    code: str, raised: type[Exception]
) -> None:
    with fail_calls(lambda _: True, code), pytest.raises(raised) as error:
        write()

    assert isinstance(error.value.__cause__, UpdateError)


@pytest.mark.parametrize(
    ("reasons", "raised"),
    [
        (["None", "ConditionalCheckFailed"], Conflict),
        (["TransactionConflict", "None"], Conflict),
        (["ThrottlingError", "ConditionalCheckFailed"], Conflict),
        (["None", "ThrottlingError"], StoreUnavailable),
        (["ValidationError", "None"], StoreUnavailable),
    ],
)
def test_canceled_transaction_is_a_conflict_if_any_item_had_one(
    stores: Dependencies, reasons: list[str], raised: type[Exception]
) -> None:
    with canceled_transactions(reasons), pytest.raises(raised):
        write_transaction(stores)


def test_failed_condition_of_a_real_transaction_is_a_conflict(stores: Dependencies) -> None:
    with pytest.raises(Conflict):
        write_transaction(stores)


@pytest.mark.usefixtures("stores")
def test_store_that_does_not_respond_is_unavailable() -> None:
    def time_out(*_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb")

    with intercept_calls(time_out), pytest.raises(StoreUnavailable) as error:
        write()

    assert isinstance(error.value.__cause__, PynamoDBException)


@pytest.mark.parametrize("error", [Conflict(), ZeroDivisionError()])
def test_other_exceptions_are_not_changed(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, store_errors():
        raise error

    assert raised.value is error
