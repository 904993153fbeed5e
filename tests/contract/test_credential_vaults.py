"""The contract of the vault with either store of secrets, on moto and on the embedded AWS."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import Credentials, creators_credentials
from amzlinkr.domain.errors import NotConnected
from amzlinkr.security.credential_vault import CredentialVault
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.conftest import CREDENTIAL, TAG, with_credential_key
from tests.unit.amazon.accounts import SECRET_KEY, credentials


@dataclass(frozen=True)
class VaultOfSite:
    """A vault, and the ID of a site that no other test uses."""

    vault: CredentialVault
    fresh_vault: Callable[[], CredentialVault]
    site_id: str

    def store(self, content: Credentials, current: Connection | None = None) -> Connection:
        """Store credentials, and return the connection that names them."""
        if current is not None:
            version = self.vault.put_version(current, content)
            assert version is not None
            return replace(current, secret_version=version)
        name = self.vault.name_of(self.site_id, "US", secrets.randbelow(10**12))
        version = self.vault.create(name, content)
        return Connection("US", "paapi5", TAG, "…UNIT", name, version, "q", START)

    def read(self, connection: Connection) -> Credentials:
        """Return the credentials of a connection as another process reads them."""
        return self.fresh_vault().get(self.site_id, connection)


@pytest.fixture(params=["secretsmanager", "kms"])
def own(request: pytest.FixtureRequest, stores: Dependencies) -> VaultOfSite:
    config = stores.config
    if request.param == "kms":
        config = with_credential_key(config)

    def fresh_vault() -> CredentialVault:
        return Dependencies(config, stores.clock).vault

    return VaultOfSite(fresh_vault(), fresh_vault, f"site_{secrets.token_hex(8)}")


def test_credentials_of_both_apis_are_returned(own: VaultOfSite) -> None:
    for content in (credentials(), creators_credentials(*CREDENTIAL, TAG, "US")):
        assert own.read(own.store(content)) == content


def test_new_version_belongs_to_the_same_secret_and_the_old_one_stays(own: VaultOfSite) -> None:
    first = own.store(credentials())
    second = own.store(credentials(tag="other-20"), first)

    assert first.secret_id == second.secret_id
    assert [own.read(one).partner_tag for one in (first, second)] == ["unit-20", "other-20"]


def test_deleted_secret_is_not_connected_and_takes_no_version(own: VaultOfSite) -> None:
    first = own.store(credentials())
    own.store(credentials(tag="other-20"), first)
    kept = own.store(credentials())
    for _ in range(2):
        own.vault.delete(first.secret_id)

    with pytest.raises(NotConnected, match="US"):
        own.read(first)
    assert own.vault.put_version(first, credentials()) is None
    assert own.read(kept) == credentials()


def test_version_of_a_connection_is_stored_until_its_secret_is_deleted(own: VaultOfSite) -> None:
    connection = own.store(credentials())
    absent = replace(connection, secret_id=own.vault.name_of(own.site_id, "US", 1))
    states = [own.vault.is_stored(one) for one in (connection, absent)]
    own.vault.delete(connection.secret_id)

    assert [*states, own.vault.is_stored(connection)] == [True, False, False]
    assert not own.vault.is_stored(replace(connection, secret_version="0" * 32))


def test_secret_that_never_existed_can_be_deleted_and_is_not_connected(own: VaultOfSite) -> None:
    stored = own.store(credentials())
    absent = replace(stored, secret_id=own.vault.name_of(own.site_id, "US", 1))
    own.vault.delete(absent.secret_id)

    with pytest.raises(NotConnected):
        own.read(absent)
    with pytest.raises(NotConnected):
        own.read(replace(stored, secret_version="0" * 32))


def test_connection_of_another_site_or_marketplace_gives_no_access(own: VaultOfSite) -> None:
    stored = own.store(credentials())
    assert own.vault.get(own.site_id, stored) == credentials()

    for site_id, copied in (
        (f"{own.site_id}2", stored),
        (own.site_id, replace(stored, marketplace="DE")),
    ):
        with pytest.raises(NotConnected):
            own.vault.get(site_id, copied)


def test_secret_is_redacted_everywhere(own: VaultOfSite) -> None:
    connection = own.store(credentials())
    returned = own.vault.get(own.site_id, connection)

    with pytest.raises(NotConnected) as error:
        own.read(replace(connection, secret_version="0" * 32))

    for value in (
        own.vault,
        connection,
        returned,
        error.value,
        error.value.detail,
        vars(own.vault),
    ):
        assert SECRET_KEY not in f"{value!r} {value}"
