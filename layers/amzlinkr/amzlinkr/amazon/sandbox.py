"""Amazon as test keys see it: made-up products, and each error and state on demand. No call leaves.

- Keywords, or an Associate tag without its ending, that are one of our `amazon_…` codes
  (in a tag with hyphens: `amazon-not-eligible-20`) fail with that error.
- So do keywords that are a code of ours which any call may meet: `rate_limited`, for one.
- `nothing` as keywords finds nothing.
- An ASIN of `ASIN_STATES` is in the state it names; those of `FAILING_ASINS` make their whole call fail.
- Every other ASIN is a product whose price follows from its letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zlib import crc32

from amzlinkr.domain.amazon_errors import AmazonError, AmazonUnavailable, Upstream
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
from amzlinkr.domain.errors import NotConnected, RateLimited, SiteSuspended, StoreUnavailable
from amzlinkr.domain.limits import ONE_HOUR, Limit, LimitUsage
from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.domain.money import Money, decimals_of, money
from amzlinkr.domain.products import Deal, Details, Offer, Product

SERVICE = "sandbox"
TOTAL = 37
NOTHING = "nothing"
GONE, NO_OFFER, HIDDEN, DEAL, SOLD_OUT, MOVING, OLD = (
    "B0TESTGONE", "B0TESTNONE", "B0TESTHIDE", "B0TESTDEAL", "B0TESTSOLD", "B0TESTMOVE",
    "B0TESTPAST",
)  # fmt: skip
ASIN_STATES = {
    GONE: "Amazon does not know it",
    NO_OFFER: "nobody offers it",
    HIDDEN: "its price must not be shown",
    DEAL: "on sale, with a list price and a deal",
    SOLD_OUT: "out of stock, with a price",
    MOVING: "another price every minute",
    OLD: "last seen more than 24 hours ago",
}
FAILING_ASINS = {
    "B0TESTE401": "amazon_keys_rejected",
    "B0TESTE403": "amazon_access_denied",
    "B0TESTE424": "amazon_not_eligible",
    "B0TESTE429": "amazon_throttled",
    "B0TESTE503": "amazon_unavailable",
}
_ERRORS = {error.code: error for error in AmazonError.__subclasses__()}
_OURS = (NotConnected, SiteSuspended, StoreUnavailable)
SERVICE_ERROR_CODES = {RateLimited.code, *(error.code for error in _OURS)}
ASKED_FOR = "The sandbox was asked to answer like this."
A_MINUTE = 60
_LONG_AGO = timedelta(hours=25)


class Sandbox:
    """A catalogue nobody pays for. It ends where Amazon would begin: the rest is the service's."""

    def __init__(self, code: str, partner_tag: str, clock: Clock) -> None:
        self._marketplace_code = marketplace(code)
        self._tag = partner_tag
        self._clock = clock

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """Ten made-up products a page, or the error that the keywords name."""
        _refuse_as_ours(search.keywords)
        self._refuse(deadline, search.keywords)
        if search.keywords == NOTHING:
            return SearchPage(request_id=SERVICE)
        first = (search.page - 1) * RESULTS_PER_PAGE
        numbers = range(first, min(first + RESULTS_PER_PAGE, TOTAL))
        asins = [_asin_of(search.keywords, number) for number in numbers]
        return SearchPage(
            tuple(self._product(asin) for asin in asins),
            TOTAL,
            f"https://{self._marketplace_code.domain}/s",
            SERVICE,
        )

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """The products asked for, or the error that one of them stands for."""
        self._refuse(deadline, *(FAILING_ASINS.get(asin, "") for asin in asins))
        asked_at = self._clock.now()
        if OLD in asins:
            asked_at -= _LONG_AGO
        found = {asin: self._product(asin) for asin in asins if asin != GONE}
        return LookupResult(
            asked_at, found, {GONE: "ItemNotFound"} if GONE in asins else {}, SERVICE
        )

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """A family of three colours."""
        self._refuse(deadline, FAILING_ASINS.get(asin, ""))
        members = tuple(self._product(_asin_of(asin, number)) for number in range(3))
        colours = Dimension("color_name", "Color", ("Black", "Blue", "Red"))
        return VariationPage(members if page == 1 else (), (colours,), len(members))

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """A category for every number."""
        self._refuse(deadline)
        above = (NodeName("1000", "Books"),)
        return tuple(BrowseNode(one, f"Test category {one}", above) for one in ids)

    def _refuse(self, deadline: Deadline, *codes: str) -> None:
        """Raises the `AmazonError` that a magic word or the tag asks for, or that time is over."""
        if deadline.remaining() <= 0:
            raise AmazonUnavailable
        stem = self._tag.rpartition("-")[0].replace("-", "_")
        for code in (stem, *codes):
            if code in _ERRORS:
                raise _ERRORS[code](ASKED_FOR, upstream=Upstream(SERVICE, code=code))

    def _product(self, asin: str) -> Product:
        now = self._clock.now()
        return Product(
            asin,
            self._marketplace_code.code,
            Details(
                title=f"Test product {asin}",
                url=f"https://{self._marketplace_code.domain}/dp/{asin}?tag={self._tag}",
                brand="AmzLinkr Sandbox",
                features=("Made up", "Never sold"),
                binding="Paperback",
            ),
            self._offer(asin, now),
            now - _LONG_AGO if asin == OLD else now,
        )

    def _offer(self, asin: str, now: datetime) -> Offer:
        if asin == NO_OFFER:
            return Offer()
        if asin == HIDDEN:
            return Offer(availability="in_stock", hidden=True)
        minor = 500 + crc32(asin.encode()) % 9_500
        if asin == MOVING:
            minor += int(now.timestamp()) // 60 % 100
        price = self._money(minor)
        if asin == DEAL:
            deal = Deal("Limited time deal", "ALL", None)
            return Offer(price, self._money(2 * minor), 50, "in_stock", "New", "Sandbox", deal)
        stock = "out_of_stock" if asin == SOLD_OUT else "in_stock"
        return Offer(price, availability=stock, condition="New", merchant="Sandbox")

    def _money(self, minor: int) -> Money | None:
        currency = self._marketplace_code.currency
        return money(f"{minor}e-{decimals_of(currency)}", currency)


def _refuse_as_ours(code: str) -> None:
    """Raises the refusal of ours that the keywords name."""
    if code == RateLimited.code:
        raise RateLimited(ASKED_FOR, LimitUsage(Limit("calls", 0, ONE_HOUR), 0, A_MINUTE))
    for error in _OURS:
        if code == error.code:
            raise error(ASKED_FOR)


def _asin_of(text: str, number: int) -> str:
    return f"B0{crc32(text.lower().encode()) % 10**6:06}{number:02}"
