"""Amazon's Creators API SDK as published on PyPI: amazon-creatorsapi-python-sdk."""

import sys
from collections.abc import Iterator
from typing import Any

from creatorsapi_python_sdk.api.default_api import DefaultApi
from creatorsapi_python_sdk.api_client import ApiClient
from creatorsapi_python_sdk.models.get_items_request_content import GetItemsRequestContent
from creatorsapi_python_sdk.models.get_items_resource import GetItemsResource

from tests.bench import inputs
from tests.bench.clients.reroute import reroute
from tests.bench.clients.rounds import ProductSummary, run_rounds


def summaries(response: Any) -> Iterator[ProductSummary]:
    """Return the parsed products, for comparison."""
    for item in response.items_result.items:
        money = item.offers_v2.listings[0].price.money
        yield item.asin, item.item_info.title.display_value, round(money.amount * 100)


def main(port: int) -> None:
    """Call the server on the port in rounds."""
    reroute(port)
    api = DefaultApi(
        ApiClient(
            credential_id=inputs.CREDENTIAL_ID,
            credential_secret=inputs.CREDENTIAL_SECRET,
            version=inputs.VERSION,
        )
    )
    resources = [GetItemsResource(resource) for resource in inputs.CREATORS_RESOURCES]

    def call() -> Any:
        request = GetItemsRequestContent(
            partner_tag=inputs.TAG, item_ids=inputs.ASINS, resources=resources
        )
        return api.get_items(inputs.MARKETPLACE, request)

    run_rounds(call, summaries)


if __name__ == "__main__":
    main(int(sys.argv[1]))
