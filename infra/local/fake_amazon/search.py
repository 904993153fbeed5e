"""Product search: the same keywords always generate the same products."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.catalog import FakeCatalog, ListedProduct
from infra.local.fake_amazon.marketplaces import Marketplace
from infra.local.fake_amazon.offers import delivery_flags, saving_percent
from infra.local.fake_amazon.parameters import Parameters
from infra.local.fake_amazon.products import BOOKS, Seed, is_asin, stable_asin, stable_number
from infra.local.fake_amazon.vocabulary import vocabulary

NO_RESULTS_KEYWORD = "zzznothing"
_SEARCH_TERMS = ("Keywords", "Actor", "Artist", "Author", "Brand", "Title")
_MAX_PRICE = 10**12
_MIN_RESULTS = 24
_SORTS: dict[str, Callable[[ListedProduct], float]] = {
    "Price:LowToHigh": lambda listed: listed.price,
    "Price:HighToLow": lambda listed: -listed.price,
    "AvgCustomerReviews": lambda listed: -listed.product.rating,
    "NewestArrivals": lambda listed: stable_number("arrival", listed.product.asin, below=10**6),
}
_DELIVERY_FLAGS = ("AmazonGlobal", "FreeShipping", "FulfilledByAmazon", "Prime")
_SORT_NAMES = (*_SORTS, "Featured", "Relevance")


@dataclass(frozen=True)
class Query:
    """The search parameters of a SearchItems request."""

    text: str
    brand: str
    author: str
    index: str
    node: str
    availability: str
    sort: str
    count: int
    page: int
    min_price: int | None
    max_price: int | None
    min_rating: int | None
    min_saving: int | None
    condition: str
    delivery: tuple[str, ...]


def parse_query(parameters: Parameters) -> Query:
    """Return the query; raise Amazon's error if a parameter is invalid."""
    terms = {name: " ".join(parameters.text(name).split()) for name in _SEARCH_TERMS}
    node = parameters.text("BrowseNodeId")
    if node and not re.fullmatch(r"[1-9][0-9]{0,18}", node):
        raise errors.invalid_parameter("BrowseNodeId", node)
    if not any(terms.values()) and not node:
        raise errors.missing_parameter("Keywords")
    flags = parameters.strings("DeliveryFlags", len(_DELIVERY_FLAGS))
    for flag in flags:
        if flag not in _DELIVERY_FLAGS:
            raise errors.invalid_parameter("DeliveryFlags", flag)
    people = terms["Author"] or terms["Artist"] or terms["Actor"]
    min_price = parameters.integer("MinPrice", 1, _MAX_PRICE)
    max_price = parameters.integer("MaxPrice", 1, _MAX_PRICE)
    if min_price and max_price and min_price > max_price:
        raise errors.invalid_parameter("MinPrice", min_price)
    return Query(
        text=" ".join(part for part in (terms["Keywords"], terms["Title"]) if part),
        brand=terms["Brand"],
        author=people,
        index=parameters.choice("SearchIndex", vocabulary().indexes, "All"),
        node=node,
        availability=parameters.choice(
            "Availability", ("Available", "IncludeOutOfStock"), "Available"
        ),
        sort=parameters.choice("SortBy", _SORT_NAMES, "Relevance"),
        count=parameters.integer("ItemCount", 1, 10) or 10,
        page=parameters.integer("ItemPage", 1, 10) or 1,
        min_price=min_price,
        max_price=max_price,
        min_rating=parameters.integer("MinReviewsRating", 1, 4),
        min_saving=parameters.integer("MinSavingPercent", 1, 99),
        condition=parameters.text("Condition") or "Any",
        delivery=tuple(flags),
    )


def find_products(
    query: Query, catalog: FakeCatalog, marketplace: Marketplace, language: str | None
) -> list[ListedProduct]:
    """Return all matching products in the requested order."""
    candidates = (
        catalog.look_up(asin, marketplace, language)
        for asin in _candidates(query, catalog)
        if catalog.error_code_for(asin, marketplace) is None
    )
    found = [listed for listed in candidates if _matches(listed, query)]
    if query.sort in _SORTS:
        found.sort(key=_SORTS[query.sort])
    return found


def _candidates(query: Query, catalog: FakeCatalog) -> list[str]:
    text = query.text
    if NO_RESULTS_KEYWORD in text.lower():
        return []
    if is_asin(text):
        return [text]
    key = (text.lower(), query.brand.lower(), query.author.lower(), query.index, query.node)
    asins = [
        stable_asin("search", *key, str(index))
        for index in range(_MIN_RESULTS + stable_number("hits", *key, below=120))
    ]
    kinds = _kinds_of(query)
    # GetItems must later return the same products, so their seeds are stored.
    for asin in asins:
        kind = kinds[stable_number("kind", asin, below=len(kinds))]
        seed = Seed(_capitalize(text.lower()), kind, query.brand or None, query.author or None)
        catalog.store_seed(asin, seed)
    return asins


def _kinds_of(query: Query) -> list[int]:
    """Return the numbers of the kinds in the browse node or else in the category of a query."""
    every = list(enumerate(vocabulary().kinds))
    in_node = [number for number, kind in every if query.node in (kind.node, kind.root)]
    in_index = [number for number, kind in every if kind.index == query.index]
    return in_node or in_index or list(range(BOOKS))


def _capitalize(text: str) -> str:
    # Letters of other scripts may become two when capitalized.
    words = (word[:1].upper() + word[1:] if word[:1].isascii() else word for word in text.split())
    return " ".join(words)


def _matches(listed: ListedProduct, query: Query) -> bool:
    product = listed.product
    return (
        (query.availability != "Available" or listed.is_available)
        and (query.min_price or 0) <= listed.price <= (query.max_price or listed.price)
        and query.condition in ("Any", _condition_of(listed))
        and delivery_flags(listed).issuperset(query.delivery)
        and query.brand.lower() in ("", (product.brand or "").lower())
        and product.rating >= (query.min_rating or 0)
        and saving_percent(listed) >= (query.min_saving or 0)
    )


def _condition_of(listed: ListedProduct) -> str:
    return "Used" if listed.product.offer_type == "used" else "New"
