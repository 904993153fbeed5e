"""The products of the second Creators endpoint, in the shapes of the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.contract.creators_variants import Json

_SYMBOLS = {"USD": "${:,.2f}", "EUR": "{:,.2f} €", "JPY": "￥{:,.0f}"}


@dataclass(frozen=True)
class FakeProduct:
    """One ASIN. Without `listings` it has no featured offer; `bare` products have no details."""

    asin: str
    title: str = "Kettle"
    listings: tuple[Json, ...] = ()
    parent: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    refused: bool = False
    bare: bool = False


@dataclass(frozen=True)
class Node:
    """A browse node with its ancestors, nearest first, and its children."""

    id: str
    name: str
    ancestors: tuple[tuple[str, str], ...] = ()
    children: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class State:
    """The products and browse nodes of the endpoint."""

    products: tuple[FakeProduct, ...] = ()
    nodes: tuple[Node, ...] = field(default=())


def listing(amount: float = 59.49, currency: str = "USD", **changed: object) -> Json:
    """Return a listing like the example of the documentation; `changed` replaces members."""
    shown: Json = {
        "availability": {
            "type": "IN_STOCK",
            "message": "In Stock",
            "minOrderQuantity": 1,
            "maxOrderQuantity": 30,
        },
        "condition": {"value": "New", "subCondition": "Unknown", "conditionNote": ""},
        "isBuyBoxWinner": True,
        "merchantInfo": {"id": "ATVPDKIKX0DER", "name": "Amazon.com"},
        "price": {"money": money_document(amount, currency)},
        "violatesMAP": False,
    }
    return {**shown, **changed}


def money_document(amount: float, currency: str = "USD") -> Json:
    """Return an amount in major units with its display text."""
    return {
        "amount": amount,
        "currency": currency,
        "displayAmount": _SYMBOLS[currency].format(amount),
    }


def condition(value: str) -> Json:
    """Return a condition."""
    return {"value": value, "subCondition": "Unknown", "conditionNote": ""}


def item_document(
    product: FakeProduct, domain: str, tag: str, no_offer: str, link_code: str
) -> Json:
    """Return the complete item document of a product."""
    url = f"https://{domain}/dp/{product.asin}?tag={tag}&linkCode={link_code}&th=1&psc=1"
    document: Json = {"asin": product.asin, "detailPageURL": url}
    if product.parent:
        document["parentASIN"] = product.parent
    if product.attributes:
        document["variationAttributes"] = [
            {"name": name, "value": value} for name, value in product.attributes
        ]
    if not product.bare:
        document |= {"images": _images(product.asin), "itemInfo": _item_info(product)}
    if product.listings:
        document["offersV2"] = {"listings": list(product.listings)}
    elif no_offer != "missing":
        document["offersV2"] = {"listings": [] if no_offer == "empty" else None}
    return document


def select_resources(document: Json, resources: Iterable[str]) -> Json:
    """Return an item with the requested resources and the members that need no request."""
    requested = [tuple(resource.split(".")) for resource in resources]
    always: list[tuple[str, ...]] = [("asin",), ("detailPageURL",), ("variationAttributes",)]
    if any(path[0] == "offersV2" for path in requested):
        always.append(("offersV2", "listings", "violatesMAP"))
    return _select(document, [*always, *requested])


def node_document(node: Node, resources: Iterable[str]) -> Json:
    """Return a browse node with the requested resources."""
    document: Json = {**_name(node.id, node.name), "isRoot": not node.ancestors}
    if "browseNodes.children" in resources:
        document["children"] = [_name(*child) for child in node.children]
    if "browseNodes.ancestor" in resources:
        ancestor_document: Json | None = None
        for number, (node_id, name) in enumerate(reversed(node.ancestors)):
            ancestor_document = {**_name(node_id, name), "isRoot": number == 0} | (
                {"ancestor": ancestor_document} if ancestor_document else {}
            )
        if ancestor_document:
            document["ancestor"] = ancestor_document
    return document


def _select(document: Json, paths: list[tuple[str, ...]]) -> Json:
    selected: Json = {}
    for key, value in document.items():
        below = [path[1:] for path in paths if path[0] == key]
        if not below:
            continue
        if () in below or not isinstance(value, dict | list):
            selected[key] = value
        elif isinstance(value, list):
            selected[key] = [_select(each, below) for each in value]
        else:
            selected[key] = _select(value, below)
    return selected


def _item_info(product: FakeProduct) -> Json:
    def text(value: str, label: str) -> Json:
        return {"displayValue": value, "label": label, "locale": "en_US"}

    return {
        "title": text(product.title, "Title"),
        "features": {
            "displayValues": ["Boils water", "Turns itself off"],
            "label": "Features",
            "locale": "en_US",
        },
        "byLineInfo": {"brand": text("Maker", "Brand"), "manufacturer": text("M Inc", "Maker")},
        "classifications": {
            "binding": text("Kitchen", "Binding"),
            "productGroup": text("Home", "ProductGroup"),
        },
    }


def _images(asin: str) -> Json:
    sides = {"small": 75, "medium": 160, "large": 500, "highRes": 1500}

    def picture(number: int, size: str, side: int) -> Json:
        url = f"https://m.media-amazon.com/images/I/{asin}-{number}._{size.upper()}_.jpg"
        return {"url": url, "height": side * 3 // 4, "width": side}

    def sizes(number: int) -> Json:
        return {size: picture(number, size, side) for size, side in sides.items()}

    return {"primary": sizes(0), "variants": [sizes(1), sizes(2)]}


def _name(node_id: str, name: str) -> Json:
    return {"id": node_id, "displayName": name, "contextFreeName": name}
