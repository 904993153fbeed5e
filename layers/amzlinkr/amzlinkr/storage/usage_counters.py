"""Counters of the service's own limits: events per fixed window."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from pynamodb.expressions.condition import Condition

from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.limits import ONE_DAY, ONE_HOUR, Limit, LimitUsage
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import UsageCounterItem


class UsageCounters:
    """The usage counter of each limit, by the name of what is limited."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def increment(self, limit: Limit, name: str, events: int = 1) -> LimitUsage:
        """Count one event, or several together.

        Raises:
            RateLimited: The limit of the current window does not allow them all. None is counted.
        """
        is_allowed = UsageCounterItem.used < limit.maximum - events + 1
        if events <= max(1, limit.maximum):
            is_allowed = UsageCounterItem.used.does_not_exist() | is_allowed
        try:
            # Check and count in one write: concurrent events cannot exceed the limit, and
            # rejected ones are not counted.
            return self._count(limit, name, is_allowed, events)
        except Conflict:
            resets_in = self._seconds_until(self._window(limit, name)[1])
            usage = LimitUsage(limit, limit.maximum, resets_in)
            text = f"The limit of {limit.maximum} {limit.kind} per {_period(limit)}"
            if events == 1:
                raise RateLimited(f"{text} is reached.", usage) from None
            (usage,) = self.usage([limit], name)
            left = f"leaves {usage.remaining}, and this request would use {events}"
            raise RateLimited(f"{text} {left}.", usage) from None

    def record(self, limit: Limit, name: str) -> LimitUsage:
        """Count one event that the limit does not refuse. The usage can exceed the maximum."""
        return self._count(limit, name)

    def take_back(self, limit: Limit, name: str) -> None:
        """Count one event less in the current window, if it has one."""
        with suppress(Conflict):
            self._count(limit, name, UsageCounterItem.used > 0, -1)

    def usage(self, limits: Iterable[Limit], name: str) -> list[LimitUsage]:
        """Return the usage of these limits without counting an event."""
        windows = [(limit, *self._window(limit, name)) for limit in limits]
        with store_errors():
            items = UsageCounterItem.batch_get([key for _, key, _ in windows], consistent_read=True)
            used = {item.pk: int(item.used or 0) for item in items}
        return [
            LimitUsage(limit, used.get(key, 0), self._seconds_until(ends))
            for limit, key, ends in windows
        ]

    def _count(
        self, limit: Limit, name: str, condition: Condition | None = None, events: int = 1
    ) -> LimitUsage:
        """Count events. Raise `Conflict` if the condition is not met."""
        key, ends = self._window(limit, name)
        item = UsageCounterItem(key)
        expires = UsageCounterItem.expires.set(ends + int(limit.per.total_seconds()))
        with store_errors():
            item.update([UsageCounterItem.used.add(events), expires], condition=condition)
        return LimitUsage(limit, int(item.used or 0), self._seconds_until(ends))

    def _window(self, limit: Limit, name: str) -> tuple[str, int]:
        """Return the key of the current window's counter and the window's end in Unix seconds."""
        seconds = int(limit.per.total_seconds())
        number = int(self._clock.now().timestamp()) // seconds
        return item_keys.usage_counter(limit.kind, name, str(number)), (number + 1) * seconds

    def _seconds_until(self, unix_seconds: int) -> int:
        return max(1, unix_seconds - int(self._clock.now().timestamp()))


def _period(limit: Limit) -> str:
    names = {ONE_DAY: "day", ONE_HOUR: "hour"}
    return names.get(limit.per) or f"{limit.per.total_seconds():.0f} seconds"
