"""Amazon credentials in Secrets Manager: one secret per site and marketplace.

Secret names are `<prefix>/<site_id>/<marketplace>/<n>`. Writing does not require reading, so the
function that receives credentials has no permission to read any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import (
    CreatorsCredentials,
    Credentials,
    PaapiCredentials,
    Secret,
)
from amzlinkr.domain.errors import NotConnected, StoreUnavailable
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.net.aws_client import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MAX_CACHED_CREDENTIALS = 256
# A deleted secret is recoverable for a week; calls then fail with InvalidRequestException.
_DELETED_CODES = ("ResourceNotFoundException", "InvalidRequestException")


class _StoredCredentials(msgspec.Struct, tag_field="api"):
    partner_tag: str
    marketplace: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"


class _StoredPaapiCredentials(_StoredCredentials, tag="paapi5"):
    access_key: str
    secret_key: str


class _StoredCreatorsCredentials(_StoredCredentials, tag="creators"):
    credential_id: str
    credential_secret: str
    credential_version: str


class CredentialVault:
    """Store of Amazon credentials. Keeps credentials in memory, by secret and version."""

    def __init__(self, client: SecretsManagerClient, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._cache: dict[tuple[str, str], Credentials] = {}

    def name_of(self, site_id: str, marketplace: str, number: int) -> str:
        """Return the name of a secret.

        Secrets Manager blocks the name of a deleted secret for days. `number` must therefore be
        higher than in all earlier secrets of this site and marketplace.
        """
        return f"{self._prefix}/{site_id}/{marketplace}/{number}"

    def create(self, name: str, credentials: Credentials) -> str:
        """Store credentials as a new secret. Return the ID of its version.

        Raises:
            StoreUnavailable: Secrets Manager failed, or the name is in use or blocked.
        """
        with aws_errors():
            created = self._client.create_secret(Name=name, SecretString=_content(credentials))
        return created["VersionId"]

    def put_version(self, secret_id: str, credentials: Credentials) -> str | None:
        """Store credentials as a new version of a secret.

        Returns:
            The ID of the version, or None if the secret has been deleted.

        Raises:
            StoreUnavailable: Secrets Manager failed.
        """
        try:
            created = self._client.put_secret_value(
                SecretId=secret_id, SecretString=_content(credentials)
            )
        except (ClientError, BotoCoreError) as error:
            if _error_code(error) in _DELETED_CODES:
                return None
            raise StoreUnavailable from error
        return created["VersionId"]

    def get(self, connection: Connection) -> Credentials:
        """Return the credentials of a connection.

        Raises:
            NotConnected: The secret has been deleted.
            StoreUnavailable: Secrets Manager failed.
        """
        # A version never changes, so a cached entry cannot become stale.
        key = (connection.secret_id, connection.secret_version)
        if key not in self._cache:
            if len(self._cache) >= MAX_CACHED_CREDENTIALS:
                self._cache.clear()
            self._cache[key] = self._read(connection)
        return self._cache[key]

    def delete(self, secret_id: str) -> None:
        """Delete a secret. Secrets Manager keeps it recoverable for a week.

        Raises:
            StoreUnavailable: Secrets Manager failed.
        """
        try:
            # The shortest window that Secrets Manager accepts.
            self._client.delete_secret(SecretId=secret_id, RecoveryWindowInDays=7)
        except (ClientError, BotoCoreError) as error:
            if _error_code(error) not in _DELETED_CODES:
                raise StoreUnavailable from error

    def _read(self, connection: Connection) -> Credentials:
        try:
            # Not the newest version: `validate` stores a version before the connection names it.
            response = self._client.get_secret_value(
                SecretId=connection.secret_id, VersionId=connection.secret_version
            )
        except (ClientError, BotoCoreError) as error:
            if _error_code(error) in _DELETED_CODES:
                raise NotConnected(
                    f"The Amazon keys for {connection.marketplace} were deleted."
                ) from error
            raise StoreUnavailable from error
        return _from_stored(response["SecretString"])


def _content(credentials: Credentials) -> str:
    return msgspec.json.encode(_to_stored(credentials)).decode()


def _to_stored(credentials: Credentials) -> _StoredCredentials:
    tag, marketplace_code = credentials.partner_tag, credentials.marketplace.code
    if isinstance(credentials, PaapiCredentials):
        return _StoredPaapiCredentials(
            tag, marketplace_code, credentials.access_key, credentials.secret_key.reveal()
        )
    secret = credentials.credential_secret.reveal()
    return _StoredCreatorsCredentials(
        tag, marketplace_code, credentials.credential_id, secret, credentials.version
    )


def _from_stored(content: str) -> Credentials:
    stored = msgspec.json.decode(content, type=_StoredPaapiCredentials | _StoredCreatorsCredentials)
    marketplace = MARKETPLACES[stored.marketplace]
    if isinstance(stored, _StoredPaapiCredentials):
        secret = Secret(stored.secret_key)
        return PaapiCredentials(stored.access_key, secret, stored.partner_tag, marketplace)
    return CreatorsCredentials(
        stored.credential_id,
        Secret(stored.credential_secret),
        stored.credential_version,
        stored.partner_tag,
        marketplace,
    )


def _error_code(error: Exception) -> str:
    return error.response["Error"].get("Code", "") if isinstance(error, ClientError) else ""
