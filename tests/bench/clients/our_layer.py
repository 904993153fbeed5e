"""Our own Amazon layer, for the API that is named."""

import sys
from collections.abc import Iterator

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.clock import Deadline
from tests.bench import inputs
from tests.bench.clients.our_account import CLOCK, catalog
from tests.bench.clients.rounds import Reading, take_turns


def readings(lookup: LookupResult) -> Iterator[Reading]:
    """What was read, for comparison."""
    for product in lookup.found.values():
        price = product.offer.price
        yield product.asin, product.details.title, price.amount if price else 0


def main(port: int, api: str) -> None:
    """Take turns against the port."""
    account = catalog(api, port)

    def call() -> LookupResult:
        return account.items(inputs.ASINS, Deadline.after(CLOCK, 10))

    take_turns(call, readings)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
