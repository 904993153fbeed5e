"""Formats of Amazon credentials: what cannot work is refused before any call to Amazon."""

from __future__ import annotations

import re

from amzlinkr.domain.errors import InvalidRequest

ACCESS_KEY_LENGTH = 20
SECRET_KEY_LENGTH = 40
VERSIONS = ("2.1", "2.2", "2.3", "3.1", "3.2", "3.3")
"""Credential versions: 2.x get tokens from Cognito, 3.x from Login with Amazon (Creators API
documentation, "Using the API"). The last digit is the region."""
V3_SECRET_PREFIX = "amzn1.oa2-cs."  # noqa: S105 - a prefix, not a secret
# IDs of version 2 are client IDs of Cognito.
_V2_ID = re.compile(r"[a-z0-9]{26}")
_PAAPI_KEY = re.compile(r"A[A-Z0-9]{19}")
_PRINTABLE = re.compile(r"[!-~]{1,512}")
BASE64_TEXT = r"[A-Za-z0-9/+=]+"


def check_credential_id(credential_id: str, credential_secret: str) -> None:
    """Check the ID of a Creators API credential. Raises `InvalidRequest`."""
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
    check_creators_text("credential_id", "credential ID", credential_id)


def version_of(text: str, credential_id: str) -> str:
    """Return the version of a Creators API credential as it is stored. Raises `InvalidRequest`."""
    version = text.lower().removeprefix("v")
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


def check_creators_text(field: str, name: str, value: str) -> None:
    """Check a text of a Creators API credential. Raises `InvalidRequest`."""
    if not _PRINTABLE.fullmatch(value):
        raise InvalidRequest(
            field,
            f"A {name} contains no spaces, accents, or line breaks, and is not empty.",
            f"Copy the full {name} from Associates Central (Tools → Creators API).",
        )


def check_key(field: str, name: str, value: str, length: int, pattern: str) -> None:
    """Check a key of PA-API by its length and its characters. Raises `InvalidRequest`."""
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
