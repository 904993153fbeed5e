"""Amazon credentials in Secrets Manager: versions, deletion, cache and redaction."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import PaapiCredentials
from amzlinkr.domain.errors import NotConnected, StoreUnavailable
from amzlinkr.security import credential_vault
from amzlinkr.security.credential_vault import CredentialVault
from tests.clock import START
from tests.integration.aws_spy import Arguments, fail_calls, intercept_calls
from tests.unit.amazon.accounts import SECRET_KEY, credentials

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


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
def vault() -> Iterator[CredentialVault]:
    with mock_aws():
        yield CredentialVault(cast("SecretsManagerClient", SecretsManager()), "amzlinkr/test")


def new_connection(secret_id: str, version: str) -> Connection:
    return Connection("US", "paapi5", "unit-20", "…UNIT", secret_id, version, "q", START)


def store(
    vault: CredentialVault, secrets: PaapiCredentials, current: Connection | None = None
) -> Connection:
    if current is not None:
        version = vault.put_version(current.secret_id, secrets)
        assert version is not None
        return new_connection(current.secret_id, version)
    name = vault.name_of("site_a", "US", 1)
    return new_connection(name, vault.create(name, secrets))


def test_stored_credentials_are_returned(vault: CredentialVault) -> None:
    connection = store(vault, credentials())

    assert vault.get(connection) == credentials()
    assert connection.secret_id == "amzlinkr/test/site_a/US/1"


def test_new_version_belongs_to_the_same_secret(vault: CredentialVault) -> None:
    first = store(vault, credentials())
    second = store(vault, credentials(tag="other-20"), first)

    assert first.secret_id == second.secret_id
    assert first.secret_version != second.secret_version
    assert vault.get(second).partner_tag == "other-20"
    assert vault.get(first).partner_tag == "unit-20"


def test_deleted_secret_takes_no_version_and_its_name_is_blocked(vault: CredentialVault) -> None:
    first = store(vault, credentials())
    vault.delete(first.secret_id)

    assert vault.put_version(first.secret_id, credentials()) is None
    with pytest.raises(StoreUnavailable):
        vault.create(first.secret_id, credentials())


def test_each_site_and_marketplace_has_a_separate_secret(vault: CredentialVault) -> None:
    names = {vault.name_of(site, code, 1) for site in ("site_a", "site_b") for code in ("US", "DE")}

    assert len(names) == 4


def test_deleted_credentials_raise_not_connected(vault: CredentialVault) -> None:
    connection = store(vault, credentials())
    vault.delete(connection.secret_id)
    vault.delete(connection.secret_id)

    with pytest.raises(NotConnected, match="US"):
        vault.get(connection)


def is_call_of_the_vault(arguments: Arguments) -> bool:
    """Return False for the call that the client of these tests adds, DescribeSecret."""
    return arguments.keys() != {"SecretId"}


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "InternalServiceError", "DecryptionFailure", "AccessDenied"]
)
def test_failure_for_another_reason_than_a_deleted_secret_is_a_503(
    vault: CredentialVault, code: str
) -> None:
    connection = store(vault, credentials())
    calls: list[Callable[[], object]] = [
        lambda: vault.put_version(connection.secret_id, credentials(tag="other-20")),
        lambda: vault.get(connection),
        lambda: vault.delete(connection.secret_id),
        lambda: vault.create("amzlinkr/test/site_a/US/2", credentials()),
    ]
    for call in calls:
        with (
            fail_calls(is_call_of_the_vault, code),
            pytest.raises(StoreUnavailable) as error,
        ):
            call()
        assert (error.value.status, error.value.code) == (503, "store_unavailable")

    assert vault.get(connection) == credentials()


def test_secrets_manager_that_does_not_respond_is_a_503(vault: CredentialVault) -> None:
    connection = store(vault, credentials())

    def time_out(*_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://secretsmanager")

    with intercept_calls(time_out):
        for call in (vault.put_version, vault.create):
            with pytest.raises(StoreUnavailable):
                call(connection.secret_id, credentials())
        for read in (lambda: vault.get(connection), lambda: vault.delete(connection.secret_id)):
            with pytest.raises(StoreUnavailable):
                read()


def test_cache_distinguishes_secrets_and_versions(vault: CredentialVault) -> None:
    first = store(vault, credentials())
    vault.get(first)
    second = store(vault, credentials(tag="other-20"), first)

    assert vault.get(second).partner_tag == "other-20"
    with pytest.raises(NotConnected):
        vault.get(replace(second, secret_id="amzlinkr/test/site_b/US/1"))


def test_cache_is_emptied_when_it_is_full(
    vault: CredentialVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credential_vault, "MAX_CACHED_CREDENTIALS", 2)
    first = store(vault, credentials())
    others = [store(vault, credentials(tag=tag), first) for tag in ("b-20", "c-20")]
    for connection in (first, others[0]):
        vault.get(connection)
    vault.delete(first.secret_id)
    assert vault.get(first) == credentials()

    with pytest.raises(NotConnected):
        vault.get(others[1])
    with pytest.raises(NotConnected):
        vault.get(first)


def test_stored_form_is_redacted() -> None:
    stored = msgspec.json.decode(
        credential_vault._content(credentials()), type=credential_vault._StoredPaapiCredentials
    )

    assert stored.secret_key == SECRET_KEY
    assert f"{stored!r} {stored}" == "_StoredPaapiCredentials(***) _StoredPaapiCredentials(***)"


def test_secret_is_redacted_everywhere(vault: CredentialVault) -> None:
    connection = store(vault, credentials())
    returned = vault.get(connection)
    vault.delete(connection.secret_id)

    with pytest.raises(NotConnected) as error:
        vault.get(replace(connection, secret_version="0" * 32))

    for value in (vault, connection, returned, error.value, error.value.detail, vars(vault)):
        assert SECRET_KEY not in f"{value!r} {value}"
