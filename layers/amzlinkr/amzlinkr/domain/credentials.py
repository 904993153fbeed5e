"""Amazon credentials, trimmed and checked for their format before any call to Amazon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from amzlinkr.domain.credential_formats import (
    ACCESS_KEY_LENGTH,
    BASE64_TEXT,
    SECRET_KEY_LENGTH,
    check_creators_text,
    check_credential_id,
    check_key,
    version_of,
)
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.marketplaces import MARKETPLACES, Marketplace, marketplace
from amzlinkr.domain.pasted_text import remove_invisible
from amzlinkr.domain.wrong_fields import WrongFields

Api = Literal["paapi5", "creators"]
"""The product API that a credential is for.

- `paapi5`: PA-API 5.0, which Amazon retired on 2026-05-15.
- `creators`: The Creators API.
"""
REGIONS = {"1": "NA", "2": "EU", "3": "FE"}
_UNKNOWN = MARKETPLACES["US"]
"""The marketplace until it is checked: it is not used if a check fails."""
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Secret:
    """A string that is redacted in `repr`, `str`, logs, and tracebacks."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the place that sends or stores it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class PaapiCredentials:
    """The keys that sign PA-API 5.0 requests of one account in one marketplace."""

    access_key: str
    secret_key: Secret
    partner_tag: str
    marketplace: Marketplace

    @property
    def api(self) -> Api:
        """Return the API that the credentials are for."""
        return "paapi5"

    @property
    def key_id(self) -> str:
        """Return the public part of the credentials."""
        return self.access_key

    @property
    def secret(self) -> Secret:
        """Return the secret part of the credentials."""
        return self.secret_key

    @property
    def version(self) -> None:
        """Return None: keys of PA-API have no version."""


@dataclass(frozen=True, slots=True)
class CreatorsCredentials:
    """A credential that fetches Creators API tokens for one account in one marketplace.

    `version` is the version that Amazon shows beside the credential. It is stored and never guessed
    (Creators API documentation, "Using the API").
    """

    credential_id: str
    credential_secret: Secret
    version: str
    partner_tag: str
    marketplace: Marketplace

    @property
    def api(self) -> Api:
        """Return the API that the credentials are for."""
        return "creators"

    @property
    def key_id(self) -> str:
        """Return the public part of the credentials."""
        return self.credential_id

    @property
    def secret(self) -> Secret:
        """Return the secret part of the credentials."""
        return self.credential_secret

    @property
    def region(self) -> str:
        """Return the region of the marketplaces that this version serves: NA, EU, or FE."""
        return REGIONS[self.version[-1]]


Credentials = PaapiCredentials | CreatorsCredentials


def redacted_hint(credentials: Credentials) -> str:
    """Return the last four characters of the key ID, enough to recognize the key."""
    return f"…{credentials.key_id[-4:]}"


def paapi_credentials(
    access_key: str, secret_key: str, partner_tag: str, marketplace_code: str
) -> PaapiCredentials:
    """Return trimmed and checked PA-API credentials.

    Raises:
        InvalidRequest: A value has the wrong format; `field` names it.
    """
    wrong, selected = WrongFields(), _UNKNOWN
    access_key, secret_key, tag = _trimmed(access_key), _trimmed(secret_key), ""
    is_swapped = len(access_key) == SECRET_KEY_LENGTH and len(secret_key) == ACCESS_KEY_LENGTH
    with wrong:
        selected = marketplace(marketplace_code)
    with wrong:
        if is_swapped:
            raise InvalidRequest(
                "access_key", "Access key and secret key are swapped.", "Swap the two fields."
            )
        check_key("access_key", "access key", access_key, ACCESS_KEY_LENGTH, r"[A-Z0-9]+")
    with wrong:
        if not is_swapped:
            check_key("secret_key", "secret key", secret_key, SECRET_KEY_LENGTH, BASE64_TEXT)
    with wrong:
        tag = partner_tag_of(partner_tag)
    wrong.check()
    return PaapiCredentials(access_key, Secret(secret_key), tag, selected)


def creators_credentials(
    credential_id: str,
    credential_secret: str,
    version: str,
    partner_tag: str,
    marketplace_code: str,
) -> CreatorsCredentials:
    """Return trimmed and checked Creators API credentials.

    Only values that cannot work are refused. Amazon decides which marketplaces a credential serves.

    Raises:
        InvalidRequest: A value has the wrong format; `field` names it.
    """
    wrong, selected = WrongFields(), _UNKNOWN
    credential_id, credential_secret = _trimmed(credential_id), _trimmed(credential_secret)
    tag = ""
    with wrong:
        selected = marketplace(marketplace_code)
    with wrong:
        check_credential_id(credential_id, credential_secret)
    with wrong:
        check_creators_text("credential_secret", "credential secret", credential_secret)
    with wrong:
        version = version_of(_trimmed(version), credential_id)
    with wrong:
        tag = partner_tag_of(partner_tag)
    wrong.check()
    return CreatorsCredentials(credential_id, Secret(credential_secret), version, tag, selected)


def partner_tag_of(text: str) -> str:
    """Return the trimmed Associate tag.

    Raises:
        InvalidRequest: The text cannot be an Associate tag.
    """
    tag = _trimmed(text)
    if not _TAG.fullmatch(tag):
        raise InvalidRequest(
            "partner_tag",
            "This is not an Associate tag.",
            "Use the tracking ID from Associates Central, for example mysite-20: 1 to 64 letters, "
            "digits, hyphens, dots, and underscores.",
        )
    return tag


def _trimmed(text: str) -> str:
    return remove_invisible(text).strip()
