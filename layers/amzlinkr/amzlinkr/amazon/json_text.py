"""Repair of JSON texts that Amazon cuts between the two halves of an emoji."""

import re

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>u[dD][89a-fA-F]..)|.)", re.DOTALL
)
"""Any escape in a JSON text; `lone` matches a surrogate without its other half."""


def without_lone_surrogates(text: bytes) -> bytes:
    """Return a JSON text without halves of characters, which the decoder rejects."""
    return _ESCAPE.sub(lambda escape: b"" if escape["lone"] else escape[0], text)
