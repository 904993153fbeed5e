"""Our own limits: how much of what a site may do in which time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

ONE_HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of a `kind`: in every full period `per`, counted from the Unix epoch, or at a
    time."""

    kind: str
    maximum: int
    per: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class LimitUsage:
    """What was used of a limit, and the seconds until its next period begins or it is worth asking
    again."""

    limit: Limit
    used: int
    resets_in: int

    @property
    def remaining(self) -> int:
        """How many there still may be."""
        return max(0, self.limit.maximum - self.used)
