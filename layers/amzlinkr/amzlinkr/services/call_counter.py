"""The hourly count of a site's API calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.limits import Limits, LimitUsage
from amzlinkr.domain.sites import mode_of

if TYPE_CHECKING:
    from amzlinkr.storage.usage_counters import UsageCounters

MAX_COUNT_SECONDS = 0.8


@dataclass(eq=False)
class SiteCallCounter:
    """The counter of calls against the limit of calls per site."""

    usage_counters: UsageCounters
    limits: Limits
    clock: Clock

    def count_call(self, site_id: str) -> LimitUsage | None:
        """Count a call of a site and return the usage, or None if the counter failed.

        The count is an auxiliary: if it fails quickly, the call is served uncounted.

        Raises:
            RateLimited: The site used up its calls of this hour.
            StoreUnavailable: The counter failed slowly. The other tables are then likely to be slow
                too, and the client must receive a response before it times out.
        """
        started = self.clock.monotonic()
        try:
            limit = self.limits.of_mode(mode_of(site_id)).calls
            return self.usage_counters.increment(limit, site_id)
        except StoreUnavailable:
            if self.clock.monotonic() - started > MAX_COUNT_SECONDS:
                raise
            telemetry.count("CallNotCounted")
            return None
