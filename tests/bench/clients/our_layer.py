"""Our Amazon layer, for the given API."""

import sys
from collections.abc import Iterator

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.clock import Deadline
from tests.bench import inputs
from tests.bench.clients.our_account import CLOCK, catalog
from tests.bench.clients.rounds import ProductSummary, run_rounds


def summaries(lookup: LookupResult) -> Iterator[ProductSummary]:
    """Return the parsed products, for comparison."""
    for product in lookup.found.values():
        price = product.offer.price
        yield product.asin, product.details.title, price.amount if price else 0


def main(port: int, api: str) -> None:
    """Call the server on the port in rounds."""
    own_catalog = catalog(api, port)

    def call() -> LookupResult:
        return own_catalog.items(inputs.ASINS, Deadline.after(CLOCK, 10))

    run_rounds(call, summaries)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
