"""The PA-API backend: every operation has its path, its target, and its result."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from amzlinkr.domain.catalog import BrowseNode, NodeName, Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Catalog
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import catalog_at
from tests.unit.amazon.responses import GOOD
from tests.unit.wire import Wire, reply

ASIN = "B0GOOD0001"
ITEMS = {"Items": [GOOD]}
NODES = {"BrowseNodes": [{"Id": "17", "DisplayName": "Tea", "Ancestor": {"Id": "1"}}]}
Call = Callable[[Catalog, Deadline], Any]
CALLS: list[tuple[str, Any, Any, Call]] = [
    (
        "GetItems",
        {"ItemsResult": ITEMS},
        {"ItemIds": [ASIN]},
        lambda catalog, end: list(catalog.items([ASIN], end).found.values()),
    ),
    (
        "SearchItems",
        {"SearchResult": ITEMS},
        {"Keywords": "tea"},
        lambda catalog, end: list(catalog.search(Search("tea"), end).items),
    ),
    (
        "GetVariations",
        {"VariationsResult": ITEMS},
        {"ASIN": ASIN, "VariationPage": 2, "VariationCount": 10},
        lambda catalog, end: list(catalog.variations(ASIN, 2, end).items),
    ),
]


@pytest.mark.parametrize(("operation", "body", "members", "call"), CALLS)
def test_operation_is_sent_to_its_path_and_returns_products(
    clock: FakeClock, operation: str, body: Any, members: Any, call: Call
) -> None:
    with Wire([reply(200, body)]) as wire:
        (product,) = call(catalog_at(wire.url, clock, "DE"), Deadline.after(clock, 3))

    (sent,) = wire.sent
    assert sent.path == f"/paapi5/{operation.lower()}"
    assert sent.headers["x-amz-target"].endswith(f".ProductAdvertisingAPIv1.{operation}")
    request = json.loads(sent.body)
    assert members.items() <= request.items()
    assert (request["Marketplace"], request["PartnerTag"]) == ("www.amazon.de", "unit-20")
    assert (product.asin, product.marketplace, product.observed_at) == (ASIN, "DE", START)


def test_browse_nodes_are_read_with_their_ancestors(clock: FakeClock) -> None:
    with Wire([reply(200, {"BrowseNodesResult": NODES})]) as wire:
        nodes = catalog_at(wire.url, clock).browse_nodes(["17"], Deadline.after(clock, 3))

    assert wire.sent[0].path == "/paapi5/getbrowsenodes"
    assert json.loads(wire.sent[0].body)["BrowseNodeIds"] == ["17"]
    assert nodes == (BrowseNode("17", "Tea", (NodeName("1", "1"),)),)
