"""A simulated Amazon catalog for sandbox sites: generated products, and errors on request.

No call leaves the service. These inputs select errors and product states:

- Keywords that equal one of the `amazon_…` codes raise that error. So does an Associate tag that is
  such a code with hyphens, before its suffix: `amazon-not-eligible-20`.
- Keywords that equal a code of `SERVICE_ERROR_CODES`, such as `rate_limited`, raise that error.
- The keywords `nothing` have no hits. Filters and sort orders apply (`sandbox_filters.py`).
- An ASIN of `ASIN_STATES` has the described state. An ASIN of `FAILING_ASINS` fails the whole call,
  except in the price sync: a product that waits because of its ASIN does not wait forever.
- Every other ASIN is a product with a price derived from the ASIN.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from zlib import crc32

from amzlinkr.amazon.sandbox_filters import matches, sorted_products
from amzlinkr.amazon.sandbox_offers import OFFER_STATES, sandbox_offer
from amzlinkr.domain.amazon_errors import (
    AmazonError,
    AmazonThrottled,
    AmazonUnavailable,
    Upstream,
)
from amzlinkr.domain.catalog import (
    RESULTS_PER_PAGE,
    BrowseNode,
    Dimension,
    LookupResult,
    NodeName,
    Search,
    SearchPage,
    VariationPage,
)
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.connection_errors import AmazonNoCredentials
from amzlinkr.domain.errors import NotConnected, RateLimited, SiteSuspended, StoreUnavailable
from amzlinkr.domain.limits import ONE_HOUR, Limit, LimitUsage
from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.domain.products import Details, Product

SANDBOX_SERVICE = "sandbox"
TOTAL_HITS = 37
NO_HITS = "nothing"
GONE_ASIN, MISSING_ASIN, OMITTED_ASIN, EXPIRED_ASIN = (
    "B0TESTGONE",
    "B0TESTMISS",
    "B0TESTOMIT",
    "B0TESTPAST",
)
ASIN_STATES = OFFER_STATES | {
    GONE_ASIN: "does not exist on Amazon",
    MISSING_ASIN: "is refused by Amazon in the second half of every hour",
    OMITTED_ASIN: "is left out by Amazon without an error in the second half of every hour",
    EXPIRED_ASIN: "was last seen more than 24 hours ago",
}
FAILING_ASINS = {
    "B0TESTE401": "amazon_keys_rejected",
    "B0TESTE403": "amazon_access_denied",
    "B0TESTE424": "amazon_not_eligible",
    "B0TESTE429": "amazon_throttled",
    "B0TESTE503": "amazon_unavailable",
}
_ERRORS = {error.code: error for error in AmazonError.__subclasses__()}
_REFUSALS = (AmazonNoCredentials, NotConnected, SiteSuspended)
SERVICE_ERROR_CODES = {
    RateLimited.code,
    StoreUnavailable.code,
    *(error.code for error in _REFUSALS),
}
DETAIL = "The sandbox simulates this error because the input selected it."
RETRY_AFTER_SECONDS = 60
HALF_HOUR_MINUTES = 30
_EXPIRED_AGE = timedelta(hours=25)


class Sandbox:
    """The catalog of a sandbox site. Everything but Amazon itself behaves as for a live site."""

    def __init__(self, code: str, partner_tag: str, clock: Clock, *, is_sync: bool = False) -> None:
        self._marketplace = marketplace(code)
        self._tag = partner_tag
        self._clock = clock
        self._failing_asins = {} if is_sync else FAILING_ASINS

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """Return a page of generated products, or raise the error that the keywords select."""
        keywords = search.keywords or ""
        _raise_service_error(keywords)
        self._raise_amazon_error(deadline, keywords)
        if keywords == NO_HITS:
            return SearchPage(request_id=SANDBOX_SERVICE)
        text = " ".join([*search.terms, search.browse_node or ""]).strip()
        products = [self._product(_asin_of(text, number)) for number in range(TOTAL_HITS)]
        found = sorted_products(filter(partial(matches, search), products), search.sort)
        first = (search.page - 1) * RESULTS_PER_PAGE
        return SearchPage(
            tuple(found[first : first + RESULTS_PER_PAGE]),
            len(found),
            f"https://{self._marketplace.domain}/s",
            SANDBOX_SERVICE,
        )

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """Return the requested products, or raise the error that an ASIN selects."""
        self._raise_amazon_error(deadline, *(self._failing_asins.get(asin, "") for asin in asins))
        requested_at = self._clock.now()
        is_second_half = requested_at.minute >= HALF_HOUR_MINUTES
        refused = {GONE_ASIN, MISSING_ASIN} if is_second_half else {GONE_ASIN}
        absent = refused | {OMITTED_ASIN} if is_second_half else refused
        return LookupResult(
            requested_at,
            {asin: self._product(asin) for asin in asins if asin not in absent},
            {asin: "ItemNotFound" for asin in asins if asin in refused},
            SANDBOX_SERVICE,
        )

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """Return three variations in different colors."""
        self._raise_amazon_error(deadline, FAILING_ASINS.get(asin, ""))
        members = tuple(self._product(_asin_of(asin, number)) for number in range(3))
        colors = Dimension("color_name", "Color", ("Black", "Blue", "Red"))
        return VariationPage(members if page == 1 else (), (colors,), len(members))

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """Return a generated browse node for every ID."""
        self._raise_amazon_error(deadline)
        ancestors = (NodeName("1000", "Books"),)
        return tuple(BrowseNode(node_id, f"Test category {node_id}", ancestors) for node_id in ids)

    def _raise_amazon_error(self, deadline: Deadline, *codes: str) -> None:
        """Raise the `AmazonError` that a code or the tag selects, or that the deadline passed."""
        if deadline.is_over:
            raise AmazonUnavailable
        stem = self._tag.rpartition("-")[0].replace("-", "_")
        for code in (stem, *codes):
            if code in _ERRORS:
                error = _ERRORS[code](DETAIL, upstream=Upstream(SANDBOX_SERVICE, code=code))
                # As for a live account: see `amzlinkr.amazon.errors`.
                error.retry_after = RETRY_AFTER_SECONDS if code == AmazonThrottled.code else None
                raise error

    def _product(self, asin: str) -> Product:
        now = self._clock.now()
        return Product(
            asin,
            self._marketplace.code,
            Details(
                title=f"Test product {asin}",
                url=f"https://{self._marketplace.domain}/dp/{asin}?tag={self._tag}",
                brand="AmzLinkr Sandbox",
                features=("Made up", "Never sold"),
                binding="Paperback",
            ),
            sandbox_offer(asin, self._marketplace.code, now),
            now - _EXPIRED_AGE if asin == EXPIRED_ASIN else now,
        )


def _raise_service_error(code: str) -> None:
    """Raise the error of the service that the keywords select."""
    if code == RateLimited.code:
        raise RateLimited(DETAIL, LimitUsage(Limit("calls", 0, ONE_HOUR), 0, RETRY_AFTER_SECONDS))
    if code == StoreUnavailable.code:
        raise StoreUnavailable(DETAIL, is_fault=False)
    for error in _REFUSALS:
        if code == error.code:
            raise error(DETAIL)


def _asin_of(text: str, number: int) -> str:
    return f"B0{crc32(text.lower().encode()) % 10**6:06}{number:02}"
