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
from amzlinkr.security.credential_vault import Vault
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
def vault() -> Iterator[Vault]:
    with mock_aws():
        yield Vault(cast("SecretsManagerClient", SecretsManager()), "amzlinkr/test")


def connection(secret_id: str, version: str) -> Connection:
    return Connection("US", "paapi5", "unit-20", "…UNIT", secret_id, version, "q", START)


def sealed(vault: Vault, keys: PaapiCredentials, current: Connection | None = None) -> Connection:
    if current is not None:
        version = vault.renew(current.secret_id, keys)
        assert version is not None
        return connection(current.secret_id, version)
    name = vault.name_of("site_a", "US", 1)
    return connection(name, vault.create(name, keys))


def test_what_was_sealed_is_opened(vault: Vault) -> None:
    held = sealed(vault, credentials())

    assert vault.open(held) == credentials()
    assert held.secret_id == "amzlinkr/test/site_a/US/1"


def test_sealing_again_makes_a_new_version_of_the_same_secret(vault: Vault) -> None:
    first = sealed(vault, credentials())
    second = sealed(vault, credentials(tag="other-20"), first)

    assert first.secret_id == second.secret_id
    assert first.secret_version != second.secret_version
    assert vault.open(second).partner_tag == "other-20"
    assert vault.open(first).partner_tag == "unit-20"


def test_a_deleted_secret_is_not_renewed_and_its_name_is_blocked(vault: Vault) -> None:
    first = sealed(vault, credentials())
    vault.forget(first.secret_id)

    assert vault.renew(first.secret_id, credentials()) is None
    with pytest.raises(StoreUnavailable):
        vault.create(first.secret_id, credentials())


def test_marketplaces_and_sites_have_secrets_of_their_own(vault: Vault) -> None:
    names = {vault.name_of(site, shop, 1) for site in ("site_a", "site_b") for shop in ("US", "DE")}

    assert len(names) == 4


def test_forgotten_keys_are_not_connected(vault: Vault) -> None:
    held = sealed(vault, credentials())
    vault.forget(held.secret_id)
    vault.forget(held.secret_id)

    with pytest.raises(NotConnected, match="US"):
        vault.open(held)


def test_a_cached_pair_is_never_served_for_another_version(vault: Vault) -> None:
    first = sealed(vault, credentials())
    vault.open(first)
    second = sealed(vault, credentials(tag="other-20"), first)

    assert vault.open(second).partner_tag == "other-20"
    with pytest.raises(NotConnected):
        vault.open(replace(second, secret_id="amzlinkr/test/site_b/US/1"))


def test_nothing_of_a_secret_is_shown(vault: Vault) -> None:
    held = sealed(vault, credentials())
    opened = vault.open(held)
    vault.forget(held.secret_id)

    with pytest.raises(NotConnected) as failed:
        vault.open(replace(held, secret_version="0" * 32))

    for shown in (vault, held, opened, failed.value, failed.value.detail, vars(vault)):
        assert SECRET_KEY not in f"{shown!r} {shown}"
