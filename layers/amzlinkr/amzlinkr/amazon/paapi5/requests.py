"""The bodies of PA-API 5.0's operations. Only what is needed is asked for: resources cost time."""

from __future__ import annotations

from collections.abc import Sequence

from amzlinkr.domain.credentials import PaapiCredentials
from amzlinkr.domain.searching import RESULTS_A_PAGE, Search

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


def get_items(credentials: PaapiCredentials, asins: Sequence[str]) -> dict[str, object]:
    """GetItems for up to ten ASINs."""
    return _common(credentials) | {"ItemIdType": "ASIN", "ItemIds": list(asins)}


def search_items(credentials: PaapiCredentials, search: Search) -> dict[str, object]:
    """SearchItems; filters that are not set are left to Amazon's defaults."""
    optional = {
        "SearchIndex": search.category,
        "SortBy": search.sort,
        "Brand": search.brand,
        "MinPrice": search.min_price,
        "MaxPrice": search.max_price,
        "MinReviewsRating": search.min_rating,
        "MinSavingPercent": search.min_saving,
    }
    return (
        _common(credentials)
        | {
            "Keywords": search.keywords,
            "ItemPage": search.page,
            "ItemCount": RESULTS_A_PAGE,
            "Availability": "Available" if search.in_stock else "IncludeOutOfStock",
        }
        | {name: value for name, value in optional.items() if value is not None}
    )


def _common(credentials: PaapiCredentials) -> dict[str, object]:
    return {
        "Marketplace": credentials.marketplace.domain,
        "PartnerTag": credentials.partner_tag,
        "PartnerType": "Associates",
        "Resources": RESOURCES,
    }
