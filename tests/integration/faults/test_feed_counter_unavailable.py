"""A throttled feed counter: the request fails with a retryable problem."""

import pytest

from tests.integration import aws_spy
from tests.site_client import Site


def is_counter_call(arguments: aws_spy.Arguments) -> bool:
    return bool(arguments.get("Key", {}).get("sk") == {"S": "#feed"})


@pytest.mark.parametrize("asin", ["B0TEST0001", "B0TEST0002"])
def test_throttled_feed_counter_is_store_unavailable(site: Site, asin: str) -> None:
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    with aws_spy.fail_calls(is_counter_call, "ProvisionedThroughputExceededException"):
        imported = site.post("/v1/import", {"items": [asin]})
        removed = site.delete("/v1/products/B0TEST0001")

    assert (imported.status, imported.json["code"]) == (503, "store_unavailable")
    assert (removed.status, removed.json["code"]) == (503, "store_unavailable")
