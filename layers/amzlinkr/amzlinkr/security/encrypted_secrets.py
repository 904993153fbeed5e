"""Secrets that one KMS key encrypts, with the ciphertext in a table.

The encryption context names the site and the marketplace: a ciphertext that was copied to another
site's secret does not decrypt. Writing requires the permission to encrypt only.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr import telemetry
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Ciphertexts
from amzlinkr.net.aws_client import aws_errors, error_code


class KmsClient(Protocol):
    """The two operations of KMS that the store uses."""

    def encrypt(self, **arguments: object) -> Mapping[str, bytes]:
        """Return the `CiphertextBlob` of `Plaintext`."""
        ...

    def decrypt(self, **arguments: object) -> Mapping[str, bytes]:
        """Return the `Plaintext` of `CiphertextBlob`."""
        ...


class EncryptedSecretStore:
    """The `SecretStore` with KMS, which charges for each call and for the key."""

    def __init__(self, client: KmsClient, key_arn: str, ciphertexts: Ciphertexts) -> None:
        self._client = client
        self._key_arn = key_arn
        self._ciphertexts = ciphertexts

    def create(self, name: str, content: str) -> str:
        """Implement `SecretStore.create`."""
        version = secrets.token_hex(16)
        self._ciphertexts.create(name, version, self._encrypt(name, content))
        return version

    def put_version(self, name: str, current: str, content: str) -> str | None:
        """Implement `SecretStore.put_version`."""
        version = secrets.token_hex(16)
        ciphertext = self._encrypt(name, content)
        return version if self._ciphertexts.add(name, current, version, ciphertext) else None

    def keeps_version(self, name: str, version: str) -> bool:
        """Implement `SecretStore.keeps_version`."""
        return self._ciphertexts.contains(name, version)

    def read(self, name: str, version: str) -> str | None:
        """Implement `SecretStore.read`."""
        ciphertext = self._ciphertexts.get(name, version)
        return self._decrypt(name, ciphertext) if ciphertext is not None else None

    def delete(self, name: str) -> None:
        """Implement `SecretStore.delete`. Point-in-time backups keep the ciphertext."""
        self._ciphertexts.delete(name)

    def _encrypt(self, name: str, content: str) -> str:
        with aws_errors():
            encrypted = self._client.encrypt(
                KeyId=self._key_arn, Plaintext=content.encode(), EncryptionContext=context_of(name)
            )
        return base64.b64encode(encrypted["CiphertextBlob"]).decode()

    def _decrypt(self, name: str, ciphertext: str) -> str | None:
        try:
            decrypted = self._client.decrypt(
                KeyId=self._key_arn,
                CiphertextBlob=base64.b64decode(ciphertext),
                EncryptionContext=context_of(name),
            )
        except (ClientError, BotoCoreError) as error:
            if error_code(error) == "InvalidCiphertextException":
                # The row was changed, or copied from another site.
                telemetry.count("CredentialsNotDecrypted")
                return None
            raise StoreUnavailable from error
        return decrypted["Plaintext"].decode()


def context_of(name: str) -> dict[str, str]:
    """Return the encryption context of a secret: the site and marketplace in its name."""
    site_id, marketplace, _ = name.rsplit("/", 3)[1:]
    return {"site_id": site_id, "marketplace": marketplace}
