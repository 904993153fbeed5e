"""Detection of known secrets: any eight bytes of one, in any common encoding, are a leak."""

import base64
import io
import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from typing import Any, TextIO
from urllib.parse import quote

PLAIN_CHARS, BASE64_CHARS, HEX_CHARS = 8, 11, 16
"""The number of characters that encode eight bytes."""
BASE64_OFFSETS = 3


def encodings(secret: str) -> Iterator[tuple[str, int]]:
    """Yield the secret in every encoding, and the number of characters for eight bytes."""
    raw = secret.encode()
    yield secret, PLAIN_CHARS
    yield secret[::-1], PLAIN_CHARS
    yield json.dumps(secret)[1:-1], PLAIN_CHARS
    yield json.dumps(secret)[1:-1].replace("/", r"\/"), PLAIN_CHARS
    yield quote(secret, safe=""), PLAIN_CHARS
    yield raw.hex(), HEX_CHARS
    yield raw.hex().upper(), HEX_CHARS
    for offset in range(BASE64_OFFSETS):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * offset + raw).decode().rstrip("=")
            # The first and last characters depend on the neighboring bytes.
            yield encoded[4 if offset else 0 : -4], BASE64_CHARS


@cache
def encoded_parts(secret: str) -> frozenset[str]:
    """Return every part of eight bytes of the secret, in every encoding."""
    return frozenset(part for text, size in encodings(secret) for part in substrings(text, size))


def substrings(text: str, size: int) -> Iterable[str]:
    """Return all substrings of this length."""
    return (text[start : start + size] for start in range(len(text) - size + 1))


GRAM_CHARS = 5
STEP_CHARS = PLAIN_CHARS - GRAM_CHARS + 1


@cache
def grams(secret: str) -> frozenset[str]:
    """Return all parts of `GRAM_CHARS` characters of what `encoded_parts` returns."""
    long_enough = (text for text, size in encodings(secret) if len(text) >= size)
    return frozenset(gram for text in long_enough for gram in substrings(text, GRAM_CHARS))


class Canaries:
    """Known secrets to search for; `created` receives those that appear during a test."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known = tuple(secrets)
        self.created: list[str] = []

    def find_in(self, text: str) -> str | None:
        """Return eight encoded bytes of a secret that the text contains, or None."""
        secrets = (*self._known, *self.created)
        known = frozenset().union(*(grams(secret) for secret in secrets))
        # Eight characters in a row contain a gram at a multiple of the step. Only those are looked
        # up, because the logs of a test have millions of characters.
        steps = range(0, len(text), STEP_CHARS)
        suspects = known & {text[start : start + GRAM_CHARS] for start in steps}
        if not suspects:
            return None
        forbidden = frozenset().union(*(encoded_parts(secret) for secret in secrets))
        return min(_parts_around(suspects, text) & forbidden, default=None)


def _parts_around(grams_found: Iterable[str], text: str) -> set[str]:
    """Return all substrings of the searched lengths around these grams."""
    # Many lines of a log are alike, so the distinct surroundings are few.
    surroundings = {
        text[max(0, match.start() - HEX_CHARS + GRAM_CHARS) : match.start() + HEX_CHARS]
        for gram in grams_found
        for match in re.finditer(re.escape(gram), text)
    }
    return {
        part
        for surrounding in surroundings
        for size in (PLAIN_CHARS, BASE64_CHARS, HEX_CHARS)
        for part in substrings(surrounding, size)
    }


class LogRecorder(logging.Handler):
    """A handler that records all lines at every level, with tracebacks and extra fields."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Record the formatted line and all attributes of the record."""
        extra = {name: value for name, value in vars(record).items() if name != "args"}
        self.lines.append(f"{logging.Formatter().format(record)} {extra}")


class TeeStream(io.TextIOBase):
    """A text stream that forwards to another one and records all writes."""

    def __init__(self, stream: TextIO, written: list[str]) -> None:
        self._stream = stream
        self._written = written

    def write(self, text: str) -> int:
        """Record and forward a text."""
        self._written.append(text)
        return self._stream.write(text)

    def flush(self) -> None:
        """Flush the other stream, unless pytest has closed it."""
        if not self._stream.closed:
            self._stream.flush()


@contextmanager
def record_output(written: list[str]) -> Iterator[None]:
    """Record all output of the block, such as metrics and a forgotten `print`."""
    with (
        redirect_stdout(TeeStream(sys.stdout, written)),
        redirect_stderr(TeeStream(sys.stderr, written)),
    ):
        yield


def without_field(path: str, body: Any) -> Any:
    """Return the body without one field (`challenge.token`) that returns a secret on purpose."""
    name, _, rest = path.partition(".")
    if not isinstance(body, dict) or name not in body:
        return body
    others = {field: value for field, value in body.items() if field != name}
    return {**others, name: without_field(rest, body[name])} if rest else others


class LeakDetector:
    """A search of everything that a test produced: logs, output, stored items, and responses."""

    def __init__(self, canaries: Canaries, *recorded: list[str]) -> None:
        self._canaries = canaries
        self._recorded = recorded

    def find_leak(self) -> str | None:
        """Return eight encoded bytes of a secret that was recorded, or None."""
        found = (self._canaries.find_in("\n".join(texts)) for texts in self._recorded)
        return next(filter(None, found), None)

    def clear(self) -> None:
        """Discard everything recorded so far."""
        for texts in self._recorded:
            texts.clear()
