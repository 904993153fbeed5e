"""Base URLs in arguments and settings of commands: each flaw has a text that does not repeat them.

A URL can contain a password, which must not be printed.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_SCHEMES = ("http", "https")
_LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")


def parse_base_url(text: str) -> SplitResult:
    """Return the parts of a URL with a host, to which paths can be appended.

    Raises:
        ValueError: It is another text. The message is the predicate of a sentence.
    """
    if any(char.isspace() or not char.isprintable() for char in text):
        raise ValueError("contains a space or a control character")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("has a host or a port that is not valid") from None
    if parts.scheme not in _SCHEMES or not text.partition(":")[2].startswith("//"):
        raise ValueError("does not begin with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("contains a user name or a password")
    if not _is_host(parts.hostname or "") or port == 0 or parts.netloc.endswith(":"):
        raise ValueError("has a host or a port that is not valid")
    if "?" in text or "#" in text:
        raise ValueError("contains a query or a fragment")
    return parts


def base_url_flaw(text: str) -> str:
    """Return what is wrong with a URL as the predicate of a sentence, or an empty string."""
    try:
        parse_base_url(text)
    except ValueError as error:
        return str(error)
    return ""


def is_loopback(parts: SplitResult) -> bool:
    """Return True if the host of a URL is this machine."""
    host = parts.hostname or ""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_host(host: str) -> bool:
    return _is_address(host) or _HOST.fullmatch(host) is not None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
