"""Refresh of ASINs with Amazon's own SDK for the Creators API, ten per call."""

import json
import sys
import time

from creatorsapi_python_sdk.api.default_api import DefaultApi
from creatorsapi_python_sdk.api_client import ApiClient
from creatorsapi_python_sdk.models.get_items_request_content import GetItemsRequestContent
from creatorsapi_python_sdk.models.get_items_resource import GetItemsResource

from tests.bench import inputs
from tests.bench.clients.lines import write_line
from tests.bench.clients.reroute import reroute


def main(port: str, account: str) -> None:
    """Refresh each line of ASINs, and write the seconds and the number of products."""
    reroute(int(port))
    client = ApiClient(
        credential_id=account,
        credential_secret=inputs.CREDENTIAL_SECRET,
        version=inputs.VERSION,
    )
    api = DefaultApi(client)
    resources = [GetItemsResource(resource) for resource in inputs.CREATORS_RESOURCES]
    for line in sys.stdin:
        asins, items, began = json.loads(line), 0, time.monotonic()
        for start in range(0, len(asins), 10):
            request = GetItemsRequestContent(
                partner_tag=inputs.TAG, item_ids=asins[start : start + 10], resources=resources
            )
            items += len(api.get_items(inputs.MARKETPLACE, request).items_result.items)
        write_line([time.monotonic() - began, items])


if __name__ == "__main__":
    main(*sys.argv[1:])
