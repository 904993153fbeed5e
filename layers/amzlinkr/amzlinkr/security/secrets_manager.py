"""Secrets in AWS Secrets Manager, each with its versions.

Writing does not require reading, so the function that receives credentials has no permission to
read any, only to describe their versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.net.aws_client import aws_errors, error_code

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_secretsmanager.type_defs import TagTypeDef

# A deleted secret is recoverable for a week; calls then fail with InvalidRequestException.
_DELETED_CODES = ("ResourceNotFoundException", "InvalidRequestException")
REFUSED_WRITE_RETRY_SECONDS = 600
"""AWS advises against more than one version of a secret per ten minutes, and keeps those of a day.
Above about a hundred it refuses new ones."""


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
        with aws_errors(), _refused_writes():
            # Without tags, the bill does not show which deployment a secret belongs to.
            created = self._client.create_secret(Name=name, SecretString=content, Tags=self._tags)
        return created["VersionId"]

    def put_version(self, name: str, _current: str, content: str) -> str | None:
        """Implement `SecretStore.put_version`."""
        try:
            with _refused_writes():
                created = self._client.put_secret_value(SecretId=name, SecretString=content)
        except (ClientError, BotoCoreError) as error:
            if error_code(error) in _DELETED_CODES:
                return None
            raise StoreUnavailable from error
        return created["VersionId"]

    def keeps_version(self, name: str, version: str) -> bool:
        """Implement `SecretStore.keeps_version`."""
        try:
            secret = self._client.describe_secret(SecretId=name)
        except (ClientError, BotoCoreError) as error:
            if error_code(error) in _DELETED_CODES:
                return False
            raise StoreUnavailable from error
        stages = secret.get("VersionIdsToStages", {}).get(version, [])
        # Secrets Manager deletes versions that are neither the current nor the previous one.
        return "AWSCURRENT" in stages and "DeletedDate" not in secret

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


@contextmanager
def _refused_writes() -> Iterator[None]:
    """Raise `StoreUnavailable` with the remedy if AWS refuses a write because of its limits."""
    try:
        yield
    except ClientError as error:
        if error_code(error) != "LimitExceededException":
            raise
        raise StoreUnavailable(
            "AWS does not accept another change of these Amazon keys at the moment.",
            "The keys that were stored before remain in use. Disconnect this marketplace and "
            "connect it again with the new keys, or enter them again later.",
            REFUSED_WRITE_RETRY_SECONDS,
            is_fault=False,
        ) from error
