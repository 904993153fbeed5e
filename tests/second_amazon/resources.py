"""The resources that each operation accepts, and the parts of an item that they select.

Resources are named as the Creators API names them. `RESOURCES` holds the names of both APIs;
those of the first Offers resource and of RentalOffers exist in PA-API only.
"""

from collections.abc import Iterable
from typing import Any

DEFAULT = ("itemInfo.title",)
_SIZES = ("small", "medium", "large")
_ITEM = (
    "browseNodeInfo.browseNodes",
    "browseNodeInfo.browseNodes.ancestor",
    "browseNodeInfo.browseNodes.salesRank",
    "browseNodeInfo.websiteSalesRank",
    "customerReviews.count",
    "customerReviews.starRating",
    *(f"images.{which}.{size}" for which in ("primary", "variants") for size in _SIZES),
    *(
        f"itemInfo.{name}"
        for name in (
            "byLineInfo", "classifications", "contentInfo", "contentRating", "externalIds",
            "features", "manufactureInfo", "productInfo", "technicalInfo", "title", "tradeInInfo",
        )
    ),
    *(
        f"offersV2.listings.{name}"
        for name in (
            "availability", "condition", "dealDetails", "isBuyBoxWinner", "loyaltyPoints",
            "merchantInfo", "price", "type",
        )
    ),
    "parentASIN",
)  # fmt: skip
_HIGH_RESOLUTION = ("images.primary.highRes", "images.variants.highRes")
_OFFERS = (
    *(
        f"offers.listings.{name}"
        for name in (
            "availability.maxOrderQuantity", "availability.message",
            "availability.minOrderQuantity", "availability.type", "condition",
            "condition.conditionNote", "condition.subCondition",
            "deliveryInfo.isAmazonFulfilled", "deliveryInfo.isFreeShippingEligible",
            "deliveryInfo.isPrimeEligible", "deliveryInfo.shippingCharges", "isBuyBoxWinner",
            "loyaltyPoints.points", "merchantInfo", "price",
            "programEligibility.isPrimeExclusive", "programEligibility.isPrimePantry",
            "promotions", "savingBasis",
        )
    ),
    "offers.summaries.highestPrice",
    "offers.summaries.lowestPrice",
    "offers.summaries.offerCount",
)  # fmt: skip
_VARIATIONS = (
    "variationSummary.price.highestPrice",
    "variationSummary.price.lowestPrice",
    "variationSummary.variationDimension",
)
_OF_OPERATION: dict[str, tuple[str, ...]] = {
    "searchItems": (*_ITEM, "searchRefinements"),
    "getItems": _ITEM,
    "getVariations": (*_ITEM, *_VARIATIONS),
    "getBrowseNodes": ("browseNodes.ancestor", "browseNodes.children"),
}


def accepted(operation: str, *, paapi: bool) -> frozenset[str]:
    """Return the resources that an operation of one of the APIs accepts."""
    names = _OF_OPERATION[operation]
    if operation == "getBrowseNodes":
        return frozenset(names)
    return frozenset((*names, *(_OFFERS if paapi else _HIGH_RESOLUTION)))


def select(item: dict[str, Any], resources: Iterable[str]) -> dict[str, Any]:
    """Return the parts of an item that were requested; ASIN and address are always there."""
    wanted = set(resources)
    groups = {name.partition(".")[0] for name in wanted}
    always = {"asin", "detailPageURL", "variationAttributes", "score", "someFutureResource"}
    selected = {name: part for name, part in item.items() if name in always | groups}
    for group in ("images", "itemInfo", "offersV2"):
        if isinstance(part := selected.get(group), dict):
            selected[group] = _SELECTORS[group](part, wanted)
    return selected


def _select_images(images: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    primary = {
        size: image
        for size, image in images["primary"].items()
        if f"images.primary.{size}" in wanted
    }
    return {"primary": primary} if primary else {}


def _select_info(info: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    return {name: part for name, part in info.items() if f"itemInfo.{name}" in wanted}


def _select_offers(offers: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    listings = offers.get("listings")
    if not isinstance(listings, list):
        return offers
    # `violatesMAP` belongs to no resource; both documentations show it beside every listing.
    always = {"violatesMAP"}
    return {
        "listings": [
            {
                name: part
                for name, part in listing.items()
                if name in always or f"offersV2.listings.{name[:1].lower()}{name[1:]}" in wanted
            }
            for listing in listings
        ]
    }


_SELECTORS = {"images": _select_images, "itemInfo": _select_info, "offersV2": _select_offers}
