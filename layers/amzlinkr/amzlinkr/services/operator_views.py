"""Views of the operator: the service as a whole, its sites, and one site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr import SERVICE_VERSION
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.limits import ALL_SITES
from amzlinkr.domain.operator_views import PendingImports, ServiceStatus, SiteDetails, SitePage
from amzlinkr.domain.planning import RUN_INTERVAL
from amzlinkr.domain.product_counts import count_products
from amzlinkr.domain.sites import LIVE_PREFIX, is_sandbox
from amzlinkr.services.operator_names import require_site, require_url

if TYPE_CHECKING:
    from amzlinkr.services.sign_up import SiteSignUp
    from amzlinkr.storage.stores import Stores

MAX_COUNTED_JOBS = 1_000
"""The pending import jobs that are read at most."""
SHOWN_EVENTS = 10


@dataclass(frozen=True, slots=True)
class OperatorViews:
    """The views, from all stores."""

    stores: Stores
    sign_up: SiteSignUp

    def status(self) -> ServiceStatus:
        """Return the state of the service, in a bounded number of reads."""
        stores, now = self.stores, self.sign_up.clock.now()
        last_run = stores.service_state.last_run()
        jobs = stores.jobs.first_pending(MAX_COUNTED_JOBS)
        limit = self.sign_up.limits.limits.new_sites
        (new_sites,) = stores.usage_counters.usage([limit], ALL_SITES)
        return ServiceStatus(
            version=SERVICE_VERSION,
            switches=stores.service_state.switches(),
            last_run=last_run,
            next_run_at=None if last_run is None else last_run.started_at + RUN_INTERVAL,
            oldest_due_at=stores.shelves.oldest_due_at(now),
            pending_imports=PendingImports(
                len(jobs),
                len(jobs) == MAX_COUNTED_JOBS,
                min((job.created_at for job in jobs), default=None),
            ),
            new_sites=new_sites,
            counts=stores.site_directory.count(),
        )

    def sites(self, cursor: str, limit: int) -> SitePage:
        """Return a page of all sites. Raise `InvalidCursor`."""
        return self.stores.site_directory.page(cursor, limit)

    def site(self, name: str) -> SiteDetails:
        """Return a site, given by its ID or URL.

        Raises:
            NotFound: There is no such site.
            InvalidRequest: It is neither an ID nor a valid URL.
        """
        stores, now = self.stores, self.sign_up.clock.now()
        site = require_site(stores.sites, self._site_id_of(name))
        shelves = [s for s in stores.shelves.list_for_site(site.site_id) if s.is_refreshed]
        pending = [
            stores.jobs.oldest_pending(site.site_id, marketplace)
            for marketplace in site.connections
        ]
        page = stores.audit_log.page(site.site_id, None, SHOWN_EVENTS, now)
        return SiteDetails(
            site,
            tuple(stores.api_keys.list_for_site(site.site_id, now)),
            count_products(shelves, now, site.interval),
            min((shelf.due_at for shelf in shelves if shelf.due_at <= now), default=None),
            min((job.created_at for job in pending if job is not None), default=None),
            page.events,
        )

    def _site_id_of(self, name: str) -> str:
        if name.startswith(LIVE_PREFIX) or is_sandbox(name):
            return name
        site_id = self.stores.sites.site_of_host(self.sign_up.host_of(require_url(name)))
        if site_id is None:
            raise NotFound("No site exists at this URL.")
        return site_id
