"""Request bodies of the PA-API 5.0 operations (PA-API 5.0 documentation, API reference).

Only the resources that are shown are requested, because each resource adds response time.
"""

from __future__ import annotations

from collections.abc import Sequence

from amzlinkr.domain.catalog import RESULTS_PER_PAGE, Search
from amzlinkr.domain.credentials import PaapiCredentials

RESOURCES = [
    "Images.Primary.Large",
    "Images.Primary.Medium",
    "ItemInfo.ByLineInfo",
    "ItemInfo.Classifications",
    "ItemInfo.Features",
    "ItemInfo.Title",
    "OffersV2.Listings.Availability",
    "OffersV2.Listings.Condition",
    "OffersV2.Listings.DealDetails",
    "OffersV2.Listings.IsBuyBoxWinner",
    "OffersV2.Listings.MerchantInfo",
    "OffersV2.Listings.Price",
    "OffersV2.Listings.Type",
]
VARIATION_RESOURCES = [*RESOURCES, "VariationSummary.VariationDimension"]
BROWSE_NODE_RESOURCES = ["BrowseNodes.Ancestor", "BrowseNodes.Children"]


def get_items(credentials: PaapiCredentials, asins: Sequence[str]) -> dict[str, object]:
    """Return the GetItems request for up to ten ASINs."""
    return _common(credentials, RESOURCES) | {"ItemIdType": "ASIN", "ItemIds": list(asins)}


def search_items(credentials: PaapiCredentials, search: Search) -> dict[str, object]:
    """Return the SearchItems request; filters that are not set keep Amazon's defaults."""
    optional = {
        "Keywords": search.keywords,
        "Brand": search.brand,
        "Author": search.author,
        "Artist": search.artist,
        "Actor": search.actor,
        "Title": search.title,
        "SearchIndex": search.category,
        "BrowseNodeId": search.browse_node,
        "SortBy": search.sort,
        "MinPrice": search.min_price,
        "MaxPrice": search.max_price,
        "MinReviewsRating": search.min_rating,
        "MinSavingPercent": search.min_saving,
        "Condition": search.condition,
        "DeliveryFlags": list(search.delivery) or None,
    }
    return (
        _common(credentials, RESOURCES)
        | {
            "ItemPage": search.page,
            "ItemCount": RESULTS_PER_PAGE,
            "Availability": "Available" if search.in_stock else "IncludeOutOfStock",
        }
        | {name: value for name, value in optional.items() if value is not None}
    )


def get_variations(credentials: PaapiCredentials, asin: str, page: int) -> dict[str, object]:
    """Return the GetVariations request for one page of the variations of an ASIN."""
    page_of_asin = {"ASIN": asin, "VariationCount": RESULTS_PER_PAGE, "VariationPage": page}
    return _common(credentials, VARIATION_RESOURCES) | page_of_asin


def get_browse_nodes(credentials: PaapiCredentials, ids: Sequence[str]) -> dict[str, object]:
    """Return the GetBrowseNodes request for up to ten IDs."""
    return _common(credentials, BROWSE_NODE_RESOURCES) | {"BrowseNodeIds": list(ids)}


def _common(credentials: PaapiCredentials, resources: Sequence[str]) -> dict[str, object]:
    return {
        "Marketplace": credentials.marketplace.domain,
        "PartnerTag": credentials.partner_tag,
        "PartnerType": "Associates",
        "Resources": resources,
    }
