"""The hourly count of a site's API calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import RateLimited, StoreUnavailable
from amzlinkr.domain.limits import UNCOUNTED_CALLS, Limits, LimitUsage
from amzlinkr.domain.scopes import READ
from amzlinkr.domain.sites import is_sandbox, mode_of

if TYPE_CHECKING:
    from amzlinkr.storage.sites import SiteStore
    from amzlinkr.storage.usage_counters import UsageCounters

MAX_COUNT_SECONDS = 0.8
CALLS_END_WITH_ACCESS = (
    f"Wait for the number of seconds in the Retry-After header: {UNCOUNTED_CALLS} calls an hour "
    "are always possible. A successful call to Amazon ends this limit: enter Amazon API "
    "credentials with POST /v1/validate, which is not subject to it."
)


@dataclass(eq=False)
class SiteCallCounter:
    """The counter of calls against the limit of calls per site."""

    usage_counters: UsageCounters
    limits: Limits
    clock: Clock
    sites: SiteStore

    def count_call(self, name: str, *, is_account_setup: bool = False) -> LimitUsage | None:
        """Count a call of a site and return the usage, or None if the counter failed.

        The count is an auxiliary: if it fails quickly, the call is served uncounted.

        Args:
            name: The ID of the site, with a suffix for keys of another scope than `full`, and for
                reads of the change feed.
            is_account_setup: True for calls that lead to API access. Their hourly limits suffice.

        Returns:
            The usage of the limit that leaves fewer calls, if two limits count the call.

        Raises:
            RateLimited: The site used up its calls of this hour, or those without API access.
            StoreUnavailable: The counter failed slowly. The other tables are then likely to be slow
                too, and the client must receive a response before it times out.
        """
        started = self.clock.monotonic()
        try:
            limit = self.limits.of_mode(mode_of(name)).calls
            usage = self.usage_counters.increment(limit, name)
            if usage.used > UNCOUNTED_CALLS and not is_account_setup:
                daily = self._count_without_access(name, usage)
                usage = min(usage, daily or usage, key=lambda one: one.remaining)
        except StoreUnavailable:
            if self.clock.monotonic() - started > MAX_COUNT_SECONDS:
                raise
            telemetry.count("CallNotCounted")
            return None
        return usage

    def _count_without_access(self, name: str, hourly: LimitUsage) -> LimitUsage | None:
        """Count a call of a live site that never had a successful call to Amazon, else return None.

        Only sites with many calls are read: most calls cost one write.
        """
        site_id, *suffixes = name.split("#")
        site = None if is_sandbox(site_id) else self.sites.get(site_id)
        if site is None or not site.is_without_access:
            return None
        limit = self.limits.calls_without_access
        try:
            if READ in suffixes:
                # Half of them stay with the owner's key if a key for reading leaks.
                of_read_keys = replace(limit, maximum=limit.maximum // 2)
                self.usage_counters.increment(of_read_keys, f"{site_id}#{READ}")
            return self.usage_counters.increment(limit, site_id)
        except RateLimited as error:
            # The calls that this limit does not count are possible again in the next hour.
            error.action, error.retry_after = CALLS_END_WITH_ACCESS, hourly.resets_in
            raise
