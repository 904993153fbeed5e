"""The `Resources` that a request may name, and their selection from a complete item."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

_IMAGES = [f"Images.{k}.{s}" for k in ("Primary", "Variants") for s in ("Small", "Medium", "Large")]
_IMAGES += ["Images.Primary.HighRes", "Images.Variants.HighRes"]
_ITEM_INFO = [
    f"ItemInfo.{name}"
    for name in [
        "ByLineInfo",
        "ContentInfo",
        "ContentRating",
        "Classifications",
        "ExternalIds",
        "Features",
        "ManufactureInfo",
        "ProductInfo",
        "TechnicalInfo",
        "Title",
        "TradeInInfo",
    ]
]
_BROWSE_NODE_INFO = [
    "BrowseNodeInfo.BrowseNodes",
    "BrowseNodeInfo.BrowseNodes.Ancestor",
    "BrowseNodeInfo.BrowseNodes.SalesRank",
    "BrowseNodeInfo.WebsiteSalesRank",
]
_LISTING_LEAVES = [
    "Availability.MaxOrderQuantity",
    "Availability.Message",
    "Availability.MinOrderQuantity",
    "Availability.Type",
    "Condition",
    "Condition.ConditionNote",
    "Condition.SubCondition",
    "DeliveryInfo.IsAmazonFulfilled",
    "DeliveryInfo.IsFreeShippingEligible",
    "DeliveryInfo.IsPrimeEligible",
    "DeliveryInfo.ShippingCharges",
    "MerchantInfo",
]
_V1_LEAVES = [
    "IsBuyBoxWinner",
    "LoyaltyPoints.Points",
    "Price",
    "ProgramEligibility.IsPrimeExclusive",
    "ProgramEligibility.IsPrimePantry",
    "Promotions",
    "SavingBasis",
]
_V2_LEAVES = [
    "Availability",
    "Condition",
    "DealDetails",
    "IsBuyBoxWinner",
    "LoyaltyPoints",
    "MerchantInfo",
    "Price",
    "Type",
]
_SUMMARIES = [f"Offers.Summaries.{name}" for name in ("HighestPrice", "LowestPrice", "OfferCount")]

ITEM_RESOURCES = frozenset(
    [
        *_IMAGES,
        *_ITEM_INFO,
        *_BROWSE_NODE_INFO,
        *_SUMMARIES,
        *(f"Offers.Listings.{leaf}" for leaf in (*_LISTING_LEAVES, *_V1_LEAVES)),
        *(f"RentalOffers.Listings.{leaf}" for leaf in (*_LISTING_LEAVES, "BasePrice")),
        *(f"OffersV2.Listings.{leaf}" for leaf in _V2_LEAVES),
        "CustomerReviews.Count",
        "CustomerReviews.StarRating",
        "ParentASIN",
    ]
)
SEARCH_RESOURCES = ITEM_RESOURCES | {"SearchRefinements"}
VARIATION_RESOURCES = ITEM_RESOURCES | {
    "VariationSummary.Price.HighestPrice",
    "VariationSummary.Price.LowestPrice",
    "VariationSummary.VariationDimension",
}
BROWSE_NODE_RESOURCES = frozenset({"BrowseNodes.Ancestor", "BrowseNodes.Children"})
DEFAULT_RESOURCES = ("ItemInfo.Title",)

# A listing always contains these fields, whichever of its resources were requested.
_ALWAYS_INCLUDED = {
    "Offers.Listings": ("Id", "ViolatesMAP"),
    "OffersV2.Listings": ("ViolatesMAP",),
}
# Requesting the group returns these fields only; the others require their own resource.
_PLAIN_LEAVES = {
    "Offers.Listings.Condition": ("Value",),
    "BrowseNodeInfo.BrowseNodes": ("Id", "DisplayName", "ContextFreeName", "IsRoot"),
}
_SUMMARY_CONDITION = "Offers.Summaries.Condition"


def select_resources(item: Mapping[str, object], resources: Iterable[str]) -> dict[str, object]:
    """Return ASIN, link, and the fields that the resources name."""
    requested = _requested_paths(frozenset(resources))
    kept = _select(item, "", requested)
    return {"ASIN": item["ASIN"], "DetailPageURL": item["DetailPageURL"], **kept}


@lru_cache(maxsize=64)
def _requested_paths(resources: frozenset[str]) -> frozenset[str]:
    return frozenset(_paths(resources))


def _paths(resources: Iterable[str]) -> Iterable[str]:
    for resource in resources:
        for group, leaves in _ALWAYS_INCLUDED.items():
            if resource.startswith(f"{group}."):
                yield from (f"{group}.{leaf}" for leaf in leaves)
        for group, leaves in _PLAIN_LEAVES.items():
            if resource == group or resource.startswith(f"{group}."):
                yield from (f"{group}.{leaf}" for leaf in leaves)
        if resource.startswith("Offers.Summaries."):
            yield _SUMMARY_CONDITION
        if resource not in _PLAIN_LEAVES:
            yield resource


def _select(
    node: Mapping[str, object], prefix: str, requested: frozenset[str]
) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in node.items():
        path = f"{prefix}{name}"
        if path in requested:
            kept[name] = value
        elif isinstance(value, dict):
            inner = _select(value, f"{path}.", requested)
            if inner:
                kept[name] = inner
        elif isinstance(value, list):
            entries = [_select(entry, f"{path}.", requested) for entry in value if _is_node(entry)]
            if any(entries):
                kept[name] = entries
    return kept


def _is_node(entry: object) -> bool:
    return isinstance(entry, dict)
