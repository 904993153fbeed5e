"""python-amazon-paapi 7 from PyPI, a client of the Creators API, with its throttle off."""

import sys
from collections.abc import Iterator
from typing import Any

from amazon_creatorsapi import AmazonCreatorsApi
from creatorsapi_python_sdk.models.get_items_resource import GetItemsResource

from tests.bench import inputs
from tests.bench.clients.reroute import reroute
from tests.bench.clients.rounds import ProductSummary, run_rounds


def summaries(items: Any) -> Iterator[ProductSummary]:
    """Return the parsed products, for comparison."""
    for item in items:
        money = item.offers_v2.listings[0].price.money
        yield item.asin, item.item_info.title.display_value, round(money.amount * 100)


def main(port: int) -> None:
    """Call the server on the port in rounds."""
    reroute(port)
    api = AmazonCreatorsApi(
        credential_id=inputs.CREDENTIAL_ID,
        credential_secret=inputs.CREDENTIAL_SECRET,
        version=inputs.VERSION,
        tag=inputs.TAG,
        marketplace=inputs.MARKETPLACE,
        throttling=0,
    )
    resources = [GetItemsResource(resource) for resource in inputs.CREATORS_RESOURCES]

    def call() -> Any:
        return api.get_items(inputs.ASINS, resources=resources)

    run_rounds(call, summaries)


if __name__ == "__main__":
    main(int(sys.argv[1]))
