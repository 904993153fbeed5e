"""Amazon credentials as a site owner types them, checked for shape before Amazon is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.marketplaces import Marketplace, marketplace

Api = Literal["paapi5", "creators"]
"""Which of Amazon's product APIs an account is for."""
ACCESS_KEY_LENGTH = 20
SECRET_KEY_LENGTH = 40
REGIONS = {"1": "NA", "2": "EU", "3": "FE"}
VERSIONS = ("2.1", "2.2", "2.3", "3.1", "3.2", "3.3")
"""Versions 2 get their tokens from Cognito, versions 3 from Login with Amazon."""
V3_SECRET = "amzn1.oa2-cs."  # noqa: S105 - how every such secret begins
_V2_ID = re.compile(r"[a-z0-9]{26}")
_PAAPI_KEY = re.compile(r"A[A-Z0-9]{19}")
_PRINTABLE = re.compile(r"[!-~]{1,512}")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_AROUND = re.compile(r"^[\s\u200b\u200c\u200d\u2060\ufeff]+|[\s\u200b\u200c\u200d\u2060\ufeff]+$")


class Secret:
    """A string that does not show itself: not in `repr`, `str`, logs or tracebacks."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value, for the one place that must have it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class PaapiCredentials:
    """What signs PA-API 5.0 requests: one account, one marketplace, that marketplace's tag."""

    access_key: str
    secret_key: Secret
    partner_tag: str
    marketplace: Marketplace

    @property
    def api(self) -> Api:
        """Which of Amazon's two APIs these keys are for."""
        return "paapi5"

    @property
    def key_id(self) -> str:
        """The part of the pair that is no secret."""
        return self.access_key

    @property
    def secret(self) -> Secret:
        """The part of the pair that is one."""
        return self.secret_key


@dataclass(frozen=True, slots=True)
class CreatorsCredentials:
    """What fetches Creators API tokens. `version` is the one Amazon shows beside the credential;
    it is stored with it and never guessed (Creators API, using the API)."""

    credential_id: str
    credential_secret: Secret
    version: str
    partner_tag: str
    marketplace: Marketplace

    @property
    def api(self) -> Api:
        """Which of Amazon's two APIs these keys are for."""
        return "creators"

    @property
    def key_id(self) -> str:
        """The part of the pair that is no secret."""
        return self.credential_id

    @property
    def secret(self) -> Secret:
        """The part of the pair that is one."""
        return self.credential_secret

    @property
    def region(self) -> str:
        """The marketplaces' region this version was made for: NA, EU or FE."""
        return REGIONS[self.version[-1]]


Credentials = PaapiCredentials | CreatorsCredentials


def redacted_hint(credentials: Credentials) -> str:
    """Enough of the key's id to recognise it, not enough to use it."""
    return f"…{credentials.key_id[-4:]}"


def paapi_credentials(
    access_key: str, secret_key: str, partner_tag: str, marketplace_code: str
) -> PaapiCredentials:
    """Trim and check PA-API keys. Raises `InvalidRequest` naming the field and the remedy."""
    shop = marketplace(marketplace_code)
    access_key, secret_key = _trimmed(access_key), _trimmed(secret_key)
    if len(access_key) == SECRET_KEY_LENGTH and len(secret_key) == ACCESS_KEY_LENGTH:
        raise InvalidRequest(
            "access_key", "Access key and secret key are swapped.", "Exchange the two fields."
        )
    _check_key("access_key", "access key", access_key, ACCESS_KEY_LENGTH, r"[A-Z0-9]+")
    _check_key("secret_key", "secret key", secret_key, SECRET_KEY_LENGTH, r"[A-Za-z0-9/+=]+")
    return PaapiCredentials(access_key, Secret(secret_key), partner_tag_of(partner_tag), shop)


def creators_credentials(
    credential_id: str,
    credential_secret: str,
    version: str,
    partner_tag: str,
    marketplace_code: str,
) -> CreatorsCredentials:
    """Trim and check Creators API keys. Raises `InvalidRequest` naming the field and the remedy.

    Only what cannot work is refused: which marketplaces a credential serves is Amazon's to say.
    """
    shop = marketplace(marketplace_code)
    credential_id, credential_secret = _trimmed(credential_id), _trimmed(credential_secret)
    if credential_id.startswith(V3_SECRET) and not credential_secret.startswith(V3_SECRET):
        raise InvalidRequest(
            "credential_id",
            "Credential id and credential secret are swapped.",
            "Exchange the two fields.",
        )
    if _PAAPI_KEY.fullmatch(credential_id):
        raise InvalidRequest(
            "credential_id",
            "This is a PA-API access key, not a Creators API credential.",
            "Amazon has retired PA-API keys. Make a credential in Associates Central (Tools → "
            "Creators API) and enter its id, secret and version.",
        )
    _check_creators_text("credential_id", "credential id", credential_id)
    _check_creators_text("credential_secret", "credential secret", credential_secret)
    return CreatorsCredentials(
        credential_id,
        Secret(credential_secret),
        _version_of(version, credential_id),
        partner_tag_of(partner_tag),
        shop,
    )


def _version_of(text: str, credential_id: str) -> str:
    version = _trimmed(text).lower().removeprefix("v")
    if version not in VERSIONS:
        raise InvalidRequest(
            "credential_version",
            "This is no version of a Creators API credential.",
            f"Enter the version that stands beside the credential: {', '.join(VERSIONS)}.",
        )
    is_v3 = credential_id.startswith("amzn1.")
    if is_v3 and version.startswith("2."):
        raise InvalidRequest(
            "credential_version",
            "A credential id that begins with amzn1. is of version 3, not 2.",
            "Enter the version that stands beside the credential: 3.1 (North America), 3.2 "
            "(Europe, Middle East, India) or 3.3 (Far East).",
        )
    if _V2_ID.fullmatch(credential_id) and version.startswith("3."):
        raise InvalidRequest(
            "credential_version",
            "This credential id is of version 2; those of version 3 begin with amzn1.",
            "Enter the version that stands beside the credential: 2.1 (North America), 2.2 "
            "(Europe, Middle East, India) or 2.3 (Far East).",
        )
    return version


def _check_creators_text(field: str, name: str, value: str) -> None:
    if not _PRINTABLE.fullmatch(value):
        raise InvalidRequest(
            field,
            f"A {name} has no spaces, accents or line breaks in it, and is not empty.",
            f"Copy the full {name} from Associates Central (Tools → Creators API).",
        )


def partner_tag_of(text: str) -> str:
    """A trimmed Associate tag. Raises `InvalidRequest` for what can never be one."""
    tag = _trimmed(text)
    if not _TAG.fullmatch(tag):
        raise InvalidRequest(
            "partner_tag",
            "This is not an Associate tag.",
            "Use the tracking id from Associates Central, for example mysite-20.",
        )
    return tag


def _check_key(field: str, name: str, value: str, length: int, pattern: str) -> None:
    if value.startswith("amzn1.") or (field == "access_key" and _V2_ID.fullmatch(value)):
        raise InvalidRequest(
            field,
            "This is a Creators API credential, not a PA-API key.",
            "Choose the Creators API in the form and enter credential id, secret and version.",
        )
    if len(value) != length:
        raise InvalidRequest(
            field,
            f"An Amazon {name} has {length} characters; this one has {len(value)}.",
            f"Copy the full {name} from Associates Central, without spaces.",
        )
    if not re.fullmatch(pattern, value):
        raise InvalidRequest(
            field,
            f"An Amazon {name} has no spaces, accents or punctuation marks in it.",
            f"Copy the {name} again from Associates Central.",
        )


def _trimmed(text: str) -> str:
    return _AROUND.sub("", text)
