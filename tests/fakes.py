"""An in-memory Amazon catalog, and made-up products for tests."""

from collections.abc import Sequence
from datetime import datetime

from amzlinkr.domain.amazon_errors import AmazonRejectedRequest, AmazonUnavailable
from amzlinkr.domain.catalog import (
    RESULTS_PER_PAGE,
    BrowseNode,
    LookupResult,
    Search,
    SearchPage,
    VariationPage,
)
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import AvailabilityName, Details, Image, Offer, Product
from amzlinkr.domain.shelves import MAX_SHELF_SIZE
from tests.clock import START


class FakeCatalog:
    """The `Catalog` port over a list of products."""

    def __init__(self, products: Sequence[Product], clock: Clock) -> None:
        self.products = {product.asin: product for product in products}
        self.calls: list[tuple[str, ...]] = []
        self._clock = clock

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        self._check(deadline)
        words = (search.keywords or "").lower()
        hits = [item for item in self.products.values() if words in item.details.title.lower()]
        start = (search.page - 1) * RESULTS_PER_PAGE
        return SearchPage(tuple(hits[start : start + RESULTS_PER_PAGE]), len(hits))

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        self._check(deadline)
        self.calls.append(tuple(asins))
        if len(asins) > MAX_SHELF_SIZE:
            raise AmazonRejectedRequest
        found = {asin: self.products[asin] for asin in asins if asin in self.products}
        refused = dict.fromkeys(set(asins) - set(found), "InvalidParameterValue")
        return LookupResult(self._clock.now(), found, refused)

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        self._check(deadline)
        return VariationPage()

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        self._check(deadline)
        return ()

    def _check(self, deadline: Deadline) -> None:
        if deadline.is_over:
            raise AmazonUnavailable


def offer(amount: int = 1999, availability: AvailabilityName = "in_stock") -> Offer:
    """Return an offer of a new product in stock, in US cents."""
    return Offer(
        price=Money(amount, "USD", f"${amount / 100:.2f}"),
        availability=availability,
        condition="New",
        merchant="Amazon.com",
    )


def product(
    asin: str,
    shown: Offer | None = None,
    observed_at: datetime = START,
    title: str = "A thing",
    marketplace: str = "US",
) -> Product:
    """Return a product with all details, observed at `observed_at`."""
    details = Details(
        title=title,
        url=f"https://www.amazon.com/dp/{asin}?tag=test-20",
        image=Image("https://m.media-amazon.com/images/I/1.jpg", 500, 375),
        brand="Maker",
        features=("One", "Two"),
        binding="Kitchen",
    )
    return Product(asin, marketplace, details, shown or offer(), observed_at)
