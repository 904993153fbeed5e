"""Placeholders for values that differ between runs or releases: random values, hashes, times.

A placeholder has the length of the value, and a mark that is the same for the same value.
"""

import base64
import hashlib
import itertools
import json
import re
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from amzlinkr.security import token_cipher
from tests.traces.value_lines import mark_of

MAC_BYTES = 16
MAX_DISTANCE_SECONDS = 400 * 24 * 3600
MIN_HASH_CHARS = 16
MIN_TOKEN_CHARS = 40
_API_KEY = re.compile(r"amzl_(live|test)_[0-9A-Za-z]{40,}")
_TIME = re.compile(r"(?<![\w.-])(0*)(\d{13}|\d{10})(\d{6})?(?![\w.])")
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{8,}(?![0-9A-Za-z])")
_BASE64 = re.compile(r"(?<![\w+/=-])[\w+/-]{20,}={0,2}", re.ASCII)
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000))


class Placeholders:
    """The placeholders of one trace."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._texts: dict[str, str] = {}
        self._random: set[str] = set()

    def add(self, value: str, kind: str) -> None:
        """Replace a value wherever it occurs."""
        self._texts[value] = kind

    def add_random(self, value: bytes) -> None:
        """Replace a random value in its text forms, also if they are short."""
        self._random |= {value.hex(), base64.urlsafe_b64encode(value).rstrip(b"=").decode()}

    def replace_in(self, text: str) -> str:
        """Return a text with placeholders."""
        for value, kind in self._texts.items():
            if value in text:
                text = text.replace(value, f"<{self._named(value, kind)}>")
        text = _API_KEY.sub(lambda m: f"amzl_{m[1]}_<{self._named(m[0], 'key')}>", text)
        text = _TIME.sub(self._time, text)
        text = _HEX.sub(self._hex, text)
        return _BASE64.sub(self._base64, text)

    def _hex(self, match: re.Match[str]) -> str:
        is_known = len(match[0]) >= MIN_HASH_CHARS or match[0] in self._random
        return f"<{self._named(match[0], 'hex')}>" if is_known else match[0]

    @staticmethod
    def _named(value: str, kind: str) -> str:
        # Of the value alone, so that a new value changes no other placeholder.
        return f"{kind} {mark_of(value)}, {len(value)} chars"

    def _time(self, match: re.Match[str]) -> str:
        zeros, digits, more = match.groups()
        in_ms = len(digits) == len("1795435200000")
        moment = int(digits) if in_ms else int(digits) * 1000
        now = int(self._now().timestamp() * 1000)
        if abs(moment - now) > MAX_DISTANCE_SECONDS * 1000 or (more and not in_ms):
            return match[0]
        shown = f"<now{_duration(moment - now)}{'' if in_ms else ' in seconds'}>"
        return f"{zeros}{shown}{f'<{len(more)} digits>' if more else ''}"

    def _base64(self, match: re.Match[str]) -> str:
        found = match[0]
        is_path = "/" in found and "+" not in found and "=" not in found
        if is_path or (len(found) < MIN_TOKEN_CHARS and found not in self._random):
            return found
        try:
            decoded = base64.urlsafe_b64decode(found + "=" * (-len(found) % 4))
            content = json.loads(decoded[:-MAC_BYTES])
        except ValueError:
            return f"<{self._named(found, 'base64')}>"
        return f"<cursor {self.replace_in(json.dumps(content))}>"


def _duration(milliseconds: int) -> str:
    """Return a signed duration, such as ` + 1d`, or nothing for zero."""
    if not milliseconds:
        return ""
    rest, parts = abs(milliseconds), []
    for name, size in _UNITS:
        number, rest = divmod(rest, size)
        parts += [f"{number}{name}"] if number else []
    parts += [f"{rest / 1000:g}s"] if rest else []
    return f" {'-' if milliseconds < 0 else '+'} {''.join(parts)}"


@contextmanager
def known_random_values(placeholders: Placeholders) -> Iterator[None]:
    """Replace random values by ones that depend on their place in the code, and name them."""
    numbers: dict[str, Iterator[int]] = {}

    def bits(count: int) -> int:
        frame = sys._getframe(1)
        # Python 3.12 and later have no frames of comprehensions.
        while frame.f_back and (
            frame.f_code.co_name.startswith("<")
            or frame.f_globals["__name__"] in ("secrets", __name__)
        ):
            frame = frame.f_back
        place = f"{frame.f_globals['__name__']}.{frame.f_code.co_name}"
        number = next(numbers.setdefault(place, itertools.count()))
        seed = f"{place} {number}".encode()
        size = count // 8 + 1
        return int.from_bytes(hashlib.shake_256(seed).digest(size), "big") >> (size * 8 - count)

    def token_bytes(size: int | None = None) -> bytes:
        value = bits((size or 32) * 8).to_bytes(size or 32, "big")
        placeholders.add_random(value)
        return value

    def randbelow(limit: int) -> int:
        return bits(64) % limit

    def choice(options: Any) -> Any:
        return options[bits(64) % len(options)]

    with (
        mock.patch.object(secrets, "token_bytes", token_bytes),
        mock.patch.object(token_cipher, "os", SimpleNamespace(urandom=token_bytes)),
        mock.patch.object(secrets, "randbelow", randbelow),
        mock.patch.object(secrets, "randbits", bits),
        mock.patch.object(secrets, "choice", choice),
    ):
        yield
