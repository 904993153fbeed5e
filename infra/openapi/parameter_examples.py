"""Examples of optional parameters by name; without one, Postman sends the name of the type."""

from typing import Any

from infra.openapi.examples import ASIN

PARAMETER_EXAMPLES: dict[str, Any] = {
    "actor": "Tom Hanks",
    "artist": "Miles Davis",
    "asins": f"{ASIN},B0EXAMPLE2",
    "author": "Jane Austen",
    "availability": "in_stock,in_stock_scarce",
    "brand": "Bosch",
    "browse_node": "283155",
    "category": "HomeAndKitchen",
    "condition": "New",
    # The beginning: the service alone makes other cursors.
    "cursor": "",
    "delivery": "FreeShipping",
    "If-None-Match": '"33a64df5"',
    "in_stock": True,
    "limit": 100,
    "marketplace": "US",
    "max_price": 9900,
    "min_price": 1000,
    "min_rating": 4,
    "min_saving": 10,
    "page": 1,
    "price_status": "current,hidden",
    "sort": "AvgCustomerReviews",
    "title": "tea pot",
}
