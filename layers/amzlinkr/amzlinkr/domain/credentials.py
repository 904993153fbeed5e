"""Amazon credentials, trimmed and checked for their format before any call to Amazon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.marketplaces import Marketplace, marketplace
from amzlinkr.domain.pasted_text import remove_invisible

Api = Literal["paapi5", "creators"]
"""The product API that a credential is for: PA-API 5.0 or the Creators API."""
ACCESS_KEY_LENGTH = 20
SECRET_KEY_LENGTH = 40
REGIONS = {"1": "NA", "2": "EU", "3": "FE"}
VERSIONS = ("2.1", "2.2", "2.3", "3.1", "3.2", "3.3")
"""Credential versions: 2.x get tokens from Cognito, 3.x from Login with Amazon (Creators API
documentation, "Using the API"). The last digit is the region."""
V3_SECRET_PREFIX = "amzn1.oa2-cs."  # noqa: S105 - a prefix, not a secret
# IDs of version 2 are client IDs of Cognito.
_V2_ID = re.compile(r"[a-z0-9]{26}")
_PAAPI_KEY = re.compile(r"A[A-Z0-9]{19}")
_PRINTABLE = re.compile(r"[!-~]{1,512}")
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
    selected = marketplace(marketplace_code)
    access_key, secret_key = _trimmed(access_key), _trimmed(secret_key)
    if len(access_key) == SECRET_KEY_LENGTH and len(secret_key) == ACCESS_KEY_LENGTH:
        raise InvalidRequest(
            "access_key", "Access key and secret key are swapped.", "Swap the two fields."
        )
    _check_key("access_key", "access key", access_key, ACCESS_KEY_LENGTH, r"[A-Z0-9]+")
    _check_key("secret_key", "secret key", secret_key, SECRET_KEY_LENGTH, r"[A-Za-z0-9/+=]+")
    return PaapiCredentials(access_key, Secret(secret_key), partner_tag_of(partner_tag), selected)


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
    selected = marketplace(marketplace_code)
    credential_id, credential_secret = _trimmed(credential_id), _trimmed(credential_secret)
    # IDs of version 3 begin with amzn1. too, so only the longer prefix shows a secret.
    is_id_a_secret = credential_id.startswith(V3_SECRET_PREFIX)
    if is_id_a_secret and not credential_secret.startswith(V3_SECRET_PREFIX):
        raise InvalidRequest(
            "credential_id",
            "Credential ID and credential secret are swapped.",
            "Swap the two fields.",
        )
    if _PAAPI_KEY.fullmatch(credential_id):
        raise InvalidRequest(
            "credential_id",
            "This is a PA-API access key, not a Creators API credential.",
            "Amazon has retired PA-API keys. Create a credential in Associates Central (Tools → "
            "Creators API) and enter its ID, secret, and version.",
        )
    _check_creators_text("credential_id", "credential ID", credential_id)
    _check_creators_text("credential_secret", "credential secret", credential_secret)
    return CreatorsCredentials(
        credential_id,
        Secret(credential_secret),
        _version_of(version, credential_id),
        partner_tag_of(partner_tag),
        selected,
    )


def _version_of(text: str, credential_id: str) -> str:
    version = _trimmed(text).lower().removeprefix("v")
    if version not in VERSIONS:
        raise InvalidRequest(
            "credential_version",
            "This is not a version of a Creators API credential.",
            f"Enter the version that Amazon shows beside the credential: {', '.join(VERSIONS)}.",
        )
    is_v3 = credential_id.startswith("amzn1.")
    if is_v3 and version.startswith("2."):
        raise InvalidRequest(
            "credential_version",
            "A credential ID that begins with amzn1. belongs to version 3, not 2.",
            "Enter the version that Amazon shows beside the credential: 3.1 (North America), 3.2 "
            "(Europe, Middle East, India), or 3.3 (Far East).",
        )
    if _V2_ID.fullmatch(credential_id) and version.startswith("3."):
        raise InvalidRequest(
            "credential_version",
            "This credential ID belongs to version 2. IDs of version 3 begin with amzn1.",
            "Enter the version that Amazon shows beside the credential: 2.1 (North America), 2.2 "
            "(Europe, Middle East, India), or 2.3 (Far East).",
        )
    return version


def _check_creators_text(field: str, name: str, value: str) -> None:
    if not _PRINTABLE.fullmatch(value):
        raise InvalidRequest(
            field,
            f"A {name} contains no spaces, accents, or line breaks, and is not empty.",
            f"Copy the full {name} from Associates Central (Tools → Creators API).",
        )


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


def _check_key(field: str, name: str, value: str, length: int, pattern: str) -> None:
    if value.startswith("amzn1.") or (field == "access_key" and _V2_ID.fullmatch(value)):
        raise InvalidRequest(
            field,
            "This is a Creators API credential, not a PA-API key.",
            "Choose the Creators API in the form and enter the credential ID, secret, and version.",
        )
    if len(value) != length:
        raise InvalidRequest(
            field,
            f"An Amazon {name} has {length} characters; this value has {len(value)}.",
            f"Copy the full {name} from Associates Central, without spaces.",
        )
    if not re.fullmatch(pattern, value):
        raise InvalidRequest(
            field,
            f"An Amazon {name} contains no spaces, accents, or unexpected punctuation marks.",
            f"Copy the {name} again from Associates Central.",
        )


def _trimmed(text: str) -> str:
    return remove_invisible(text).strip()
