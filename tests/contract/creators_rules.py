"""The rules of the Creators API for requests, from its documentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.contract.creators_variants import Json

MARKETPLACE = re.compile(r"www\.amazon\.(com|ca|de|fr|it|es|nl|pl|se|ie|ae|sa|eg|in|sg|"
                         r"co\.uk|co\.jp|com\.(mx|br|be|tr|au))")  # fmt: skip


class Refusal(Exception):
    """An error response of the catalog."""

    def __init__(
        self, status: int, kind: str, reason: str | None = None, fields: tuple[str, ...] = ()
    ) -> None:
        super().__init__(kind)
        self.status = status
        self.body: Json = {"type": kind, "message": _MESSAGES.get(reason or kind, "No.")}
        if reason:
            self.body["reason"] = reason
        if fields:
            self.body["fieldList"] = list(fields)


_MESSAGES = {
    "FieldValidationFailed": "Request validation failed.",
    "InvalidPartnerTag": "Partner tag in the request is invalid or is not mapped to the store "
    "associated with your credential.",
    "TokenExpired": "Authentication token has expired.",
    "AssociateNotEligible": "Your account does not currently meet the eligibility requirements.",
    "ThrottleException": "The request was denied due to request throttling. Please verify the "
    "number of requests made per second.",
    "InternalServerException": "An unexpected error occurred while processing your request.",
}

Check = Callable[[object], bool]


def _text(max_length: int) -> Check:
    return lambda value: isinstance(value, str) and 1 <= len(value) <= max_length


def _matches(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _integer(minimum: int, maximum: int) -> Check:
    return lambda value: type(value) is int and minimum <= value <= maximum


def _any_of(*values: str) -> Check:
    return lambda value: value in values


def _list_of(each: Check, max_length: int) -> Check:
    return lambda value: (
        isinstance(value, list) and 1 <= len(value) <= max_length and all(map(each, value))
    )


_CHECKS: Mapping[str, Check] = {
    "partnerTag": _text(64),
    "partnerType": _any_of("Associates"),
    "marketplace": _matches(MARKETPLACE.pattern),
    "languagesOfPreference": _list_of(_matches(r"[a-z]{2}_[A-Z]{2}"), 1),
    "currencyOfPreference": _matches(r"[A-Z]{3}"),
    "resources": _list_of(_text(100), 100),
    "properties": lambda value: isinstance(value, dict),
    "condition": _any_of("Any", "New"),
    "itemIds": _list_of(_matches(r"[A-Z0-9]{10}"), 10),
    "itemIdType": _any_of("ASIN"),
    "asin": _matches(r"[A-Z][A-Z0-9]{9}|[0-9]{9}[0-9X]"),
    "variationCount": _integer(1, 10),
    "variationPage": _integer(1, 10**6),
    "browseNodeIds": _list_of(_matches(r"[0-9]{1,19}"), 10),
    "browseNodeId": _matches(r"[1-9][0-9]{0,18}"),
    "availability": _any_of("Available", "IncludeOutOfStock"),
    "deliveryFlags": _list_of(
        _any_of("AmazonGlobal", "FreeShipping", "FulfilledByAmazon", "Prime"), 4
    ),
    "itemCount": _integer(1, 10),
    "itemPage": _integer(1, 10),
    "minPrice": _integer(1, 2**31),
    "maxPrice": _integer(1, 2**31),
    "minReviewsRating": _integer(1, 4),
    "minSavingPercent": _integer(1, 99),
    "searchIndex": _matches(r"[A-Za-z]{1,1000}"),
    "sortBy": _any_of(
        "AvgCustomerReviews", "Featured", "NewestArrivals", "Price:HighToLow", "Price:LowToHigh",
        "Relevance",
    ),
    **dict.fromkeys(("keywords", "actor", "artist", "author", "brand", "title"), _text(1000)),
}  # fmt: skip

_COMMON = {"partnerTag", "partnerType", "marketplace", "languagesOfPreference", "resources"}
_OFFERS = {"condition", "currencyOfPreference", "properties"}
_SEARCH_MEMBERS = {
    "keywords",
    "actor",
    "artist",
    "author",
    "brand",
    "title",
    "browseNodeId",
    "searchIndex",
}


@dataclass(frozen=True)
class Operation:
    """The allowed members, the required members, and the resources of an operation."""

    members: frozenset[str]
    required: frozenset[str]
    resources: frozenset[str]


def _branch(root: str, leaves: str) -> set[str]:
    return {f"{root}.{leaf}" for leaf in leaves.split()}


_ITEM_RESOURCES = {
    "parentASIN",
    *_branch("browseNodeInfo", "browseNodes browseNodes.ancestor browseNodes.salesRank"),
    "browseNodeInfo.websiteSalesRank",
    *_branch("images.primary", "small medium large"),
    *_branch("images.variants", "small medium large"),
    *_branch("itemInfo", "byLineInfo contentInfo contentRating classifications externalIds"),
    *_branch("itemInfo", "features manufactureInfo productInfo technicalInfo title tradeInInfo"),
    *_branch("offersV2.listings", "availability condition dealDetails isBuyBoxWinner type"),
    *_branch("offersV2.listings", "loyaltyPoints merchantInfo price"),
}
_UNDOCUMENTED = {
    "customerReviews.count", "customerReviews.starRating", "images.primary.highRes",
    "images.variants.highRes",
}  # fmt: skip


def _operation(members: set[str], required: set[str], resources: set[str]) -> Operation:
    return Operation(
        frozenset(_COMMON | members),
        frozenset({"partnerTag", "marketplace"} | required),
        frozenset(resources),
    )


OPERATIONS = {
    "getItems": _operation(_OFFERS | {"itemIds", "itemIdType"}, {"itemIds"}, _ITEM_RESOURCES),
    "searchItems": _operation(
        _OFFERS | _SEARCH_MEMBERS | {"availability", "deliveryFlags", "itemCount", "itemPage",
        "minPrice", "maxPrice", "minReviewsRating", "minSavingPercent", "sortBy"},
        set(), _ITEM_RESOURCES | {"searchRefinements"},
    ),
    "getVariations": _operation(
        _OFFERS | {"asin", "variationCount", "variationPage"},
        {"asin"},
        _ITEM_RESOURCES
        | _branch("variationSummary", "price.highestPrice price.lowestPrice variationDimension"),
    ),
    "getBrowseNodes": _operation(
        {"browseNodeIds"}, {"browseNodeIds"}, _branch("browseNodes", "ancestor children")
    ),
}  # fmt: skip


def check_request(operation: str, body: Json, undocumented: bool) -> None:
    """Raise `Refusal` naming every member that is missing, unknown, or invalid."""
    rules = OPERATIONS[operation]
    wrong = set(rules.required - set(body))
    wrong |= {name for name in body if name not in rules.members or not _CHECKS[name](body[name])}
    if operation == "searchItems" and not _SEARCH_MEMBERS & set(body):
        wrong.add("keywords")
    known = set(rules.resources)
    if undocumented and operation != "getBrowseNodes":
        known |= _UNDOCUMENTED
    if not wrong and not set(body.get("resources", ())) <= known:
        wrong.add("resources")
    if wrong:
        raise Refusal(400, "ValidationException", "FieldValidationFailed", tuple(sorted(wrong)))
