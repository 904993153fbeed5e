"""Sites' Amazon keys in Secrets Manager: one secret a site and marketplace.

Names are `<prefix>/<site_id>/<marketplace>/<n>`. Writing never needs reading, so the function that
takes keys in cannot read any.
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

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MAX_CACHED = 256
_GONE = ("ResourceNotFoundException", "InvalidRequestException")


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
    """Seals and opens credentials. What was opened is kept in memory by secret and version."""

    def __init__(self, client: SecretsManagerClient, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._opened: dict[tuple[str, str], Credentials] = {}

    def name_of(self, site_id: str, marketplace: str, number: int) -> str:
        """The name of a site's next secret; a number that only rises never meets a deleted one,
        whose name is blocked for days."""
        return f"{self._prefix}/{site_id}/{marketplace}/{number}"

    def create(self, name: str, credentials: Credentials) -> str:
        """Store credentials as a new secret; its version. Raises `StoreUnavailable`."""
        try:
            made = self._client.create_secret(Name=name, SecretString=_content(credentials))
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable from error
        return made["VersionId"]

    def put_version(self, secret_id: str, credentials: Credentials) -> str | None:
        """Store credentials as a new version of a secret; None if it was deleted meanwhile.

        Raises `StoreUnavailable`.
        """
        try:
            made = self._client.put_secret_value(
                SecretId=secret_id, SecretString=_content(credentials)
            )
        except (ClientError, BotoCoreError) as error:
            if _code(error) in _GONE:
                return None
            raise StoreUnavailable from error
        return made["VersionId"]

    def get(self, connection: Connection) -> Credentials:
        """The credentials of a connection. Raises `NotConnected` if they were removed."""
        key = (connection.secret_id, connection.secret_version)
        if key not in self._opened:
            if len(self._opened) >= MAX_CACHED:
                self._opened.clear()
            self._opened[key] = self._read(connection)
        return self._opened[key]

    def delete(self, secret_id: str) -> None:
        """Delete a secret; Secrets Manager keeps it recoverable for a week."""
        try:
            self._client.delete_secret(SecretId=secret_id, RecoveryWindowInDays=7)
        except (ClientError, BotoCoreError) as error:
            if _code(error) not in _GONE:
                raise StoreUnavailable from error

    def _read(self, connection: Connection) -> Credentials:
        try:
            answer = self._client.get_secret_value(
                SecretId=connection.secret_id, VersionId=connection.secret_version
            )
        except (ClientError, BotoCoreError) as error:
            if _code(error) in _GONE:
                raise NotConnected(
                    f"The Amazon keys for {connection.marketplace} are gone."
                ) from error
            raise StoreUnavailable from error
        return _from_stored(answer["SecretString"])


def _content(credentials: Credentials) -> str:
    return msgspec.json.encode(_to_stored(credentials)).decode()


def _to_stored(credentials: Credentials) -> _StoredCredentials:
    tag, shop = credentials.partner_tag, credentials.marketplace.code
    if isinstance(credentials, PaapiCredentials):
        return _StoredPaapiCredentials(
            tag, shop, credentials.access_key, credentials.secret_key.reveal()
        )
    secret = credentials.credential_secret.reveal()
    return _StoredCreatorsCredentials(
        tag, shop, credentials.credential_id, secret, credentials.version
    )


def _from_stored(content: str) -> Credentials:
    sealed = msgspec.json.decode(content, type=_StoredPaapiCredentials | _StoredCreatorsCredentials)
    shop = MARKETPLACES[sealed.marketplace]
    if isinstance(sealed, _StoredPaapiCredentials):
        secret = Secret(sealed.secret_key)
        return PaapiCredentials(sealed.access_key, secret, sealed.partner_tag, shop)
    return CreatorsCredentials(
        sealed.credential_id,
        Secret(sealed.credential_secret),
        sealed.credential_version,
        sealed.partner_tag,
        shop,
    )


def _code(error: Exception) -> str:
    return error.response["Error"].get("Code", "") if isinstance(error, ClientError) else ""
