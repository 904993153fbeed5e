"""PA-API 5.0 responses for tests: recordings, and bodies with given items."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from amzlinkr.amazon.errors import error_from_response
from amzlinkr.amazon.paapi5 import parser
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.catalog import LookupResult, SearchPage
from amzlinkr.domain.products import Product
from tests.clock import START

RECORDINGS = Path(__file__).parents[2] / "recordings" / "paapi5"
COMPLETE_ITEM = {
    "asin": "B0GOOD0001",
    "detailPageURL": "https://www.amazon.com/dp/B0GOOD0001?tag=unit-20",
    "images": {
        "primary": {
            "large": {
                "url": "https://m.media-amazon.com/images/I/1.jpg",
                "width": 500,
                "height": 375,
            }
        }
    },
    "itemInfo": {
        "title": {"displayValue": "Kettle"},
        "features": {"displayValues": ["Boils water"]},
        "byLineInfo": {"brand": {"displayValue": "Maker"}},
        "classifications": {"binding": {"displayValue": "Kitchen"}},
    },
    "offersV2": {
        "listings": [
            {
                "price": {"money": {"amount": 59.49, "currency": "USD", "displayAmount": "$59.49"}},
                "availability": {"type": "IN_STOCK"},
                "condition": {"value": "New"},
                "merchantInfo": {"name": "Amazon.com"},
                "isBuyBoxWinner": True,
            }
        ]
    },
}
"""An item of the Creators API with all members that are requested."""
GOOD = {"ASIN": "B0GOOD0001", "ItemInfo": {"Title": {"DisplayValue": "Good"}}}


def read_lookup(body: bytes, code: str = "US", at: datetime = START) -> LookupResult:
    """Return the lookup result of a body; every ASIN in the body counts as requested."""
    asins = re.findall(r"\b[A-Z0-9]{10}\b", body.decode())
    return parser.reader(marketplace_code=code).lookup(AmazonResponse(200, {}, body), asins, at)


def read_search(body: bytes) -> SearchPage:
    """Return the search page of a body."""
    return parser.reader(marketplace_code="US").search_page(AmazonResponse(200, {}, body), START)


def recorded_lookup(name: str, code: str = "US") -> LookupResult:
    """Return the lookup result of a recording."""
    return read_lookup((RECORDINGS / name).read_bytes(), code)


def recorded_search(name: str) -> SearchPage:
    """Return the search page of a recording."""
    return read_search((RECORDINGS / name).read_bytes())


def lookup_of(*items: object) -> LookupResult:
    """Return the lookup result of a response with these items."""
    return read_lookup(json.dumps({"ItemsResult": {"Items": items}}).encode())


def only_product(lookup: LookupResult) -> Product:
    """Return the single product of a lookup result."""
    (product,) = lookup.found.values()
    return product


def product_with(**members: Any) -> Product:
    """Return the product of an item with these additional members."""
    return only_product(lookup_of(GOOD | members))


def renamed(part: Any, name_of: Callable[[str], str]) -> Any:
    """Return a part of a document with other member names."""
    if isinstance(part, dict):
        return {name_of(name): renamed(value, name_of) for name, value in part.items()}
    return [renamed(value, name_of) for value in part] if isinstance(part, list) else part


def error_of(
    status: int, body: object = b"", service: str = "paapi5", **headers: str
) -> AmazonError | None:
    """Return the error of a response."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_from_response(AmazonResponse(status, named, content), service, START)
