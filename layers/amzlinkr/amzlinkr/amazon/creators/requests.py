"""The bodies of the Creators API's operations. Only what is needed is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from amzlinkr.domain.catalog import RESULTS_PER_PAGE, Search
from amzlinkr.domain.credentials import CreatorsCredentials

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
OF_VARIATIONS = [*RESOURCES, "variationSummary.variationDimension"]
OF_BROWSE_NODES = ["browseNodes.ancestor", "browseNodes.children"]


def get_items(credentials: CreatorsCredentials, asins: Sequence[str]) -> dict[str, object]:
    """getItems for up to ten ASINs."""
    return _common(credentials, RESOURCES) | {"itemIdType": "ASIN", "itemIds": list(asins)}


def search_items(credentials: CreatorsCredentials, search: Search) -> dict[str, object]:
    """searchItems; filters that are not set are left to Amazon's defaults."""
    optional = {
        "searchIndex": search.category,
        "sortBy": search.sort,
        "brand": search.brand,
        "minPrice": search.min_price,
        "maxPrice": search.max_price,
        "minReviewsRating": search.min_rating,
        "minSavingPercent": search.min_saving,
    }
    return (
        _common(credentials, RESOURCES)
        | {
            "keywords": search.keywords,
            "itemPage": search.page,
            "itemCount": RESULTS_PER_PAGE,
            "availability": "Available" if search.in_stock else "IncludeOutOfStock",
        }
        | {name: value for name, value in optional.items() if value is not None}
    )


def get_variations(credentials: CreatorsCredentials, asin: str, page: int) -> dict[str, object]:
    """getVariations for the family of one ASIN."""
    wanted = {"asin": asin, "variationCount": RESULTS_PER_PAGE, "variationPage": page}
    return _common(credentials, OF_VARIATIONS) | wanted


def get_browse_nodes(credentials: CreatorsCredentials, ids: Sequence[str]) -> dict[str, object]:
    """getBrowseNodes for up to ten numbers."""
    return _common(credentials, OF_BROWSE_NODES) | {"browseNodeIds": list(ids)}


def _common(credentials: CreatorsCredentials, resources: Sequence[str]) -> dict[str, object]:
    return {
        "marketplace": credentials.marketplace.domain,
        "partnerTag": credentials.partner_tag,
        "resources": resources,
    }
