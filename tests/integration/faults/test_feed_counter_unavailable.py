"""When the feed's counter cannot be read, a site is told to try again."""

from typing import Any
from unittest import mock

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.site_client import Site

THROTTLED: Any = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "busy"}}


@pytest.mark.parametrize("asin", ["B0TEST0001", "B0TEST0002"])
def test_throttled_feed_counter_is_store_unavailable(site: Site, asin: str) -> None:
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    real = BaseClient._make_api_call  # type: ignore[attr-defined] # every client's one way out

    def busy(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        if parameters.get("Key", {}).get("sk") == {"S": "#feed"}:
            raise ClientError(THROTTLED, operation)
        return real(client, operation, parameters)

    with mock.patch.object(BaseClient, "_make_api_call", busy):
        imported = site.post("/v1/import", {"items": [asin]})
        removed = site.delete("/v1/products/B0TEST0001")

    assert (imported.status, imported.json["code"]) == (503, "store_unavailable")
    assert (removed.status, removed.json["code"]) == (503, "store_unavailable")
