"""Descriptions of what a site returned instead of its token, without any of its text.

A site is untrusted. Of its headers, only values with the form of a content type or of a host name
are repeated, and the body never is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from amzlinkr.security.addresses import SiteAddress

_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}")
_HOST = re.compile(r"[a-z0-9_:]([a-z0-9._:-]{0,251}[a-z0-9:])?")
_REDIRECTS = range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)


def describe_response(status: int, headers: Mapping[str, str], site: SiteAddress) -> str:
    """Return a clause with the status, the host of a redirect's target, and the content type."""
    content = _content_type_of(headers.get("content-type", ""))
    if status in _REDIRECTS:
        target = _host_of(headers.get("location", ""), site)
        return f"it returned HTTP {status}, a redirect to {target}, which is not followed"
    if status == HTTPStatus.OK:
        return f"it returned HTTP {status} with {content}, but not exactly the token"
    return f"it returned HTTP {status} with {content}"


def _content_type_of(header: str) -> str:
    media_type = header.partition(";")[0].strip().lower()
    if not media_type:
        return "no content type"
    if not _CONTENT_TYPE.fullmatch(media_type):
        return "an unreadable content type"
    return f"content type {media_type}"


def _host_of(location: str, site: SiteAddress) -> str:
    try:
        host = urlsplit(urljoin(site.url + "/", location)).hostname or ""
    except ValueError:
        host = ""
    if not location or not _HOST.fullmatch(host):
        return "no readable address"
    return "its own host" if host == site.host else host
