"""The service's own limits: events per fixed window, or a total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amzlinkr.domain.sites import Mode, Site

ONE_HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)
ALL_SITES = "all"
"""The name under which the new sites of the whole service are counted."""
UNCOUNTED_CALLS = 25
"""Calls per hour that `calls_without_access` does not count: reads of the feed, and other calls, of
each scope of API keys.

They suffice for the polls of a site, which therefore continue when that limit is reached.
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `maximum` events of a `kind` per window, or in total if `per` is zero.

    Windows are fixed: they are counted from the Unix epoch.
    """

    kind: str
    maximum: int
    per: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class LimitUsage:
    """The used part of a limit.

    `resets_in` is the number of seconds until the next window begins, or until another request
    makes sense if the limit is a total.
    """

    limit: Limit
    used: int
    resets_in: int

    @property
    def remaining(self) -> int:
        """Return how many events are still allowed."""
        return max(0, self.limit.maximum - self.used)


@dataclass(frozen=True, slots=True)
class Limits:
    """The service's own limits: those per window, and totals.

    `products` and `lists` limit those of a site; `connections` limits those with stored
    credentials, and `connections_of_account` those that share one Amazon credential. Those
    `of_sandbox` are lower, because no Amazon account limits what a sandbox site can cost. So are
    those `without_access`, of a live site that never had a successful call to Amazon.
    """

    signups_of_address: Limit
    signups_of_domain_and_address: Limit
    verifications: Limit
    free_verifications: Limit
    verifications_of_network: Limit
    verifications_of_host: Limit
    new_sites_of_domain: Limit
    new_sites: Limit
    calls: Limit
    calls_of_sandbox: Limit
    calls_without_access: Limit
    removals_of_sandbox: Limit
    jobs: Limit
    jobs_of_sandbox: Limit
    jobs_without_access: Limit
    validations: Limit
    validations_of_account: Limit
    syncs: Limit
    syncs_of_sandbox: Limit
    settings: Limit
    api_keys: Limit
    leak_reports: Limit
    products: int
    products_of_sandbox: int
    products_without_access: int
    lists: int
    lists_of_sandbox: int
    connections: int
    connections_of_account: int

    def of_mode(self, mode: Mode) -> Limits:
        """Return the limits of a live site, or of a sandbox site."""
        if mode == "live":
            return self
        return replace(
            self,
            calls=self.calls_of_sandbox,
            jobs=self.jobs_of_sandbox,
            syncs=self.syncs_of_sandbox,
            products=self.products_of_sandbox,
            lists=self.lists_of_sandbox,
        )

    def of_site(self, site: Site) -> Limits:
        """Return the limits of a site, which are lower for a live one without API access."""
        if not site.is_without_access:
            return self.of_mode(site.mode)
        return replace(self, jobs=self.jobs_without_access, products=self.products_without_access)

    def windows_of(self, site: Site) -> tuple[Limit, ...]:
        """Return the limits per window of which a site sees the usage."""
        own = self.of_site(site)
        shown = own.calls, own.jobs, own.validations, own.syncs, own.api_keys
        return (*shown, own.calls_without_access) if site.is_without_access else shown
