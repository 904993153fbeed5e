"""The largest response of each call, from the limits of its parts, below the 6 MB of Lambda.

Lambda encodes the response of a function as JSON, in which the body is a text: each quote and each
backslash of the body takes one byte more.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
import pytest

from amzlinkr.amazon import shapes
from amzlinkr.amazon.creators import parser
from amzlinkr.amazon.items import product_from_item
from amzlinkr.amazon.sanitize import MAX_LINK_CHARS
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.catalog import RESULTS_PER_PAGE, Search
from amzlinkr.domain.feed import FeedEntry
from amzlinkr.domain.imports import MAX_ECHOED_CHARS, MAX_INLINE_ITEMS, Entry
from amzlinkr.domain.lists import MAX_LIST_SIZE, ListDefinition, StoredList
from amzlinkr.domain.products import Product, StoredProduct
from amzlinkr.http.presenters.lists import changes_out, list_out, lists_out
from amzlinkr.http.presenters.products import (
    NO_TAGS,
    ResultContext,
    browse_node_out,
    import_result,
    product_out,
    products_out,
    results_of_page,
)
from amzlinkr.http.response import ApiResponse, api_description, to_proxy_response
from amzlinkr.http.schemas.catalog import BrowseNodes, DimensionOut, SearchResults, Variations
from amzlinkr.http.schemas.exports import ExportPage
from amzlinkr.http.schemas.feed import Changes
from amzlinkr.http.schemas.imports import ImportResult, ImportResults, JobProgress
from amzlinkr.http.schemas.lists import ListPageOut
from amzlinkr.http.schemas.products import ProductList
from amzlinkr.http.schemas.sites import SiteOut
from amzlinkr.http.searches import MAX_LIST_TERMS_BYTES
from amzlinkr.storage.list_items import fit_details
from infra.openapi.operations import OPERATIONS
from tests.calls import API_URL
from tests.clock import START
from tests.unit.amazon.responses import COMPLETE_ITEM

MAX_RESPONSE_BYTES = 6 * 1024 * 1024
HEADERS_BYTES = 10_000
FILLERS = ("\U0001f600", '"', "\\", "漢")
"""Characters with the most bytes: in UTF-8, and in JSON within JSON."""
PAGE = 100
READER = parser.reader(marketplace_code="US")
T = TypeVar("T")
CURSOR = "c" * 512
CONTEXT = ResultContext(START, API_URL, NO_TAGS)
WITHOUT_CONTENT = {
    "DELETE /v1/connections/{marketplace}", "DELETE /v1/keys/{kid}", "DELETE /v1/lists/{name}",
    "DELETE /v1/products", "DELETE /v1/products/{asin}", "DELETE /v1/site", "GET /v1/audit",
    "GET /v1/connections", "GET /v1/diagnostics", "GET /v1/keys", "GET /v1/marketplaces",
    "GET /v1/problems/{code}", "GET /v1/security.txt", "GET /v1/site", "GET /v1/sync",
    "GET /v1/usage", "PATCH /v1/site", "POST /v1/keys", "POST /v1/keys/leaked", "POST /v1/signup",
    "POST /v1/signup/{signup_id}/verify", "POST /v1/sync", "POST /v1/validate",
    "PUT /v1/connections/{marketplace}",
}  # fmt: skip
"""The calls without products and categories: they have short texts, and at most 100 entries."""


def largest_product(filler: str, asin: str = "B0GOOD0001") -> Product:
    """Return what is kept of an item with more text than any limit allows."""
    text = filler * 2_000
    item = json.loads(json.dumps(COMPLETE_ITEM))
    item["asin"] = asin
    path = "/dp/".ljust(MAX_LINK_CHARS, "p")
    item["detailPageURL"] = f"https://www.amazon.com{path}"[:MAX_LINK_CHARS]
    large = item["images"]["primary"]["large"]
    large["url"] = f"https://m.media-amazon.com{path}"[:MAX_LINK_CHARS]
    info = item["itemInfo"]
    for part in (info["title"], info["byLineInfo"]["brand"], info["classifications"]["binding"]):
        part["displayValue"] = text
    info["features"]["displayValues"] = [text] * 100
    (listing,) = item["offersV2"]["listings"]
    amount = {"amount": 100, "currency": "USD", "displayAmount": text}
    higher = {
        "money": amount | {"amount": 200},
        "savingBasisType": "LIST_PRICE",
        "savingBasisTypeLabel": text,
    }
    listing["price"] = {
        "money": amount, "savingBasis": higher, "savings": {"percentage": 50},
        "pricePerUnit": {"money": amount},
    }  # fmt: skip
    listing["availability"] |= {"message": text, "minOrderQuantity": 10, "maxOrderQuantity": 999}
    listing["merchantInfo"]["name"] = listing["condition"]["value"] = text
    listing["dealDetails"] = {"badge": text, "accessType": "ALL"}
    decoded = msgspec.json.decode(msgspec.json.encode(item), type=shapes.Item, strict=False)
    return product_from_item(decoded, "US", START)


def stored(number: int, filler: str) -> StoredProduct:
    made = largest_product(filler, f"B{number:09d}")
    return StoredProduct(made.asin, "US", made.details, made.offer, START, seq=number)


def stored_list(number: int, filler: str) -> StoredList:
    terms = filler * (MAX_LIST_TERMS_BYTES // len(json.dumps(filler, ensure_ascii=False).encode()))
    items = fit_details([largest_product(filler, f"B{n:09d}") for n in range(MAX_LIST_SIZE)])
    definition = ListDefinition(f"{number:064d}", Search(terms), MAX_LIST_SIZE)
    return StoredList(definition.name, "US", definition, items, START, seq=number)


def result(number: int, filler: str) -> ImportResult:
    product = stored(number, filler)
    entry = Entry(filler * MAX_ECHOED_CHARS, product.asin, "US")
    return import_result(entry, None, product, CONTEXT)


def amazon_response(body: object) -> AmazonResponse:
    return AmazonResponse(200, {}, msgspec.json.encode(body))


def product_page(filler: str) -> ProductList:
    return ProductList(products_out(many(stored, filler), START, NO_TAGS), True, CURSOR)


def export_page(filler: str) -> ExportPage:
    site = SiteOut(
        site_id="s" * 40, site_url="https://" + "h" * 500, email="e" * 254, created_at=START,
        refresh_hours=1, suspended=False, connections=[],
    )  # fmt: skip
    products = products_out(many(stored, filler), START, NO_TAGS)
    lists = lists_out(many(stored_list, filler, 10), START)
    return ExportPage(site, [], [], products, lists, True, CURSOR)


def job_page(filler: str) -> JobProgress:
    results = results_of_page(list(many(result, filler)))
    return JobProgress("j" * 40, "running", 1_000, 1_000, 0, results, True, CURSOR)


def search_page(filler: str) -> SearchResults:
    """Return the results of a search to which Amazon responds with too many products."""
    items = [COMPLETE_ITEM | {"asin": f"B{number:09d}"} for number in range(200)]
    body = {"searchResult": {"items": items, "totalResultCount": 10**9}}
    found = READER.search_page(amazon_response(body), START)
    assert len(found.items) == RESULTS_PER_PAGE
    shown = [product_out(largest_product(filler, item.asin), START) for item in found.items]
    return SearchResults(shown, 10**9, 10, 10, "u" * MAX_LINK_CHARS)


def variation_page(filler: str) -> Variations:
    """Return variations that differ in more attributes and values than a response may have."""
    text = filler * 300
    dimension = {"name": text, "displayName": text, "values": [text] * 800}
    items = [COMPLETE_ITEM | {"asin": f"B{number:09d}"} for number in range(200)]
    summary = {"variationCount": 10**9, "variationDimensions": [dimension] * 12}
    body = {"variationsResult": {"items": items, "variationSummary": summary}}
    page = READER.variation_page(amazon_response(body), START)
    shown = [product_out(largest_product(filler, item.asin), START) for item in page.items]
    dimensions = [DimensionOut(d.name, d.label, d.values) for d in page.dimensions]
    return Variations(shown, dimensions, 10, 10**8)


def categories(filler: str) -> BrowseNodes:
    """Return categories with more relations than a response may have."""
    leaf = {"id": filler * 60, "displayName": filler * 300}
    node: dict[str, Any] = leaf
    for _ in range(30):
        node = leaf | {"ancestor": node}
    node |= {"children": [leaf] * 2_000}
    body = {"browseNodesResult": {"browseNodes": [node] * 20}}
    nodes = READER.browse_nodes(amazon_response(body))
    return BrowseNodes([browse_node_out(found) for found in nodes], ["9" * 19] * 10)


def list_page(filler: str) -> ListPageOut:
    return ListPageOut(lists_out(many(stored_list, filler, 12), START), True, CURSOR)


def feed_page(filler: str) -> Changes:
    entries: list[FeedEntry] = [*many(stored, filler), *many(stored_list, filler, 12)]
    return Changes(changes_out(entries, START), CURSOR, True, {"US": START}, {})


def many(make: Callable[[int, str], T], filler: str, count: int = PAGE) -> Sequence[T]:
    """Return some of the largest parts. They are equal but for their number, which is short."""
    first = make(0, filler)
    return [first] * count


LARGEST: dict[str, Callable[[str], msgspec.Struct | str]] = {
    "GET /v1/products": product_page,
    "GET /v1/products/{asin}": lambda filler: product_out(stored(1, filler), START),
    "GET /v1/export": export_page,
    "GET /v1/import/{job_id}": job_page,
    "POST /v1/import": lambda filler: ImportResults(list(many(result, filler, MAX_INLINE_ITEMS))),
    "GET /v1/search": search_page,
    "GET /v1/variations/{asin}": variation_page,
    "GET /v1/browse_nodes": categories,
    "GET /v1/lists": list_page,
    "GET /v1/lists/{name}": lambda filler: list_out(stored_list(1, filler), START),
    "PUT /v1/lists/{name}": lambda filler: list_out(stored_list(1, filler), START),
    "GET /v1/changes": feed_page,
    "GET /v1/openapi.json": lambda _: api_description(API_URL),
}
"""A function that makes the largest body of each call with content, of one character."""


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("call", LARGEST)
def test_largest_response_is_below_the_limit_of_lambda(call: str, filler: str) -> None:
    response = to_proxy_response(ApiResponse(200, LARGEST[call](filler)))

    size = len(json.dumps(response, ensure_ascii=False).encode())
    assert size < MAX_RESPONSE_BYTES - HEADERS_BYTES


def test_every_call_is_measured_or_has_no_content() -> None:
    calls = {f"{operation.method} {operation.path}" for operation in OPERATIONS}

    assert LARGEST.keys() | WITHOUT_CONTENT == calls
    assert LARGEST.keys().isdisjoint(WITHOUT_CONTENT)


@pytest.mark.parametrize("filler", FILLERS)
def test_largest_product_has_all_fields_at_their_limits(filler: str) -> None:
    product = largest_product(filler)

    assert len(product.details.features) == 20
    assert {len(feature) for feature in product.details.features} == {1_000}
    assert len(product.details.title) == 500
    assert len(product.details.url) == MAX_LINK_CHARS
    assert len(product.offer.merchant or "") == 200
    assert product.offer.list_price is not None
    assert product_out(replace(product), START).unit_price
