"""The secrets that tests use, and whether eight bytes of one are where none may be."""

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

PLAIN, BASE64, HEX = 8, 11, 16
"""How many characters eight bytes take."""
BASE64_OFFSETS = 3


def spellings(secret: str) -> Iterator[tuple[str, int]]:
    """The secret as it is and as it is encoded, and how long eight bytes of that are."""
    raw = secret.encode()
    yield secret, PLAIN
    yield secret[::-1], PLAIN
    yield json.dumps(secret)[1:-1], PLAIN
    yield json.dumps(secret)[1:-1].replace("/", r"\/"), PLAIN
    yield quote(secret, safe=""), PLAIN
    yield raw.hex(), HEX
    yield raw.hex().upper(), HEX
    for offset in range(BASE64_OFFSETS):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * offset + raw).decode().rstrip("=")
            # What depends on the neighbours is left out.
            yield encoded[4 if offset else 0 : -4], BASE64


@cache
def windows(secret: str) -> frozenset[str]:
    """All parts of all spellings that are eight bytes long."""
    return frozenset(part for text, size in spellings(secret) for part in parts(text, size))


def parts(text: str, size: int) -> Iterable[str]:
    """All parts of a text that have this length."""
    return (text[start : start + size] for start in range(len(text) - size + 1))


GRAM = 5
STEP = PLAIN - GRAM + 1


@cache
def grams(secret: str) -> frozenset[str]:
    """Return all parts of `GRAM` characters of all spellings."""
    return frozenset(part for window in windows(secret) for part in parts(window, GRAM))


class Canaries:
    """Known secrets. `made` are those that were created during the test."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known = tuple(secrets)
        self.made: list[str] = []

    def in_text(self, text: str) -> str | None:
        """Return the first eight bytes of a secret in this text, or None.

        Eight characters in a row contain a part of `GRAM` characters at a multiple of `STEP`. Only
        those are looked up, because the logs of a test have millions of characters.
        """
        secrets = (*self._known, *self.made)
        known = frozenset().union(*(grams(secret) for secret in secrets))
        seen = {text[start : start + GRAM] for start in range(0, len(text), STEP)}
        suspects = seen & known
        if not suspects:
            return None
        forbidden = frozenset().union(*(windows(secret) for secret in secrets))
        found = {
            part
            for suspect in suspects
            for match in re.finditer(re.escape(suspect), text)
            for size in (PLAIN, BASE64, HEX)
            for part in parts(
                text[max(0, match.start() - size + GRAM) : match.start() + size], size
            )
        }
        return min(found & forbidden, default=None)


class Listener(logging.Handler):
    """Hears every logger, at every level, with exceptions as they would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a formatter would write, and what was attached."""
        extra = {name: value for name, value in vars(record).items() if name != "args"}
        self.lines.append(f"{logging.Formatter().format(record)} {extra}")


class Echo(io.TextIOBase):
    """A stream that writes to another one, and notes everything."""

    def __init__(self, stream: TextIO, written: list[str]) -> None:
        self._stream = stream
        self._written = written

    def write(self, text: str) -> int:
        """Pass it on."""
        self._written.append(text)
        return self._stream.write(text)

    def flush(self) -> None:
        """Pass that on too, unless it is over."""
        if not self._stream.closed:
            self._stream.flush()


@contextmanager
def overheard(written: list[str]) -> Iterator[None]:
    """Inside, what is printed is noted too: metrics are, and a forgotten `print`."""
    with redirect_stdout(Echo(sys.stdout, written)), redirect_stderr(Echo(sys.stderr, written)):
        yield


def without(path: str, said: Any) -> Any:
    """The same answer without the one field (`challenge.token`) that is there to show a secret."""
    name, _, rest = path.partition(".")
    if not isinstance(said, dict) or name not in said:
        return said
    others = {field: value for field, value in said.items() if field != name}
    return {**others, name: without(rest, said[name])} if rest else others


class Watch:
    """What gets out during a test: into logs of any logger and onto the console, into tables and
    queues, as answers."""

    def __init__(self, known: Canaries, *places: list[str]) -> None:
        self._known = known
        self._places = places

    def leak(self) -> str | None:
        """Eight bytes of a secret that got out; None if none did."""
        found = (self._known.in_text("\n".join(texts)) for texts in self._places)
        return next(filter(None, found), None)

    def forget(self) -> None:
        """Begin anew."""
        for texts in self._places:
            texts.clear()
