"""Views of the operator: the state of the service, counts, pages of sites, and one site."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from amzlinkr.domain.audit import AuditEvent
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.limits import LimitUsage
from amzlinkr.domain.product_counts import ProductCounts
from amzlinkr.domain.service_switches import PlannerRun, ServiceSwitches
from amzlinkr.domain.sites import Site, SiteApiKey, is_sandbox


@dataclass(frozen=True, slots=True)
class ListedSite:
    """A site in a page of all sites, without personal data."""

    site_id: str
    site_url: str
    created_at: datetime
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SitePage:
    """Sites in no particular order. `next_cursor` is None at the end."""

    sites: tuple[ListedSite, ...]
    next_cursor: str | None


@dataclass(slots=True)
class SiteCounts:
    """The numbers of sites and of connections by state.

    They are an estimate if only `rows_read` of the `rows_total` rows of the table were counted.
    """

    live: int = 0
    sandbox: int = 0
    suspended: int = 0
    connections: Counter[str] = field(default_factory=Counter)
    rows_read: int = 0
    rows_total: int = 0

    @property
    def is_estimate(self) -> bool:
        """Return True if not all rows were counted."""
        return self.rows_read < self.rows_total

    def add_site(self, site_id: str, *, is_suspended: bool) -> None:
        """Count a site; sandbox sites are counted apart and never as suspended."""
        self.sandbox += is_sandbox(site_id)
        self.live += not is_sandbox(site_id)
        self.suspended += is_suspended

    def add_connection(self, connection: Connection) -> None:
        """Count a connection."""
        self.connections[connection.state.value] += 1

    def extrapolated(self, rows_total: int) -> SiteCounts:
        """Return the estimate for a table with this number of rows, of which some were read."""
        factor = rows_total / self.rows_read
        return SiteCounts(
            round(self.live * factor),
            round(self.sandbox * factor),
            round(self.suspended * factor),
            Counter({state: round(number * factor) for state, number in self.connections.items()}),
            self.rows_read,
            rows_total,
        )


@dataclass(frozen=True, slots=True)
class PendingImports:
    """The number of pending import jobs, at least if there are more, and their oldest."""

    jobs: int
    is_minimum: bool
    oldest_created_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """The state of the service. `new_sites` are those of today, without invited ones."""

    version: str
    switches: ServiceSwitches
    last_run: PlannerRun | None
    next_run_at: datetime | None
    oldest_due_at: datetime | None
    pending_imports: PendingImports
    new_sites: LimitUsage
    counts: SiteCounts


@dataclass(frozen=True, slots=True)
class SiteDetails:
    """A site with everything about it except its products."""

    site: Site
    api_keys: tuple[SiteApiKey, ...]
    products: ProductCounts
    oldest_due_at: datetime | None
    pending_import_since: datetime | None
    events: tuple[AuditEvent, ...]


@dataclass(frozen=True, slots=True)
class SiteChanges:
    """The sites of a host that a command changed, by ID.

    `unchanged` is the number of sites that were in the requested state before, and `remaining` the
    number of those for which no time was left: a repeated command changes them.
    """

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    remaining: int = 0


@dataclass(frozen=True, slots=True)
class HostChange:
    """A suspended or resumed host: the named site, if there is one, and all changed sites."""

    host: str
    site_id: str | None
    sites: SiteChanges
