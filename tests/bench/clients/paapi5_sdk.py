"""Amazon's PA-API 5.0 SDK as republished on PyPI: paapi5-python-sdk-repack."""

import sys
from collections.abc import Iterator
from typing import Any

from paapi5_python_sdk.api.default_api import DefaultApi
from paapi5_python_sdk.models.get_items_request import GetItemsRequest
from paapi5_python_sdk.models.partner_type import PartnerType

from tests.bench import inputs
from tests.bench.clients.reroute import reroute
from tests.bench.clients.rounds import ProductSummary, run_rounds


def summaries(response: Any) -> Iterator[ProductSummary]:
    """Return the parsed products; the SDK leaves the listings as Amazon sent them."""
    for item in response.items_result.items:
        money = item.offers_v2.listings[0]["Price"]["Money"]
        yield item.asin, item.item_info.title.display_value, round(money["Amount"] * 100)


def main(port: int) -> None:
    """Call the server on the port in rounds."""
    reroute(port)
    api = DefaultApi(inputs.ACCESS_KEY, inputs.SECRET_KEY, inputs.PAAPI5_HOST, inputs.PAAPI5_REGION)

    def call() -> Any:
        return api.get_items(
            GetItemsRequest(
                partner_tag=inputs.TAG,
                partner_type=PartnerType.ASSOCIATES,
                marketplace=inputs.MARKETPLACE,
                item_ids=inputs.ASINS,
                resources=inputs.PAAPI5_RESOURCES,
            )
        )

    run_rounds(call, summaries)


if __name__ == "__main__":
    main(int(sys.argv[1]))
