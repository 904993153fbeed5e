"""Api keys: 256 random bits with a checksum, so that garbage is told from keys without a read.

    amzl_live_<8 characters: public id><43: secret><6: checksum>
    amzl_test_...                                                 reaches the sandbox only

Only the hash is stored; 256 random bits need no slow one.
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
_KID, _SECRET, _CHECK = 8, 43, 6
_SHAPE = re.compile(rf"amzl_(live|test)_[0-9A-Za-z]{{{_KID + _SECRET + _CHECK}}}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A new key: `kid` may be shown, `text` is shown once, `digest` is stored."""

    kid: str
    text: Secret
    digest: str


def new_api_key(mode: str = "live") -> ApiKey:
    """A fresh random key, for the service itself (`live`) or for its sandbox (`test`)."""
    kid = "".join(secrets.choice(_ALPHABET) for _ in range(_KID))
    body = f"amzl_{mode}_{kid}" + _base62(secrets.randbits(256), _SECRET)
    text = body + _checksum(body)
    return ApiKey(kid, Secret(text), digest_of(text))


def is_well_formed(text: str) -> bool:
    """Whether prefix, length, alphabet and checksum fit: no key of ours fails this."""
    if not _SHAPE.fullmatch(text):
        return False
    return hmac.compare_digest(_checksum(text[:-_CHECK]), text[-_CHECK:])


def digest_of(text: str) -> str:
    """What a key is stored and found by."""
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), _CHECK)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))
