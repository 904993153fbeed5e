"""Conversion of deal details, the same for both APIs.

Source: Creators API documentation, "OffersV2", "DealDetails".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from amzlinkr.amazon import offer_shapes as shapes
from amzlinkr.amazon.badges import complete_badge
from amzlinkr.amazon.values import is_same_value
from amzlinkr.domain.deals import deal_at
from amzlinkr.domain.products import Deal, DealAccess

MAX_TIME_DIFFERENCE = timedelta(seconds=10)
"""How much our time before a request may differ from Amazon's time of the response."""
_EARLY_ACCESS = "PRIME_EARLY_ACCESS"
_EPOCH = re.compile(r"\d{9,16}(?:\.\d+)?")
_MIN_EPOCH_SECONDS = 10**9
_MIN_EPOCH_MS = 10**11
"""Unix times from 2001 on, in seconds up to the year 5138; larger numbers are milliseconds."""
_TIME = msgspec.json.Decoder(str | float | None)
_MILLISECONDS = msgspec.json.Decoder(float, strict=False)
MAX_DATE_CHARS = len("2026-11-24")


def deal_from_details(details: shapes.DealDetails, observed_at: datetime) -> Deal | None:
    """Return the deal that runs at `observed_at`, or None.

    Members can be missing: a deal without times runs indefinitely. Includes a deal that starts or
    ends within seconds: the price may be that of the deal, and must end with it.

    Raises:
        ValueError: The end cannot be read: the price of the deal may have ended already.
    """
    ends_at = _moment(details.end_time, is_end=True)
    starts_at = _start(details.start_time)
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
    deal = Deal(access, complete_badge(details.badge), starts_at, ends_at, opens_at)
    if ends_at is not None and timedelta() <= observed_at - ends_at <= MAX_TIME_DIFFERENCE:
        return deal
    return deal_at(deal, observed_at)


def _access(kind: str | None) -> DealAccess:
    """Return who can claim a deal: everyone, unless Amazon limits it."""
    if kind is None or is_same_value(kind, "ALL"):
        return "all"
    # An unknown limit is shown as the strictest one: the price is not everyone's.
    return "prime_early_access" if is_same_value(kind, _EARLY_ACCESS) else "prime_exclusive"


def _start(raw: msgspec.Raw) -> datetime | None:
    """Return when a deal starts; with an unreadable start it counts as started.

    Amazon returns the price of this moment, whatever its start.
    """
    try:
        return _moment(raw)
    except ValueError:
        return None


def _moment(raw: msgspec.Raw, *, is_end: bool = False) -> datetime | None:
    """Return a time in UTC, or None if it is absent. The end of a date alone is that of its day.

    Raises:
        ValueError: It is neither an ISO 8601 text nor a Unix time.
    """
    if raw is shapes.ABSENT:
        return None
    try:
        value = _TIME.decode(raw)
    except msgspec.DecodeError as error:
        raise ValueError("The time is neither a text nor a number.") from error
    if value is None:
        return None
    try:
        return _from_text(value, is_end) if isinstance(value, str) else _from_epoch(value)
    except OverflowError as error:
        raise ValueError("The time is out of range.") from error


def _from_text(value: str, is_end: bool) -> datetime | None:
    text = value.strip().upper()
    if not text:
        return None
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text))
    if text.endswith(("UTC", "GMT")):
        text = text[:-3].rstrip() + "Z"
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not UTC:
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    is_day = len(text) <= MAX_DATE_CHARS
    return _shifted(moment, timedelta(days=1)) if is_end and is_day else moment


def _from_epoch(number: float) -> datetime:
    if number < _MIN_EPOCH_SECONDS:
        raise ValueError("The number is no time.")
    return datetime.fromtimestamp(number / (1000 if number >= _MIN_EPOCH_MS else 1), UTC)


def _duration(raw: msgspec.Raw) -> timedelta | None:
    try:
        return timedelta(milliseconds=_MILLISECONDS.decode(raw))
    except (msgspec.DecodeError, ValueError, OverflowError):
        return None


def _shifted(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return moment
