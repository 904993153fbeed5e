"""The hourly count of a site's API calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.limits import UNCOUNTED_CALLS, Limits, LimitUsage
from amzlinkr.domain.sites import is_sandbox, mode_of

if TYPE_CHECKING:
    from amzlinkr.storage.sites import SiteStore
    from amzlinkr.storage.usage_counters import UsageCounters

MAX_COUNT_SECONDS = 0.8


@dataclass(eq=False)
class SiteCallCounter:
    """The counter of calls against the limit of calls per site."""

    usage_counters: UsageCounters
    limits: Limits
    clock: Clock
    sites: SiteStore

    def count_call(self, name: str) -> LimitUsage | None:
        """Count a call of a site and return the usage, or None if the counter failed.

        `name` is the ID of the site, with a suffix for keys of another scope than `full`, and for
        reads of the change feed.

        The count is an auxiliary: if it fails quickly, the call is served uncounted.

        Raises:
            RateLimited: The site used up its calls of this hour, or those without API access.
            StoreUnavailable: The counter failed slowly. The other tables are then likely to be slow
                too, and the client must receive a response before it times out.
        """
        started = self.clock.monotonic()
        try:
            limit = self.limits.of_mode(mode_of(name)).calls
            usage = self.usage_counters.increment(limit, name)
            if usage.used > UNCOUNTED_CALLS:
                self._count_without_access(name.partition("#")[0])
        except StoreUnavailable:
            if self.clock.monotonic() - started > MAX_COUNT_SECONDS:
                raise
            telemetry.count("CallNotCounted")
            return None
        return usage

    def _count_without_access(self, site_id: str) -> None:
        """Count a call of a live site that never had a successful call to Amazon.

        Only sites with many calls are read: most calls cost one write.
        """
        site = None if is_sandbox(site_id) else self.sites.get(site_id)
        if site is not None and not site.has_had_access:
            self.usage_counters.increment(self.limits.calls_without_access, site_id)
