"""Conversion of deal details, the same for both APIs.

Source: Creators API documentation, "OffersV2", "DealDetails".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from amzlinkr.amazon import offer_shapes as shapes
from amzlinkr.amazon.sanitize import sanitize
from amzlinkr.amazon.values import is_same_value
from amzlinkr.domain.deals import deal_at
from amzlinkr.domain.products import Deal, DealAccess

MAX_TIME_DIFFERENCE = timedelta(seconds=10)
"""How much our time before a request may differ from Amazon's time of the response."""
_EARLY_ACCESS = "PRIME_EARLY_ACCESS"
_PLACEHOLDER = re.compile(r"[{}]|%\d*\$?[sd@]\b")
_OPEN_ENDED = re.compile(
    r"(?:[:…]|\.\.|\b(?:in|on|at|by|within|until|dans|en|em|tra|fra|over|om|za|bis|noch|jusqu'à"
    r"|hasta|até|fino a|tot|till)|終了まで|残り|あと|خلال|في)\Z",
    re.IGNORECASE,
)
"""The end of a badge that needs a time after it, in the languages of the marketplaces."""


def deal_from_details(details: shapes.DealDetails | None, observed_at: datetime) -> Deal | None:
    """Return the deal that runs at `observed_at`, or None.

    Members can be missing: a deal without times runs indefinitely. Includes a deal that starts or
    ends within seconds: the price may be that of the deal, and must end with it.
    """
    if details is None:
        return None
    starts_at, ends_at = _moment(details.start_time), _moment(details.end_time)
    access = _access(details.access_type)
    is_early = access == "prime_early_access"
    early_access = _duration(details.early_access_duration_in_milliseconds) if is_early else None
    # The documentation can be read as early access before or after the start. So the deal may run
    # from the earlier moment, and it is for everyone only from the later one.
    begins_at = starts_at and _shifted(starts_at, -(early_access or timedelta()))
    if begins_at is not None and begins_at - observed_at > MAX_TIME_DIFFERENCE:
        return None
    opens_at = None
    if starts_at is not None and early_access is not None:
        opens_at = _shifted(starts_at, early_access)
    deal = Deal(access, _badge(details.badge), starts_at, ends_at, opens_at)
    if ends_at is not None and timedelta() <= observed_at - ends_at <= MAX_TIME_DIFFERENCE:
        return deal
    return deal_at(deal, observed_at)


def _access(kind: str | None) -> DealAccess:
    """Return who can claim a deal: everyone, unless Amazon limits it."""
    if kind is None or is_same_value(kind, "ALL"):
        return "all"
    # An unknown limit is shown as the strictest one: the price is not everyone's.
    return "prime_early_access" if is_same_value(kind, _EARLY_ACCESS) else "prime_exclusive"


def _badge(text: str | None) -> str:
    """Return the badge, or an empty text for one that is incomplete without a time after it."""
    badge = sanitize(text, 80) or ""
    is_template = _PLACEHOLDER.search(badge) or _OPEN_ENDED.search(badge)
    return "" if is_template or (text or "").endswith(" ") else badge


def _moment(raw: msgspec.Raw) -> datetime | None:
    """Return a time in UTC, or None if it is missing or malformed."""
    try:
        text = msgspec.json.decode(raw, type=str | None)
        moment = None if text is None else datetime.fromisoformat(text.strip())
        return moment and (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (msgspec.DecodeError, ValueError, OverflowError):
        return None


def _duration(raw: msgspec.Raw) -> timedelta | None:
    try:
        return timedelta(milliseconds=msgspec.json.decode(raw, type=float, strict=False))
    except (msgspec.DecodeError, ValueError, OverflowError):
        return None


def _shifted(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return moment
