"""Credentials in Secrets Manager: written without reading, never shown."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import PaapiCredentials
from amzlinkr.domain.errors import NotConnected, StoreUnavailable
from amzlinkr.security.credential_vault import CredentialVault
from tests.clock import START
from tests.unit.amazon.accounts import SECRET_KEY, credentials

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class SecretsManager:
    """Moto's, which lets a deleted secret take new values; AWS does not (PutSecretValue)."""

    def __init__(self) -> None:
        self._moto = boto3.client("secretsmanager")

    def put_secret_value(self, **asked: str) -> Any:
        if "DeletedDate" in self._moto.describe_secret(SecretId=asked["SecretId"]):
            raise ClientError({"Error": {"Code": "InvalidRequestException"}}, "PutSecretValue")
        return self._moto.put_secret_value(**asked)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._moto, name)


@pytest.fixture
def vault() -> Iterator[CredentialVault]:
    with mock_aws():
        yield CredentialVault(cast("SecretsManagerClient", SecretsManager()), "amzlinkr/test")


def connection(secret_id: str, version: str) -> Connection:
    return Connection("US", "paapi5", "unit-20", "…UNIT", secret_id, version, "q", START)


def sealed(
    vault: CredentialVault, keys: PaapiCredentials, current: Connection | None = None
) -> Connection:
    if current is not None:
        version = vault.put_version(current.secret_id, keys)
        assert version is not None
        return connection(current.secret_id, version)
    name = vault.name_of("site_a", "US", 1)
    return connection(name, vault.create(name, keys))


def test_what_was_sealed_is_opened(vault: CredentialVault) -> None:
    held = sealed(vault, credentials())

    assert vault.get(held) == credentials()
    assert held.secret_id == "amzlinkr/test/site_a/US/1"


def test_sealing_again_makes_a_new_version_of_the_same_secret(vault: CredentialVault) -> None:
    first = sealed(vault, credentials())
    second = sealed(vault, credentials(tag="other-20"), first)

    assert first.secret_id == second.secret_id
    assert first.secret_version != second.secret_version
    assert vault.get(second).partner_tag == "other-20"
    assert vault.get(first).partner_tag == "unit-20"


def test_a_deleted_secret_is_not_renewed_and_its_name_is_blocked(vault: CredentialVault) -> None:
    first = sealed(vault, credentials())
    vault.delete(first.secret_id)

    assert vault.put_version(first.secret_id, credentials()) is None
    with pytest.raises(StoreUnavailable):
        vault.create(first.secret_id, credentials())


def test_marketplaces_and_sites_have_secrets_of_their_own(vault: CredentialVault) -> None:
    names = {vault.name_of(site, shop, 1) for site in ("site_a", "site_b") for shop in ("US", "DE")}

    assert len(names) == 4


def test_forgotten_keys_are_not_connected(vault: CredentialVault) -> None:
    held = sealed(vault, credentials())
    vault.delete(held.secret_id)
    vault.delete(held.secret_id)

    with pytest.raises(NotConnected, match="US"):
        vault.get(held)


def test_a_cached_pair_is_never_served_for_another_version(vault: CredentialVault) -> None:
    first = sealed(vault, credentials())
    vault.get(first)
    second = sealed(vault, credentials(tag="other-20"), first)

    assert vault.get(second).partner_tag == "other-20"
    with pytest.raises(NotConnected):
        vault.get(replace(second, secret_id="amzlinkr/test/site_b/US/1"))


def test_nothing_of_a_secret_is_shown(vault: CredentialVault) -> None:
    held = sealed(vault, credentials())
    opened = vault.get(held)
    vault.delete(held.secret_id)

    with pytest.raises(NotConnected) as failed:
        vault.get(replace(held, secret_version="0" * 32))

    for shown in (vault, held, opened, failed.value, failed.value.detail, vars(vault)):
        assert SECRET_KEY not in f"{shown!r} {shown}"
