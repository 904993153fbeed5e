"""Badges of deals. Amazon also sends templates, into which a client inserts the remaining time."""

from __future__ import annotations

import re
from functools import lru_cache

from amzlinkr.amazon.sanitize import sanitize

_PLACEHOLDER = re.compile(
    r"[{}\[\]]|<[^<>]*>|%(?:\d+\$)?(?:[sd]\b|@)|%\w+%|\b(?:hh|mm):(?:mm|ss)\b|-{2,}:-{2,}",
    re.IGNORECASE,
)
# An end in the languages of the marketplaces, without the time. A preposition alone is none: "Made
# in" and "Buy 1 get 1 in" are complete. So are nouns, as in "Week-end".
_ENDS = (
    r"ends|end(?:ing)? (?:in|on|at|by|within)|expires?|expiring|closes|endet|läuft ab"
    r"|se termine|termine|expire|prend fin|finit|termina|acaba|finaliza|vence|caduca|expira"
    r"|scade|finisce|eindigt|loopt af|verloopt"
    r"|slutar|upphör|kończy się|wygasa|ينتهي(?: العرض)?"
)
_AT = (
    r"in|on|at|by|within|am|um|in der|dans|le|à|en|el|a las|em|às|tra|fra|il|alle|over|op|om|den"
    r"|za|o|w|خلال|في"
)
_UNTIL = (
    r"until|till|nur noch|bis(?: zum| um)?|jusqu['’](?:à|au)|hasta(?: el| las)?|até(?: às| o)?"
    r"|fino (?:a|al|alle)|tot|t/m|till och med|(?:tylko|ważne) do"
)
_REMAINING = (
    r"time (?:left|remaining)|verbleibende zeit|restzeit|temps restant|tiempo restante"
    r"|tempo (?:restante|rimanente|rimasto)|resterende tijd|återstående tid|pozostały czas"
    r"|kalan süre|الوقت المتبقي|残り(?:時間)?|終了まで|あと"
)
_WITHOUT_TIME = re.compile(
    rf"(?:[:：…]|\.\.|\b(?:{_ENDS})(?: (?:{_AT}))?|\b(?:{_UNTIL})|\A(?:noch|do)"
    rf"|(?:{_REMAINING}))\Z",
    re.IGNORECASE,
)
"""The end of a badge that needs a time after it."""
_WITHOUT_TIME_BEFORE = re.compile(
    r"\D*(?:[でに]終了|में समाप्त|(?:içinde|sonra) (?:bitiyor|bitecek|biter|sona eriyor))",
    re.IGNORECASE,
)
"""A badge in a language that puts the time before the word for the end, without any number."""


@lru_cache(maxsize=256)
def complete_badge(text: str | None) -> str:
    """Return the badge, or an empty text for one that needs a time inserted."""
    badge = sanitize(text, 80) or ""
    is_template = (
        (text or "").endswith(" ")
        or _PLACEHOLDER.search(badge)
        or _WITHOUT_TIME.search(badge)
        or _WITHOUT_TIME_BEFORE.fullmatch(badge)
    )
    return "" if is_template else badge
