"""The vault: Amazon credentials in one of two secret stores.

Secret names are `<prefix>/<site_id>/<marketplace>/<n>`. The prefix states the store, so a
connection, which has the name of its secret, states where its credentials are. New secrets are
created in one store; both are read, so that credentials can be moved while the service runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amzlinkr.config import KMS, Config
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import Credentials
from amzlinkr.domain.errors import NotConnected
from amzlinkr.domain.ports import Ciphertexts, SecretStore
from amzlinkr.security.encrypted_secrets import EncryptedSecretStore, KmsClient
from amzlinkr.security.secrets_manager import SecretsManagerStore
from amzlinkr.security.stored_credentials import credentials_from_json, json_from_credentials

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MAX_CACHED_CREDENTIALS = 4096
"""About one kilobyte each. A worker serves the accounts of thousands of sites."""


class CredentialVault:
    """Store of Amazon credentials. Keeps credentials in memory, by site, secret, and version."""

    def __init__(self, secrets_manager: SecretStore, encrypted: SecretStore, prefix: str) -> None:
        self._secrets_manager = secrets_manager
        self._encrypted = encrypted
        self._prefix = prefix
        self._cache: dict[tuple[str, str, str, str], Credentials] = {}

    def reset(self) -> None:
        """Drop the credentials in memory."""
        self._cache.clear()

    def name_of(self, site_id: str, marketplace: str, number: int) -> str:
        """Return the name of a new secret.

        Secrets Manager blocks the name of a deleted secret for days. `number` must therefore be
        higher than in all earlier secrets of this site and marketplace.
        """
        return f"{self._prefix}/{site_id}/{marketplace}/{number}"

    def is_in_use(self, secret_id: str) -> bool:
        """Return True if a secret is in the store that receives new secrets."""
        return _is_encrypted(secret_id) == _is_encrypted(f"{self._prefix}/")

    def create(self, name: str, credentials: Credentials) -> str:
        """Store credentials as a new secret. Return the ID of its version.

        Raises:
            StoreUnavailable: The store failed, or the name is in use or blocked.
        """
        return self._store_of(name).create(name, json_from_credentials(credentials))

    def put_version(self, connection: Connection, credentials: Credentials) -> str | None:
        """Store credentials as a new version of a connection's secret.

        Returns:
            The ID of the version, or None if the secret has been deleted.

        Raises:
            StoreUnavailable: The store failed.
        """
        name, content = connection.secret_id, json_from_credentials(credentials)
        return self._store_of(name).put_version(name, connection.secret_version, content)

    def is_stored(self, connection: Connection) -> bool:
        """Return True if a connection's secret has its version, which needs no read of a secret.

        Raises:
            StoreUnavailable: The store failed.
        """
        name, version = connection.secret_id, connection.secret_version
        return self._store_of(name).keeps_version(name, version)

    def get(self, site_id: str, connection: Connection) -> Credentials:
        """Return the credentials of a site's connection.

        Raises:
            NotConnected: The secret has been deleted, or is not one of this site and marketplace.
            StoreUnavailable: The store failed.
        """
        name, version = connection.secret_id, connection.secret_version
        # A version never changes, so a cached entry cannot become stale.
        key = (site_id, connection.marketplace, name, version)
        if key not in self._cache:
            content = None
            # A connection that was copied from another site must not give access to its secret.
            if name.rsplit("/", 3)[1:-1] == [site_id, connection.marketplace]:
                content = self._store_of(name).read(name, version)
            if content is None:
                raise NotConnected(f"The Amazon keys for {connection.marketplace} were deleted.")
            if len(self._cache) >= MAX_CACHED_CREDENTIALS:
                self._cache.clear()
            self._cache[key] = credentials_from_json(content)
        return self._cache[key]

    def delete(self, secret_id: str) -> None:
        """Delete a secret with all its versions. Raises `StoreUnavailable`."""
        self._store_of(secret_id).delete(secret_id)

    def _store_of(self, secret_id: str) -> SecretStore:
        return self._encrypted if _is_encrypted(secret_id) else self._secrets_manager


def credential_vault(
    config: Config, secrets_manager: SecretsManagerClient, kms: KmsClient, ciphertexts: Ciphertexts
) -> CredentialVault:
    """Return the vault, which creates secrets in the configured store and reads both."""
    is_kms = config.credential_store == KMS
    return CredentialVault(
        SecretsManagerStore(secrets_manager, config.stage),
        EncryptedSecretStore(kms, config.credential_key_arn, ciphertexts),
        f"{KMS}/{config.stage}" if is_kms else config.secrets_prefix,
    )


def _is_encrypted(secret_id: str) -> bool:
    return secret_id.startswith(f"{KMS}/")
