"""Amazon credentials as a site owner types them, checked for shape before Amazon is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.marketplaces import Marketplace, marketplace

ACCESS_KEY_LENGTH = 20
SECRET_KEY_LENGTH = 40
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
    def api(self) -> str:
        """Which of Amazon's two APIs these keys are for."""
        return "paapi5"

    @property
    def hint(self) -> str:
        """Enough of the key's id to recognise it, not enough to use it."""
        return f"…{self.access_key[-4:]}"


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
    if value.startswith("amzn1."):
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
