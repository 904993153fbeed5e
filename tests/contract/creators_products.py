"""What the second Creators endpoint sells: documents in the shapes of the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.contract.creators_variants import Json

_SYMBOLS = {"USD": "${:,.2f}", "EUR": "{:,.2f} €", "JPY": "￥{:,.0f}"}


@dataclass(frozen=True)
class Goods:
    """One ASIN. Without `listings` nobody makes a featured offer; `bare` ones have no details."""

    asin: str
    title: str = "Kettle"
    listings: tuple[Json, ...] = ()
    parent: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    refused: bool = False
    bare: bool = False


@dataclass(frozen=True)
class Node:
    """A browse node: where it hangs, and what hangs under it."""

    id: str
    name: str
    ancestors: tuple[tuple[str, str], ...] = ()
    children: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class World:
    """All there is: products and browse nodes."""

    goods: tuple[Goods, ...] = ()
    nodes: tuple[Node, ...] = field(default=())


def listing(amount: float = 59.49, currency: str = "USD", **changed: object) -> Json:
    """A featured offer as the documentation's example has it; `changed` replaces members."""
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
        "price": {"money": cash(amount, currency)},
        "violatesMAP": False,
    }
    return {**shown, **changed}


def cash(amount: float, currency: str = "USD") -> Json:
    """An amount in major units, and how Amazon prints it."""
    return {
        "amount": amount,
        "currency": currency,
        "displayAmount": _SYMBOLS[currency].format(amount),
    }


def condition(value: str) -> Json:
    """A condition member."""
    return {"value": value, "subCondition": "Unknown", "conditionNote": ""}


def item_document(goods: Goods, domain: str, tag: str, no_offer: str, link_code: str) -> Json:
    """Everything the catalogue knows about one ASIN."""
    url = f"https://{domain}/dp/{goods.asin}?tag={tag}&linkCode={link_code}&th=1&psc=1"
    document: Json = {"asin": goods.asin, "detailPageURL": url}
    if goods.parent:
        document["parentASIN"] = goods.parent
    if goods.attributes:
        document["variationAttributes"] = [
            {"name": name, "value": value} for name, value in goods.attributes
        ]
    if not goods.bare:
        document |= {"images": _images(goods.asin), "itemInfo": _item_info(goods)}
    if goods.listings:
        document["offersV2"] = {"listings": list(goods.listings)}
    elif no_offer != "missing":
        document["offersV2"] = {"listings": [] if no_offer == "empty" else None}
    return document


def selected_item(document: Json, resources: Iterable[str]) -> Json:
    """An item with the asked resources only; what comes without asking stays."""
    asked = [tuple(resource.split(".")) for resource in resources]
    always: list[tuple[str, ...]] = [("asin",), ("detailPageURL",), ("variationAttributes",)]
    if any(path[0] == "offersV2" for path in asked):
        always.append(("offersV2", "listings", "violatesMAP"))
    return _selected(document, [*always, *asked])


def node_document(node: Node, resources: Iterable[str]) -> Json:
    """A browse node with the asked resources."""
    document: Json = {**_name(node.id, node.name), "isRoot": not node.ancestors}
    if "browseNodes.children" in resources:
        document["children"] = [_name(*child) for child in node.children]
    if "browseNodes.ancestor" in resources:
        above: Json | None = None
        for number, (node_id, name) in enumerate(reversed(node.ancestors)):
            above = {**_name(node_id, name), "isRoot": number == 0} | (
                {"ancestor": above} if above else {}
            )
        if above:
            document["ancestor"] = above
    return document


def _selected(document: Json, paths: list[tuple[str, ...]]) -> Json:
    kept: Json = {}
    for key, value in document.items():
        below = [path[1:] for path in paths if path[0] == key]
        if not below:
            continue
        if () in below or not isinstance(value, dict | list):
            kept[key] = value
        elif isinstance(value, list):
            kept[key] = [_selected(each, below) for each in value]
        else:
            kept[key] = _selected(value, below)
    return kept


def _item_info(goods: Goods) -> Json:
    def said(value: str, label: str) -> Json:
        return {"displayValue": value, "label": label, "locale": "en_US"}

    return {
        "title": said(goods.title, "Title"),
        "features": {
            "displayValues": ["Boils water", "Turns itself off"],
            "label": "Features",
            "locale": "en_US",
        },
        "byLineInfo": {"brand": said("Maker", "Brand"), "manufacturer": said("M Inc", "Maker")},
        "classifications": {
            "binding": said("Kitchen", "Binding"),
            "productGroup": said("Home", "ProductGroup"),
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
