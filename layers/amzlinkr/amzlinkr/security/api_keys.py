"""API keys: creation, checksum and hash.

The checksum rejects malformed API keys without a table read.

    amzl_live_<8 characters: public ID><43: secret><6: checksum>
    amzl_test_...                                                 for the sandbox site only

Only the hash is stored. The secret has 256 random bits, so a slow password hash adds nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from zlib import crc32

from amzlinkr.domain.credentials import Secret

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# 43 base62 digits hold 256 bits, 6 hold the 32 bits of CRC-32.
_KID_CHARS, _SECRET_CHARS, _CHECKSUM_CHARS = 8, 43, 6
_RANDOM_CHARS = _KID_CHARS + _SECRET_CHARS + _CHECKSUM_CHARS
_FORMAT = re.compile(rf"amzl_(live|test)_[0-9A-Za-z]{{{_RANDOM_CHARS}}}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """New API key: `kid` is public, `text` is shown once, `digest` is stored."""

    kid: str
    text: Secret
    digest: str


def new_api_key(mode: str = "live") -> ApiKey:
    """Return a random API key for a site (`live`) or for its sandbox site (`test`)."""
    kid = "".join(secrets.choice(_ALPHABET) for _ in range(_KID_CHARS))
    body = f"amzl_{mode}_{kid}" + _base62(secrets.randbits(256), _SECRET_CHARS)
    text = body + _checksum(body)
    return ApiKey(kid, Secret(text), digest_of(text))


def is_well_formed(text: str) -> bool:
    """Return True if prefix, length, alphabet and checksum are those of an API key."""
    if not _FORMAT.fullmatch(text):
        return False
    return hmac.compare_digest(_checksum(text[:-_CHECKSUM_CHARS]), text[-_CHECKSUM_CHARS:])


def digest_of(text: str) -> str:
    """Return the hash under which an API key or another random secret is stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_secret_of(digest: str, text: str) -> bool:
    """Return True if a text is the secret with this hash; the duration does not depend on it."""
    return hmac.compare_digest(digest_of(text), digest)


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), _CHECKSUM_CHARS)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, remainder = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[remainder])
    return "".join(reversed(digits))
