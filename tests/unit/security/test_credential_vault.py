"""The vault: the store of each secret, the site that a secret belongs to, and the cache.

`tests/contract/test_credential_vaults.py` has the tests of both real stores.
"""

from dataclasses import replace

import pytest

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import NotConnected
from amzlinkr.security import credential_vault as module
from amzlinkr.security.credential_vault import CredentialVault, credential_vault
from amzlinkr.security.stored_credentials import json_from_credentials
from tests.clock import START
from tests.config import local_config
from tests.unit.amazon.accounts import credentials

SITE = "site_a"


class FakeSecretStore:
    """A `SecretStore` in memory that records its reads."""

    def __init__(self) -> None:
        self.contents: dict[str, list[str]] = {}
        self.reads: list[tuple[str, str]] = []

    def create(self, name: str, content: str) -> str:
        self.contents[name] = [content]
        return "0"

    def put_version(self, name: str, current: str, content: str) -> str | None:
        versions = self.contents.get(name)
        if versions is None or int(current) >= len(versions):
            return None
        versions.append(content)
        return str(len(versions) - 1)

    def keeps_version(self, name: str, version: str) -> bool:
        return name in self.contents and int(version) == len(self.contents[name]) - 1

    def read(self, name: str, version: str) -> str | None:
        self.reads.append((name, version))
        versions = self.contents.get(name)
        return versions[int(version)] if versions else None

    def delete(self, name: str) -> None:
        self.contents.pop(name, None)


class Vaults:
    """A vault on two stores, for each of the two that receives new secrets."""

    def __init__(self) -> None:
        self.plain, self.encrypted = FakeSecretStore(), FakeSecretStore()
        self.old = CredentialVault(self.plain, self.encrypted, "amzlinkr/test")
        self.new = CredentialVault(self.plain, self.encrypted, "kms/test")


@pytest.fixture
def vaults() -> Vaults:
    return Vaults()


def store(vault: CredentialVault, tag: str = "unit-20", number: int = 1) -> Connection:
    name = vault.name_of(SITE, "US", number)
    version = vault.create(name, credentials(tag=tag))
    return Connection("US", "paapi5", tag, "…UNIT", name, version, "q", START)


def test_name_states_store_site_and_marketplace(vaults: Vaults) -> None:
    names = {
        vault.name_of(site, code, 1)
        for vault in (vaults.old, vaults.new)
        for site in ("site_a", "site_b")
        for code in ("US", "DE")
    }

    assert len(names) == 8
    assert store(vaults.old).secret_id == "amzlinkr/test/site_a/US/1"
    assert store(vaults.new).secret_id == "kms/test/site_a/US/1"
    assert (list(vaults.plain.contents), list(vaults.encrypted.contents)) == (
        ["amzlinkr/test/site_a/US/1"], ["kms/test/site_a/US/1"],
    )  # fmt: skip


def test_both_stores_are_read_written_and_deleted_whichever_receives_new_secrets(
    vaults: Vaults,
) -> None:
    for connection in (store(vaults.old), store(vaults.new)):
        for vault in (vaults.old, vaults.new):
            assert vault.get(SITE, connection) == credentials()
            version = vault.put_version(connection, credentials(tag="other-20"))
            assert version is not None
            other = replace(connection, secret_version=version)
            assert vault.get(SITE, other).partner_tag == "other-20"
        vaults.old.delete(connection.secret_id)

    assert (vaults.plain.contents, vaults.encrypted.contents) == ({}, {})


def test_store_in_use_is_the_one_that_receives_new_secrets(vaults: Vaults) -> None:
    plain, encrypted = store(vaults.old).secret_id, store(vaults.new).secret_id

    assert [vaults.old.is_in_use(name) for name in (plain, encrypted)] == [True, False]
    assert [vaults.new.is_in_use(name) for name in (plain, encrypted)] == [False, True]


@pytest.mark.parametrize(
    ("site_id", "changes"),
    [
        ("site_b", {}),
        ("site_b", {"secret_id": "amzlinkr/test/site_a/US/1"}),
        (SITE, {"marketplace": "DE"}),
        (SITE, {"secret_id": "amzlinkr/test/site_b/US/1"}),
        (SITE, {"secret_id": "site_a/US"}),
    ],
)
def test_secret_of_another_site_is_neither_read_nor_taken_from_the_cache(
    vaults: Vaults, site_id: str, changes: dict[str, str]
) -> None:
    connection = store(vaults.old)
    vaults.plain.contents["amzlinkr/test/site_b/US/1"] = ["{}"]
    assert vaults.old.get(SITE, connection) == credentials()
    vaults.plain.reads.clear()

    with pytest.raises(NotConnected):
        vaults.old.get(site_id, replace(connection, **changes))  # type: ignore[arg-type] # texts
    assert vaults.plain.reads == []


def test_version_is_read_once(vaults: Vaults) -> None:
    first = store(vaults.new)
    version = vaults.new.put_version(first, credentials(tag="other-20"))
    second = replace(first, secret_version=version or "")
    for _ in range(3):
        assert vaults.new.get(SITE, first).partner_tag == "unit-20"
        assert vaults.new.get(SITE, second).partner_tag == "other-20"

    assert len(vaults.encrypted.reads) == 2


def test_cache_is_emptied_when_it_is_full(vaults: Vaults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CACHED_CREDENTIALS", 2)
    connections = [store(vaults.old, f"tag{n}-20", n) for n in range(3)]
    for connection in connections[:2]:
        vaults.old.get(SITE, connection)
    vaults.plain.contents.clear()
    assert vaults.old.get(SITE, connections[0]).partner_tag == "tag0-20"
    vaults.plain.contents[connections[2].secret_id] = [json_from_credentials(credentials())]

    vaults.old.get(SITE, connections[2])

    with pytest.raises(NotConnected):
        vaults.old.get(SITE, connections[0])


@pytest.mark.parametrize(
    ("chosen", "prefix"), [("secretsmanager", "amzlinkr/local"), ("kms", "kms/local")]
)
def test_configuration_chooses_the_store_of_new_secrets(chosen: str, prefix: str) -> None:
    config = local_config(credential_store=chosen, credential_key_arn="arn")
    vault = credential_vault(config, object(), object(), object())  # type: ignore[arg-type] # unused here

    assert vault.name_of(SITE, "US", 1) == f"{prefix}/site_a/US/1"
