"""Secrets in AWS Secrets Manager, each with its versions.

Writing does not require reading, so the function that receives credentials has no permission to
read any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.net.aws_client import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_secretsmanager.type_defs import TagTypeDef

# A deleted secret is recoverable for a week; calls then fail with InvalidRequestException.
_DELETED_CODES = ("ResourceNotFoundException", "InvalidRequestException")


class SecretsManagerStore:
    """The `SecretStore` in Secrets Manager, which charges for each secret and month."""

    def __init__(self, client: SecretsManagerClient, stage: str) -> None:
        self._client = client
        self._tags: list[TagTypeDef] = [
            {"Key": "project", "Value": "amzlinkr"},
            {"Key": "stage", "Value": stage},
        ]

    def create(self, name: str, content: str) -> str:
        """Implement `SecretStore.create`.

        Raises:
            StoreUnavailable: Secrets Manager failed, or the name is in use or blocked.
        """
        with aws_errors():
            # Without tags, the bill does not show which deployment a secret belongs to.
            created = self._client.create_secret(Name=name, SecretString=content, Tags=self._tags)
        return created["VersionId"]

    def put_version(self, name: str, _current: str, content: str) -> str | None:
        """Implement `SecretStore.put_version`."""
        try:
            created = self._client.put_secret_value(SecretId=name, SecretString=content)
        except (ClientError, BotoCoreError) as error:
            if error_code(error) in _DELETED_CODES:
                return None
            raise StoreUnavailable from error
        return created["VersionId"]

    def read(self, name: str, version: str) -> str | None:
        """Implement `SecretStore.read`."""
        try:
            # Not the newest version: `validate` stores a version before the connection names it.
            response = self._client.get_secret_value(SecretId=name, VersionId=version)
        except (ClientError, BotoCoreError) as error:
            if error_code(error) in _DELETED_CODES:
                return None
            raise StoreUnavailable from error
        return response["SecretString"]

    def delete(self, name: str) -> None:
        """Implement `SecretStore.delete`. Secrets Manager keeps it recoverable for a week."""
        try:
            # The shortest window that Secrets Manager accepts.
            self._client.delete_secret(SecretId=name, RecoveryWindowInDays=7)
        except (ClientError, BotoCoreError) as error:
            if error_code(error) not in _DELETED_CODES:
                raise StoreUnavailable from error
