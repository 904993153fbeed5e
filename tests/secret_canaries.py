"""The secrets that tests use, and whether eight bytes of one are where none may be."""

import base64
import io
import json
import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from typing import Any, TextIO
from urllib.parse import quote

PLAIN, BASE64, HEX = 8, 11, 16
"""How many characters eight bytes take."""
BASE64_OFFSETS = 3


def encodings(secret: str) -> Iterator[tuple[str, int]]:
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
def encoded_parts(secret: str) -> frozenset[str]:
    """All parts of all spellings that are eight bytes long."""
    return frozenset(part for text, size in encodings(secret) for part in substrings(text, size))


def substrings(text: str, size: int) -> Iterable[str]:
    """All parts of a text that have this length."""
    return (text[start : start + size] for start in range(len(text) - size + 1))


class Canaries:
    """Known secrets. `made` are those that came into being during the test."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known = frozenset().union(*(encoded_parts(secret) for secret in secrets))
        self.created: list[str] = []

    def find_in(self, text: str) -> str | None:
        """The first eight bytes of a secret in this text; None if there are none."""
        seen = {part for size in (PLAIN, BASE64, HEX) for part in substrings(text, size)}
        known = self._known.union(*(encoded_parts(secret) for secret in self.created))
        return next(iter(sorted(seen & known)), None)


class LogRecorder(logging.Handler):
    """Hears every logger, at every level, with exceptions as they would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a formatter would write, and what was attached."""
        extra = {name: value for name, value in vars(record).items() if name != "args"}
        self.lines.append(f"{logging.Formatter().format(record)} {extra}")


class TeeStream(io.TextIOBase):
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
def record_output(written: list[str]) -> Iterator[None]:
    """Inside, what is printed is noted too: metrics are, and a forgotten `print`."""
    with (
        redirect_stdout(TeeStream(sys.stdout, written)),
        redirect_stderr(TeeStream(sys.stderr, written)),
    ):
        yield


def without_field(path: str, said: Any) -> Any:
    """The same answer without the one field (`challenge.token`) that is there to show a secret."""
    name, _, rest = path.partition(".")
    if not isinstance(said, dict) or name not in said:
        return said
    others = {field: value for field, value in said.items() if field != name}
    return {**others, name: without_field(rest, said[name])} if rest else others


class LeakDetector:
    """What gets out during a test: into logs of any logger and onto the console, into tables and
    queues, as answers."""

    def __init__(self, known: Canaries, *places: list[str]) -> None:
        self._known = known
        self._places = places

    def find_leak(self) -> str | None:
        """Eight bytes of a secret that got out; None if none did."""
        found = (self._known.find_in("\n".join(texts)) for texts in self._places)
        return next(filter(None, found), None)

    def clear(self) -> None:
        """Begin anew."""
        for texts in self._places:
            texts.clear()
