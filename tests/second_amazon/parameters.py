"""Rules for the parameters of the four operations, in the Creators API's spelling.

A broken rule is a pair of Amazon's code, `MissingParameter` or `InvalidParameterValue`, and the
name of the parameter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.second_amazon.locales import Locale
from tests.second_amazon.resources import DEFAULT, accepted

Json = dict[str, Any]
Rule = Callable[[Any], bool]
SEARCH_TERMS = ("keywords", "actor", "artist", "author", "brand", "title")
DELIVERY_FLAGS = ("AmazonGlobal", "FreeShipping", "FulfilledByAmazon", "Prime")
SORT_ORDERS = (
    "AvgCustomerReviews", "Featured", "NewestArrivals", "Price:HighToLow", "Price:LowToHigh",
    "Relevance",
)  # fmt: skip
MAX_LONG = 2**63 - 1


@dataclass(eq=False)
class BadParameter(Exception):
    """A parameter that Amazon rejects."""

    code: str
    name: str


def one_of(*values: str) -> Rule:
    return lambda value: value in values


def number(low: int, high: int = MAX_LONG) -> Rule:
    return lambda value: type(value) is int and low <= value <= high


def text(most: int = 1000) -> Rule:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


def listed(rule: Rule, most: int) -> Rule:
    return lambda value: (
        isinstance(value, list) and 0 < len(value) <= most and all(map(rule, value))
    )


def _is_node(value: Any) -> bool:
    return isinstance(value, str) and value.isdecimal() and int(value) <= MAX_LONG


def _anything(value: Any) -> bool:
    return True


_COMMON: dict[str, Rule] = {
    "partnerTag": text(64),
    "marketplace": text(),
    "languagesOfPreference": listed(text(), 1),
    "currencyOfPreference": text(3),
    "resources": listed(text(), 100),
}
_OFFERS: dict[str, Rule] = {"condition": one_of("Any", "New"), "properties": _anything}
_RULES: dict[str, dict[str, Rule]] = {
    "searchItems": {
        **dict.fromkeys(SEARCH_TERMS, text()),
        "availability": one_of("Available", "IncludeOutOfStock"),
        "browseNodeId": _is_node,
        "deliveryFlags": listed(one_of(*DELIVERY_FLAGS), 4),
        "itemCount": number(1, 10),
        "itemPage": number(1, 10),
        "minPrice": number(1),
        "maxPrice": number(1),
        "minReviewsRating": number(1, 4),
        "minSavingPercent": number(1, 99),
        "searchIndex": text(),
        "sortBy": one_of(*SORT_ORDERS),
        **_OFFERS,
    },
    "getItems": {"itemIds": listed(text(), 10), "itemIdType": one_of("ASIN"), **_OFFERS},
    "getVariations": {
        "asin": text(10),
        "variationCount": number(1, 10),
        "variationPage": number(1),
        **_OFFERS,
    },
    "getBrowseNodes": {"browseNodeIds": listed(text(), 10)},
}
_PAAPI_ONLY: dict[str, Rule] = {
    "condition": one_of("Any", "New", "Used", "Collectible", "Refurbished"),
    "merchant": one_of("All", "Amazon"),
    "offerCount": number(1),
    "partnerType": one_of("Associates"),
    "operation": _anything,
}
# Live clients of the Creators API still send it.
_TOLERATED: dict[str, Rule] = {"partnerType": _anything}
_REQUIRED = {"getItems": "itemIds", "getVariations": "asin", "getBrowseNodes": "browseNodeIds"}


def check(operation: str, body: Json, locale: Locale, *, paapi: bool) -> None:
    """Check the body of a call.

    Raises:
        BadParameter: The first parameter that Amazon would reject.
    """
    rules = _COMMON | _RULES[operation] | (_PAAPI_ONLY if paapi else _TOLERATED)
    for name in _missing(operation, body, paapi=paapi):
        raise BadParameter("MissingParameter", name)
    for name, value in body.items():
        if name not in rules or not rules[name](value):
            raise BadParameter("InvalidParameterValue", name)
    if body.get("marketplace", locale.website) != locale.website:
        raise BadParameter("InvalidParameterValue", "marketplace")
    if not set(body.get("languagesOfPreference", ())) <= set(locale.languages):
        raise BadParameter("InvalidParameterValue", "languagesOfPreference")
    if not set(body.get("resources", DEFAULT)) <= accepted(operation, paapi=paapi) | set(DEFAULT):
        raise BadParameter("InvalidParameterValue", "resources")


def _missing(operation: str, body: Json, *, paapi: bool) -> Iterator[str]:
    if "partnerTag" not in body:
        yield "partnerTag"
    if paapi and "partnerType" not in body:
        yield "partnerType"
    if operation in _REQUIRED and _REQUIRED[operation] not in body:
        yield _REQUIRED[operation]
    if operation == "searchItems" and not set(SEARCH_TERMS) & set(body):
        yield "keywords"
