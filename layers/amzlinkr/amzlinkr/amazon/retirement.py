"""Recognition of the responses with which Amazon's retired PA-API 5.0 refuses every call.

Sources: Amazon's notice of 2026 (403, "deprecated"); public reports of May 2026 and later (403 of
the host without an operation, 404, 410). PA-API 4.0 answered 410 after its end in 2020.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from amzlinkr.amazon.error_bodies import ErrorBody
from amzlinkr.amazon.refused_items import NOT_FOUND
from amzlinkr.domain.amazon_errors import AmazonAccessDenied, AmazonError

_REFUSAL_STATUSES = frozenset({200, *range(400, 500)}) - {429}
_WORDING = re.compile(
    r"deprecat|\bretire[ds]?\b|\bretirement\b|\bdiscontinu|\bsunset|\bdecommission|\bobsolete\b"
    r"|\bend[- ]of[- ](?:life|support)\b|\bmigrate to (?:the|a|our) new\b"
    r"|\b(?:shut|turned|switched)[- ]?(?:down|off)\b|\bcreators[- ]?api\b"
    r"|\bno longer (?:\w+ ){0,2}(?:available|supported|offered|active|operational|accept)"
    r"|\bunable to determine service\b",
    re.IGNORECASE,
)
_WORD_IN_CODE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NOT_THE_API = re.compile(r"parameter|resource|field|value|item", re.IGNORECASE)
"""Parts of codes about something other than the API itself, for example a deprecated resource."""


def is_retired(status: int, body: ErrorBody, by_code: type[AmazonError] | None) -> bool:
    """Return True if a response of PA-API 5.0 reports that the API itself no longer exists.

    Args:
        status: The HTTP status.
        body: The body, JSON or not, without items and without codes about items.
        by_code: The error that a code in the body names; one of PA-API's own codes shows that the
            API still runs.
    """
    is_refusal = by_code is None and status in _REFUSAL_STATUSES
    is_unexplained = is_refusal or by_code is AmazonAccessDenied
    if is_unexplained and any(map(_WORDING.search, _statements(body))):
        return True
    if body.is_from_framework and status in (HTTPStatus.OK, *NOT_FOUND):
        return True
    return status in NOT_FOUND and by_code is None


def _statements(body: ErrorBody) -> Iterator[str]:
    """Yield the messages with single spaces, and the words of the codes about the API."""
    for text in body.texts:
        yield " ".join(text.split())
    for code in body.codes:
        if not _NOT_THE_API.search(code):
            yield " ".join(_WORD_IN_CODE.findall(code))
