"""One of several processes that share an account, throttled by python-amazon-paapi.

Each process has its own client with the library's defaults: a second between calls, three retries.
"""

import sys

from amazon_creatorsapi import AmazonCreatorsApi
from amazon_creatorsapi.errors import TooManyRequestsError
from creatorsapi_python_sdk.models.get_items_resource import GetItemsResource

from tests.bench import inputs
from tests.bench.clients.lines import wait_for_start
from tests.bench.clients.reroute import reroute


def main(port: str, account: str) -> None:
    """Call until the benchmark ends this process."""
    reroute(int(port))
    api = AmazonCreatorsApi(
        credential_id=account,
        credential_secret=inputs.CREDENTIAL_SECRET,
        version=inputs.VERSION,
        tag=inputs.TAG,
        marketplace=inputs.MARKETPLACE,
    )
    resources = [GetItemsResource(resource) for resource in inputs.CREATORS_RESOURCES]
    wait_for_start()
    while True:
        try:
            api.get_items(inputs.ASINS, resources=resources)
        except TooManyRequestsError:
            continue


if __name__ == "__main__":
    main(*sys.argv[1:])
