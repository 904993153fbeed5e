"""The import of one chunk: its call to Amazon, and the write of its products."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.import_outcomes import WAITING_ERRORS, known_outcome, outcomes_of
from amzlinkr.domain.imports import WAITING, Chunk, Job, Outcome
from amzlinkr.domain.limits import Limits
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.product_limit import product_limit_of
from amzlinkr.domain.sites import Site

if TYPE_CHECKING:
    from amzlinkr.services.amazon_accounts import AmazonAccounts
    from amzlinkr.storage.product_writer import ProductWriter


@dataclass(frozen=True, slots=True)
class ChunkImports:
    """Imports of chunks into a site."""

    product_writer: ProductWriter
    accounts: AmazonAccounts
    limits: Limits

    def fetch(
        self,
        chunk: Chunk,
        site: Site,
        priority: Priority,
        deadline: Deadline,
        present: Collection[tuple[str, str]] = (),
    ) -> Mapping[str, Outcome]:
        """Fetch and store the products, or store them as waiting if the account has no access.

        `present` are products that the site has, by marketplace and ASIN: they need not wait again.

        Raises:
            AmzlinkrError: The products cannot be imported now, or not with these credentials.
        """
        try:
            catalog = self.accounts.catalog(site, chunk.marketplace, priority)
            lookup = catalog.items(chunk.asins, deadline)
        except WAITING_ERRORS:
            return self._add_waiting(site, chunk, present, deadline)
        # The account has access: this call succeeded, whatever the site knew before.
        found, maximum = tuple(lookup.found.values()), self.limits.of_mode(site.mode).products
        self.product_writer.add(site.site_id, chunk.marketplace, found, maximum, deadline)
        return outcomes_of(chunk, lookup)

    def known_outcomes(self, job: Job, chunk: Chunk, site: Site) -> Mapping[str, Outcome]:
        """Return the outcomes that are known without a call; none if the chunk must be fetched.

        Products that wait are stored. Raises `AmzlinkrError`.
        """
        known = known_outcome(job, chunk, site.connection(chunk.marketplace))
        if known == WAITING:
            return self._add_waiting(site, chunk)
        return {} if known is None else dict.fromkeys(chunk.asins, known)

    def _add_waiting(
        self,
        site: Site,
        chunk: Chunk,
        present: Collection[tuple[str, str]] = (),
        deadline: Deadline | None = None,
    ) -> Mapping[str, Outcome]:
        maximum = self.limits.of_site(site).products
        code = chunk.marketplace
        if new := [asin for asin in chunk.asins if (code, asin) not in present]:
            with product_limit_of(site):
                self.product_writer.add_waiting(site.site_id, code, new, maximum, deadline)
        telemetry.count("ProductsWaiting", len(chunk.asins))
        return dict.fromkeys(chunk.asins, WAITING)
