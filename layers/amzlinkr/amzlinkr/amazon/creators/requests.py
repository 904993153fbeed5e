"""Request bodies of the Creators API operations (Creators API documentation, API reference).

Only the resources that are shown are requested, because each resource adds response time.
"""

from __future__ import annotations

from collections.abc import Sequence

from amzlinkr.domain.catalog import RESULTS_PER_PAGE, Search
from amzlinkr.domain.credentials import CreatorsCredentials
from amzlinkr.domain.errors import InvalidRequest

RESOURCES = [
    "images.primary.large",
    "images.primary.medium",
    "itemInfo.byLineInfo",
    "itemInfo.classifications",
    "itemInfo.features",
    "itemInfo.title",
    "offersV2.listings.availability",
    "offersV2.listings.condition",
    "offersV2.listings.dealDetails",
    "offersV2.listings.isBuyBoxWinner",
    "offersV2.listings.merchantInfo",
    "offersV2.listings.price",
    "offersV2.listings.type",
]
VARIATION_RESOURCES = [*RESOURCES, "variationSummary.variationDimension"]
BROWSE_NODE_RESOURCES = ["browseNodes.ancestor", "browseNodes.children"]
_CONDITIONS = ("Any", "New")


def get_items(credentials: CreatorsCredentials, asins: Sequence[str]) -> dict[str, object]:
    """Return the getItems request for up to ten ASINs."""
    return _common(credentials, RESOURCES) | {"itemIdType": "ASIN", "itemIds": list(asins)}


def search_items(credentials: CreatorsCredentials, search: Search) -> dict[str, object]:
    """Return the searchItems request; filters that are not set keep Amazon's defaults.

    Raises:
        InvalidRequest: The condition exists in PA-API 5.0 only.
    """
    if search.condition not in (None, *_CONDITIONS):
        raise InvalidRequest(
            "condition",
            f"The Creators API does not search for products of the condition {search.condition}.",
            "Use Any or New, or omit the condition.",
        )
    optional = {
        "keywords": search.keywords,
        "brand": search.brand,
        "author": search.author,
        "artist": search.artist,
        "actor": search.actor,
        "title": search.title,
        "searchIndex": search.category,
        "browseNodeId": search.browse_node,
        "sortBy": search.sort,
        "minPrice": search.min_price,
        "maxPrice": search.max_price,
        "minReviewsRating": search.min_rating,
        "minSavingPercent": search.min_saving,
        "condition": search.condition,
        "deliveryFlags": list(search.delivery) or None,
    }
    return (
        _common(credentials, RESOURCES)
        | {
            "itemPage": search.page,
            "itemCount": RESULTS_PER_PAGE,
            "availability": "Available" if search.in_stock else "IncludeOutOfStock",
        }
        | {name: value for name, value in optional.items() if value is not None}
    )


def get_variations(credentials: CreatorsCredentials, asin: str, page: int) -> dict[str, object]:
    """Return the getVariations request for one page of the variations of an ASIN."""
    page_of_asin = {"asin": asin, "variationCount": RESULTS_PER_PAGE, "variationPage": page}
    return _common(credentials, VARIATION_RESOURCES) | page_of_asin


def get_browse_nodes(credentials: CreatorsCredentials, ids: Sequence[str]) -> dict[str, object]:
    """Return the getBrowseNodes request for up to ten IDs."""
    return _common(credentials, BROWSE_NODE_RESOURCES) | {"browseNodeIds": list(ids)}


def _common(credentials: CreatorsCredentials, resources: Sequence[str]) -> dict[str, object]:
    return {
        "marketplace": credentials.marketplace.domain,
        "partnerTag": credentials.partner_tag,
        "resources": resources,
    }
