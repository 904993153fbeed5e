"""Refresh of ASINs with python-amazon-paapi, throttled by the library to ten calls a second."""

import json
import sys
import time

from amazon_creatorsapi import AmazonCreatorsApi
from amazon_creatorsapi.errors import AmazonCreatorsApiError
from creatorsapi_python_sdk.models.get_items_resource import GetItemsResource

from tests.bench import inputs
from tests.bench.clients.lines import write_line
from tests.bench.clients.reroute import reroute


def main(port: str, account: str) -> None:
    """Refresh each line of ASINs, and write the seconds and the number of products."""
    reroute(int(port))
    api = AmazonCreatorsApi(
        credential_id=account,
        credential_secret=inputs.CREDENTIAL_SECRET,
        version=inputs.VERSION,
        tag=inputs.TAG,
        marketplace=inputs.MARKETPLACE,
        throttling=0.1,
    )
    resources = [GetItemsResource(resource) for resource in inputs.CREATORS_RESOURCES]
    for line in sys.stdin:
        began = time.monotonic()
        try:
            items = len(api.get_items(json.loads(line), resources=resources))
        except AmazonCreatorsApiError:
            items = 0
        write_line([time.monotonic() - began, items])


if __name__ == "__main__":
    main(*sys.argv[1:])
