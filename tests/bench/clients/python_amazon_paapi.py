"""python-amazon-paapi 7 from PyPI, which speaks the Creators API; its own throttle is off."""

import sys
from collections.abc import Iterator
from typing import Any

from amazon_creatorsapi import AmazonCreatorsApi
from creatorsapi_python_sdk.models.get_items_resource import GetItemsResource

from tests.bench import inputs
from tests.bench.clients.reroute import reroute
from tests.bench.clients.rounds import Reading, take_turns


def readings(items: Any) -> Iterator[Reading]:
    """What was read, for comparison."""
    for item in items:
        money = item.offers_v2.listings[0].price.money
        yield item.asin, item.item_info.title.display_value, round(money.amount * 100)


def main(port: int) -> None:
    """Take turns against the port."""
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

    take_turns(call, readings)


if __name__ == "__main__":
    main(int(sys.argv[1]))
