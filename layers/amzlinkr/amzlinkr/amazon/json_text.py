"""Repair of JSON texts: Amazon cuts some between the two halves of an emoji."""

import re

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>u[dD][89a-fA-F]..)|.)", re.DOTALL
)
"""Any escape in a JSON text; `lone` matches a surrogate without its other half."""


def repaired(text: bytes) -> bytes:
    """Return a JSON text without what the decoder rejects.

    These are halves of characters, and the byte order mark that some proxies prepend.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    return _ESCAPE.sub(lambda escape: b"" if escape["lone"] else escape[0], text)
