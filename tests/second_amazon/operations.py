"""The four operations, answered in the Creators API's spelling from the catalog."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.second_amazon.catalog import detail_page, image, info
from tests.second_amazon.locales import Locale
from tests.second_amazon.offers import Json, listing, offers, price
from tests.second_amazon.resources import DEFAULT, select
from tests.second_amazon.special_products import (
    BROWSE_NODES,
    FAMILY,
    FAMILY_SIZE,
    variation_dimensions,
)

SILENT = "B0SILENT01"
NAMED = {
    "B0INVALID1": "InvalidParameterValue",
    "B0NOACCES1": "ItemNotAccessible",
    "B0NOTFND01": "ItemNotFound",
    "B0BADID001": "InvalidItemId",
}
"""ASINs that an error names, with its code; the last two codes exist in the Creators API only."""
MANY = 146
"""Hits of a search for `many`; a search for `three pages` has 23."""
PAGE = 10


@dataclass(frozen=True)
class Call:
    """One call of an operation, in the Creators API's spelling."""

    operation: str
    locale: Locale
    body: Json
    paapi: bool


@dataclass
class Outcome:
    """The result of an operation: its member of the envelope, and the errors beside it."""

    name: str
    result: Json | None
    errors: list[Json] = field(default_factory=list)


@dataclass
class Catalog:
    """The products by marketplace and ASIN, and those that have disappeared since.

    `vanished` maps an ASIN to the code of the error that names it, or to "" if it is omitted.
    """

    products: dict[str, dict[str, Json]]
    vanished: dict[str, str] = field(default_factory=dict)

    def run(self, call: Call) -> Outcome:
        """Return the result of an operation."""
        operations = {
            "getItems": self._get_items,
            "searchItems": self._search_items,
            "getVariations": self._get_variations,
            "getBrowseNodes": self._get_browse_nodes,
        }
        return operations[call.operation](call)

    def _get_items(self, call: Call) -> Outcome:
        outcome = Outcome("itemsResult", None)
        items = []
        for asin in dict.fromkeys(call.body["itemIds"]):
            code = self._error_of(asin, call)
            if code is None:
                items.append(self._shown(call, self.products[call.locale.code][asin]))
            elif code:
                outcome.errors.append(_item_error(asin, code, paapi=call.paapi))
        if items:
            # The documentation does not promise the order of the request.
            outcome.result = {"items": items[::-1]}
        return outcome

    def _error_of(self, asin: str, call: Call) -> str | None:
        """Return the code of an ASIN's error, "" for a silent omission, None for a product."""
        if asin in self.vanished:
            return self.vanished[asin]
        if asin in self.products[call.locale.code]:
            return None
        if asin == SILENT:
            return ""
        code = NAMED.get(asin, "InvalidParameterValue")
        is_paapi_code = code in {"InvalidParameterValue", "ItemNotAccessible"}
        return code if is_paapi_code or not call.paapi else "InvalidParameterValue"

    def _shown(self, call: Call, product: Json, link_code: str = "ogi") -> Json:
        url = detail_page(product["asin"], call.locale, call.body["partnerTag"], link_code)
        resources = call.body.get("resources", DEFAULT)
        return select(product | {"detailPageURL": url}, resources)

    def _search_items(self, call: Call) -> Outcome:
        hits = list(self._hits(call))
        if not hits:
            message = "No results found for your request."
            return Outcome("searchResult", None, [{"code": "NoResults", "message": message}])
        count, page = call.body.get("itemCount", PAGE), call.body.get("itemPage", 1)
        shown = hits[(page - 1) * count : page * count]
        words = call.body.get("keywords", "").replace(" ", "+")
        result = {
            "items": [self._shown(call, product, "osi") for product in shown],
            "totalResultCount": len(hits),
            "searchURL": f"https://{call.locale.website}/s?k={words}"
            f"&tag={call.body['partnerTag']}&linkCode=osi",
        }
        return Outcome("searchResult", result)

    def _hits(self, call: Call) -> Iterator[Json]:
        terms = " ".join(
            str(call.body.get(name, ""))
            for name in ("keywords", "title", "author", "brand", "artist", "actor")
        ).lower()
        if "nothing" in terms:
            return
        counts = {"many": MANY, "three pages": 23}
        count = next((count for word, count in counts.items() if word in terms), 5)
        for n in range(count):
            asin = f"B0SEARCH{n:02}" if n < 100 else f"B0SEARC{n}"
            yield {
                "asin": asin,
                "itemInfo": info(f"Hit {n + 1}"),
                "images": image(asin),
                "offersV2": offers(listing(price(10.0 + n))),
            }

    def _get_variations(self, call: Call) -> Outcome:
        products = self.products[call.locale.code]
        asin = call.body["asin"]
        parent = products.get(asin, {}).get("parentASIN") or asin
        if parent != FAMILY:
            message = "No results found for your request."
            return Outcome("variationsResult", None, [{"code": "NoResults", "message": message}])
        children = [p for p in products.values() if p.get("parentASIN") == FAMILY]
        count, page = call.body.get("variationCount", PAGE), call.body.get("variationPage", 1)
        items = [
            self._shown(call, child, "ogv") for child in children[(page - 1) * count : page * count]
        ]
        summary: Json = {"pageCount": -(-FAMILY_SIZE // count), "variationCount": FAMILY_SIZE}
        if "variationSummary.variationDimension" in call.body.get("resources", ()):
            summary["variationDimensions"] = variation_dimensions()
        return Outcome("variationsResult", {"items": items, "variationSummary": summary})

    def _get_browse_nodes(self, call: Call) -> Outcome:
        outcome = Outcome("browseNodesResult", None)
        nodes = []
        for node_id in call.body["browseNodeIds"]:
            if node_id in BROWSE_NODES:
                nodes.append(_select_node(BROWSE_NODES[node_id], call.body.get("resources", ())))
            else:
                message = f"The BrowseNodeId {node_id} provided in the request is invalid."
                error = {"code": "InvalidParameterValue", "message": message}
                outcome.errors.append(error)
        if nodes:
            outcome.result = {"browseNodes": nodes}
        return outcome


def _select_node(node: Json, resources: Any) -> Json:
    wanted = {name.rpartition(".")[2] for name in resources}
    return {
        name: part
        for name, part in node.items()
        if name not in {"ancestor", "children"} or name in wanted
    }


def _item_error(asin: str, code: str, *, paapi: bool) -> Json:
    if code == "ItemNotAccessible":
        api = "Product Advertising API" if paapi else "Creators API"
        return {"code": code, "message": f"The ItemId {asin} is not accessible through the {api}."}
    parameter = "ItemId" if paapi else "ItemIds"
    message = f"The {parameter} {asin} provided in the request is invalid."
    return {"code": code, "message": message}
