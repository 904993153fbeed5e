"""Sites' Amazon keys in Secrets Manager: one secret a site and marketplace.

Names are `<prefix>/<site_id>/<marketplace>/<n>`. Writing never needs reading, so the function that
takes keys in cannot read any. A secret that was deleted blocks its name for days; `n` then rises.
"""

from __future__ import annotations

from collections.abc import Iterable
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
_TAKEN = "ResourceExistsException"
_GONE = ("ResourceNotFoundException", "InvalidRequestException")


class _Sealed(msgspec.Struct, tag_field="api"):
    partner_tag: str
    marketplace: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"


class _SealedPaapi(_Sealed, tag="paapi5"):
    access_key: str
    secret_key: str


class _SealedCreators(_Sealed, tag="creators"):
    credential_id: str
    credential_secret: str
    credential_version: str


class Vault:
    """Seals and opens credentials. What was opened is kept in memory by secret and version."""

    def __init__(self, client: SecretsManagerClient, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._opened: dict[tuple[str, str], Credentials] = {}

    def seal(
        self, site_id: str, credentials: Credentials, current: Connection | None
    ) -> tuple[str, str]:
        """Store credentials as a new version of the current secret, or as the next one.

        Returns the secret's name and version. Raises `StoreUnavailable`.
        """
        content = msgspec.json.encode(_sealed(credentials)).decode()
        stem = f"{self._prefix}/{site_id}/{credentials.marketplace.code}"
        number = int(current.secret_id.rpartition("/")[2]) if current else 1
        for name in (f"{stem}/{n}" for n in range(number, number + 50)):
            version = self._write(name, content)
            if version is not None:
                return name, version
        raise StoreUnavailable("There is no free place for these keys.")

    def open(self, connection: Connection) -> Credentials:
        """The credentials of a connection. Raises `NotConnected` if they were removed."""
        key = (connection.secret_id, connection.secret_version)
        if key not in self._opened:
            if len(self._opened) >= MAX_CACHED:
                self._opened.clear()
            self._opened[key] = self._read(connection)
        return self._opened[key]

    def forget(self, secret_id: str) -> None:
        """Delete a secret; Secrets Manager keeps it recoverable for a week."""
        try:
            self._client.delete_secret(SecretId=secret_id, RecoveryWindowInDays=7)
        except (ClientError, BotoCoreError) as error:
            if _code(error) not in _GONE:
                raise StoreUnavailable from error

    def forget_all(self, site_id: str, known: Iterable[str]) -> None:
        """Delete a site's known secrets, and what keys entered while it left may have made."""
        newest = dict.fromkeys(MARKETPLACES, 0)
        for secret_id in known:
            *_, shop, number = secret_id.split("/")
            newest[shop] = max(newest[shop], int(number))
            self.forget(secret_id)
        for shop, last in newest.items():
            self.forget(f"{self._prefix}/{site_id}/{shop}/{last + 1}")

    def _write(self, name: str, content: str) -> str | None:
        """The new version's id, or None if the name is blocked by a deleted secret."""
        try:
            return self._client.create_secret(Name=name, SecretString=content)["VersionId"]
        except (ClientError, BotoCoreError) as error:
            if _code(error) != _TAKEN and _code(error) not in _GONE:
                raise StoreUnavailable from error
        try:
            return self._client.put_secret_value(SecretId=name, SecretString=content)["VersionId"]
        except (ClientError, BotoCoreError) as error:
            if _code(error) in _GONE:
                return None
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
        return _credentials(answer["SecretString"])


def _sealed(credentials: Credentials) -> _Sealed:
    tag, shop = credentials.partner_tag, credentials.marketplace.code
    if isinstance(credentials, PaapiCredentials):
        return _SealedPaapi(tag, shop, credentials.access_key, credentials.secret_key.reveal())
    secret = credentials.credential_secret.reveal()
    return _SealedCreators(tag, shop, credentials.credential_id, secret, credentials.version)


def _credentials(content: str) -> Credentials:
    sealed = msgspec.json.decode(content, type=_SealedPaapi | _SealedCreators)
    shop = MARKETPLACES[sealed.marketplace]
    if isinstance(sealed, _SealedPaapi):
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
