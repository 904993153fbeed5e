"""The signing secret of the service, which can be rotated while the service runs.

A process reads it again every five minutes. A rotation adds a key that all processes accept before
the first one signs with it. The former key stays valid until the next rotation. Account keys are
signed with the first key for ever: they name the rate limiters, which a rotation must not change.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.net.aws_client import aws_errors
from amzlinkr.net.json_decoding import decode_json

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MAX_SECRET_AGE_SECONDS = 300
ACTIVATION_DELAY = timedelta(minutes=15)
"""The time from a rotation to the first signature with the new key. A process reads the secret at
least twice in it, in case that one read fails."""


class SigningSecretContent(msgspec.Struct, omit_defaults=True):
    """The JSON of the secret. Without a rotation, `current` is the only key."""

    current: str
    current_from: datetime | None = None
    previous: str | None = None
    accounts: str | None = None

    def __repr__(self) -> str:
        return "SigningSecretContent(***)"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The key to sign with, the keys to accept, and the key of account keys."""

    signing: bytes = field(repr=False)
    accepted: tuple[bytes, ...] = field(repr=False)
    accounts: bytes = field(repr=False)


class SigningSecret:
    """The secret in Secrets Manager, kept in memory."""

    def __init__(self, client: SecretsManagerClient, secret_id: str, clock: Clock) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._content: SigningSecretContent | None = None
        self._read_at = 0.0

    def reset(self) -> None:
        """Drop the content. The next use reads it again."""
        self._content = None

    def keys(self) -> SigningKeys:
        """Return the keys at this moment.

        Raises:
            StoreUnavailable: The secret could not be read, and was not read before.
        """
        content, now = self._content, self._clock.monotonic()
        if content is None or now - self._read_at >= MAX_SECRET_AGE_SECONDS:
            content = self._content = self._read(content)
            self._read_at = now
        return keys_at(content, self._clock.now())

    def _read(self, known: SigningSecretContent | None) -> SigningSecretContent:
        """Return the content, or the known one if the secret cannot be read."""
        try:
            with aws_errors():
                text = self._client.get_secret_value(SecretId=self._secret_id)["SecretString"]
            return content_from_json(text)
        except StoreUnavailable as error:
            if known is None:
                raise
            telemetry.log_fault(error)
            telemetry.count("SigningSecretNotRead")
            return known


def content_from_json(text: str) -> SigningSecretContent:
    """Return the content of the secret. Raises `StoreUnavailable` for any other text."""
    try:
        return decode_json(text, SigningSecretContent)
    except msgspec.DecodeError:
        raise StoreUnavailable from None


def keys_at(content: SigningSecretContent, now: datetime) -> SigningKeys:
    """Return the keys at a moment."""
    previous = content.previous or content.current
    is_active = content.current_from is None or now >= content.current_from
    return SigningKeys(
        signing=(content.current if is_active else previous).encode(),
        accepted=(content.current.encode(), previous.encode()),
        accounts=(content.accounts or content.current).encode(),
    )


def rotated(content: SigningSecretContent, now: datetime) -> SigningSecretContent:
    """Return the content with a new key. The key before the current one ends."""
    return SigningSecretContent(
        current=secrets.token_urlsafe(48),
        current_from=now + ACTIVATION_DELAY,
        previous=content.current,
        accounts=content.accounts or content.current,
    )
