"""Our own Amazon layer, through its factory, with a pacer that never waits."""

import sys
from collections.abc import Iterator

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain import credentials
from amzlinkr.domain.clock import Deadline, SystemClock
from amzlinkr.domain.searching import Lookup
from tests.bench import question
from tests.bench.clients.turns import Reading, take_turns


class NoPacer:
    """An account without limits."""

    def wait(self, deadline: Deadline) -> None:
        """Go."""

    def went_well(self) -> None:
        """Nothing to learn."""

    def slow_down(self) -> None:
        """Nothing to learn."""


def keys(api: str) -> credentials.PaapiCredentials:
    """Made-up credentials for `paapi5` or `creators`."""
    if api == "paapi5":
        return credentials.paapi_credentials(
            question.ACCESS_KEY, question.SECRET_KEY, question.TAG, "US"
        )
    return credentials.creators_credentials(
        question.CREDENTIAL_ID, question.CREDENTIAL_SECRET, question.VERSION, question.TAG, "US"
    )


def readings(lookup: Lookup) -> Iterator[Reading]:
    """What was read, for comparison."""
    for product in lookup.found.values():
        price = product.offer.price
        yield product.asin, product.details.title, price.amount if price else 0


def main(port: int, api: str) -> None:
    """Take turns against the port."""
    clock = SystemClock()
    catalog = open_catalog(keys(api), NoPacer(), clock, f"http://127.0.0.1:{port}")

    def call() -> Lookup:
        return catalog.items(question.ASINS, Deadline.after(clock, 10))

    take_turns(call, readings)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
