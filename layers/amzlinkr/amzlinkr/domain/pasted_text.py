"""Cleanup of text that users paste: invisible characters, HTML entities, and percent-encoding."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote

MAX_ENCODINGS = 3
"""How often a text may be encoded, one encoding inside the other."""
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# Characters that render as nothing without being format characters: joiners, fillers of Korean,
# vowels of Khmer, and variation selectors (Unicode, "Default_Ignorable_Code_Point").
_IGNORABLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")


_JOINERS = "\u200c\u200d"


def remove_invisible(text: str) -> str:
    """Return the text without invisible characters and marks of the writing direction.

    Web pages, mail, and messengers add them to what users copy. They are not part of an ASIN, a
    URL, or a credential; they are part of words, so this is not for text to be shown.
    """
    if text.isascii():
        return text
    return "".join(char for char in text if not _is_invisible(char))


def plain_line(text: str) -> str:
    """Return the text as one line, without control characters and marks of the writing direction.

    Joiners stay: they are part of words, in Persian and Indian languages and in emoji.
    """
    if text.isprintable():
        return text.strip()
    return "".join(map(_plain, text)).strip()


def _plain(char: str) -> str:
    if char.isspace():
        return " "
    is_hidden = unicodedata.category(char) in ("Cc", "Cf") and char not in _JOINERS
    return "" if is_hidden else char


def decode_entities(text: str) -> str:
    """Return the text with its HTML entities decoded, also those that were encoded repeatedly.

    An entity must end with a semicolon. `&copy=1` is a parameter of a URL.
    """
    *_, decoded = decodings(text, _decode_entities_once)
    return decoded


def decode_percent(text: str) -> str:
    """Return the text without percent-encoding, also if it was encoded repeatedly."""
    *_, decoded = decodings(text, decode_percent_once)
    return decoded


def decode_percent_once(text: str) -> str:
    """Return the text without its outer percent-encoding, and without what was invisible in it."""
    return remove_invisible(unquote(text)) if "%" in text else text


def decodings(
    text: str, decode: Callable[[str], str], maximum: int = MAX_ENCODINGS
) -> Iterator[str]:
    """Yield a text, and the result of each further decoding, as long as it changes the text."""
    yield text
    for _ in range(maximum):
        decoded = decode(text)
        if decoded == text:
            return
        text = decoded
        yield text


def _decode_entities_once(text: str) -> str:
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def _is_invisible(char: str) -> bool:
    is_selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return is_selector or char in _IGNORABLE or unicodedata.category(char) == "Cf"
