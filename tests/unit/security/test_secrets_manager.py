"""Secrets Manager: tags, blocked names, and failures."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.security.secrets_manager import REFUSED_WRITE_RETRY_SECONDS, SecretsManagerStore
from tests.integration.aws_spy import Arguments, fail_calls, intercept_calls

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

NAME = "amzlinkr/test/site_a/US/1"


class SecretsManager:
    """Moto's client, corrected: AWS rejects PutSecretValue for a deleted secret, moto does not."""

    def __init__(self) -> None:
        self._moto = boto3.client("secretsmanager")

    def put_secret_value(self, **arguments: str) -> Any:
        if "DeletedDate" in self._moto.describe_secret(SecretId=arguments["SecretId"]):
            raise ClientError({"Error": {"Code": "InvalidRequestException"}}, "PutSecretValue")
        return self._moto.put_secret_value(**arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._moto, name)


@pytest.fixture
def store() -> Iterator[SecretsManagerStore]:
    with mock_aws():
        yield SecretsManagerStore(cast("SecretsManagerClient", SecretsManager()), "test")


def test_secret_has_the_tags_of_the_deployment(store: SecretsManagerStore) -> None:
    store.create(NAME, "{}")

    described = boto3.client("secretsmanager").describe_secret(SecretId=NAME)
    tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    assert tags == {"project": "amzlinkr", "stage": "test"}


def test_name_of_a_deleted_secret_is_blocked(store: SecretsManagerStore) -> None:
    version = store.create(NAME, "{}")
    store.delete(NAME)

    assert store.put_version(NAME, version, "{}") is None
    with pytest.raises(StoreUnavailable):
        store.create(NAME, "{}")


def is_call_of_the_store(arguments: Arguments) -> bool:
    """Return False for the call that the client of these tests adds, DescribeSecret."""
    return arguments.keys() != {"SecretId"}


def test_only_the_current_version_of_a_secret_is_kept(store: SecretsManagerStore) -> None:
    first = store.create(NAME, "{}")
    assert store.keeps_version(NAME, first)

    second = store.put_version(NAME, first, "[]")

    assert second is not None
    assert [store.keeps_version(NAME, one) for one in (first, second)] == [False, True]
    store.delete(NAME)
    assert not store.keeps_version(NAME, second)


def test_write_that_aws_refuses_for_its_limits_names_the_remedy(
    store: SecretsManagerStore,
) -> None:
    version = store.create(NAME, "{}")
    writes: list[Callable[[], object]] = [
        lambda: store.put_version(NAME, version, "[]"),
        lambda: store.create(f"{NAME}2", "{}"),
    ]
    for write in writes:
        with (
            fail_calls(is_call_of_the_store, "LimitExceededException"),
            pytest.raises(StoreUnavailable) as error,
        ):
            write()
        assert error.value.retry_after == REFUSED_WRITE_RETRY_SECONDS
        assert "Disconnect" in error.value.action


def test_description_that_fails_is_a_503(store: SecretsManagerStore) -> None:
    version = store.create(NAME, "{}")

    with fail_calls(lambda _: True, "ThrottlingException"), pytest.raises(StoreUnavailable):
        store.keeps_version(NAME, version)


def calls_of(store: SecretsManagerStore, version: str) -> list[Callable[[], object]]:
    return [
        lambda: store.put_version(NAME, version, "[]"),
        lambda: store.read(NAME, version),
        lambda: store.delete(NAME),
        lambda: store.create(f"{NAME}2", "{}"),
    ]


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "InternalServiceError", "DecryptionFailure", "AccessDenied"]
)
def test_failure_for_another_reason_than_a_deleted_secret_is_a_503(
    store: SecretsManagerStore, code: str
) -> None:
    version = store.create(NAME, "{}")
    for call in calls_of(store, version):
        with fail_calls(is_call_of_the_store, code), pytest.raises(StoreUnavailable) as error:
            call()
        assert (error.value.status, error.value.code) == (503, "store_unavailable")

    assert store.read(NAME, version) == "{}"


def test_secrets_manager_that_does_not_respond_is_a_503(store: SecretsManagerStore) -> None:
    version = store.create(NAME, "{}")

    def time_out(*_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://secretsmanager")

    with intercept_calls(time_out):
        for call in calls_of(store, version):
            with pytest.raises(StoreUnavailable):
                call()
