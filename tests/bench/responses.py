"""Fixed responses of Amazon: ten products, in the documented shape of both APIs.

The lean response (about 30 KB) has the resources that our requests name: title, brand, features,
binding, two images and offer. The full response (about 60 KB) has all resources of the APIs.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from tests.bench.inputs import ASINS, TAG

_IRREGULAR_NAMES = {
    "ASIN": "asin",
    "DetailPageURL": "detailPageURL",
    "EANs": "eans",
    "ParentASIN": "parentASIN",
    "UPCs": "upcs",
    "URL": "url",
}
_LOCALE = {"Locale": "en_US"}
_ANY = b"B0ANYASIN0"
_FEATURES = [
    "Made for every day: the double-walled body keeps drinks hot for twelve hours and cold for a "
    "whole day, and its powder-coated outside stays dry and easy to hold, also with wet hands, in "
    "gloves or on a bicycle; the colour does not chip or fade.",
    "Fits where you need it: at 26 cm it stands in the cup holder of most cars, goes through the "
    "narrow shelf of a dishwasher and takes “standard” lids and filters – no tools needed: "
    "the wide neck lets in ice cubes and any bottle brush.",
    "Safe materials only: 18/8 stainless steel, free of BPA, with a seal of food-grade silicone "
    "that can be taken out for cleaning; tested to ISO 8442-1 and Regulation (EC) No 1935/2004 by "
    "an independent laboratory, and again for each batch.",
    "What is in the box: one bottle of 750 ml, two lids (one for sport, one for tea), a brush, a "
    "spare seal, a carrying loop and a leaflet in English, Spanish, German, French and Italian. "
    "Nothing is wrapped in plastic: box and filling are paper.",
    "A promise: should anything break within five years of the purchase, write to us and a new one "
    "is on its way the same day. Questions? Our team in Portland answers seven days a week, from "
    "eight in the morning to ten in the evening (Pacific Time).",
]


def paapi5(*, full: bool) -> bytes:
    """Return a GetItems response of PA-API 5.0."""
    items = [_lean_item(number, asin) for number, asin in enumerate(ASINS)]
    if full:
        for number, item in enumerate(items):
            _fill(number, item)
    return _encoded({"ItemsResult": {"Items": items}})


def creators(*, full: bool) -> bytes:
    """Return the same products in the shape of the Creators API."""
    return _encoded(_camel(json.loads(paapi5(full=full))))


def creators_of(asins: Iterable[str], *, new_prices: bool = False) -> bytes:
    """Return the lean response for ASINs that end in digits; every tenth may have a new price."""
    items = []
    for asin in asins:
        number = int(asin[-3:]) % 10
        items.append(_template(number, new_prices and number == 0).replace(_ANY, asin.encode()))
    return b'{"itemsResult":{"items":[' + b",".join(items) + b"]}}"


@cache
def _template(number: int, new_price: bool) -> bytes:
    item = _lean_item(number, _ANY.decode())
    if new_price:
        item["OffersV2"]["Listings"][0]["Price"]["Money"] = _money(1_234)
    return _encoded(_camel(item))


def token(text: str = "bench-token") -> bytes:
    """Return a response of the token service."""
    return _encoded({"access_token": text, "expires_in": 3600, "token_type": "Bearer"})


def _encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _camel(value: Any) -> Any:
    if isinstance(value, list):
        return [_camel(item) for item in value]
    if isinstance(value, dict):
        return {
            _IRREGULAR_NAMES.get(name)
            or re.sub(r"^.", lambda first: first[0].lower(), name): _camel(item)
            for name, item in value.items()
        }
    return value


def _lean_item(number: int, asin: str) -> dict[str, Any]:
    return {
        "ASIN": asin,
        "DetailPageURL": f"https://www.amazon.com/dp/{asin}?tag={TAG}&linkCode=ogi&th=1&psc=1",
        "Images": {"Primary": _picture(f"71bench{number}", Large=500, Medium=160)},
        "ItemInfo": {
            "ByLineInfo": {
                "Brand": _text("Brand", "Nordwind & Söhne"),
                "Manufacturer": _text("Manufacturer", "Nordwind & Söhne GmbH"),
            },
            "Classifications": {
                "Binding": _text("Binding", "Kitchen"),
                "ProductGroup": _text("ProductGroup", "Kitchen"),
            },
            "Features": {"DisplayValues": _FEATURES, "Label": "Features", **_LOCALE},
            "Title": _text(
                "Title",
                f"Nordwind No. {number} Insulated Stainless Steel Water Bottle with Two Lids, "
                "Leakproof, Dishwasher Safe, 750 ml, “Midnight Blue”",
            ),
        },
        "OffersV2": {"Listings": [_listing(number)]},
    }


def _fill(number: int, item: dict[str, Any]) -> None:
    item["ParentASIN"] = "B0PARENT01"
    item["Images"] = {
        "Primary": _picture(f"71bench{number}", Large=500, Medium=160, Small=75),
        "Variants": [
            _picture(f"71bench{number}{place}", Large=500, Medium=160, Small=75)
            for place in range(3)
        ],
    }
    item["ItemInfo"] |= {
        "ExternalIds": {
            "EANs": {"DisplayValues": [f"40012345678{number}0"], "Label": "EAN", **_LOCALE},
            "UPCs": {"DisplayValues": [f"61012345678{number}"], "Label": "UPC", **_LOCALE},
        },
        "ManufactureInfo": {
            "ItemPartNumber": _text("PartNumber", f"NW-750-{number}"),
            "Model": _text("Model", f"NW-{number}"),
            "Warranty": _text("Warranty", "5 years"),
        },
        "ProductInfo": {
            "Color": _text("Color", "Midnight Blue"),
            "IsAdultProduct": {"DisplayValue": False, "Label": "IsAdultProduct", **_LOCALE},
            "ItemDimensions": {
                side: {"DisplayValue": value, "Label": side, "Unit": unit, **_LOCALE}
                for side, value, unit in (
                    ("Height", 10.24, "inches"),
                    ("Length", 2.87, "inches"),
                    ("Weight", 0.84, "Pounds"),
                    ("Width", 2.87, "inches"),
                )
            },
            "ReleaseDate": _text("ReleaseDate", "2026-03-01T00:00:01Z"),
            "Size": _text("Size", "750 ml"),
            "UnitCount": {"DisplayValue": 1, "Label": "NumberOfItems", **_LOCALE},
        },
    }
    item["BrowseNodeInfo"] = {
        "BrowseNodes": [_node(name) for name in ("Water Bottles", "Thermoses")],
        "WebsiteSalesRank": {
            "ContextFreeName": "Kitchen & Dining",
            "DisplayName": "Kitchen & Dining",
            "SalesRank": 1_000 + number,
        },
    }


def _node(name: str) -> dict[str, Any]:
    node: dict[str, Any] = {}
    for number, ancestor in enumerate(
        ("Home & Kitchen", "Kitchen & Dining", "Storage & Travel", name)
    ):
        node = {
            "ContextFreeName": ancestor,
            "DisplayName": ancestor,
            "Id": f"28422{number}",
            **({"Ancestor": node} if node else {}),
        }
    return node | {"IsRoot": False, "SalesRank": 12}


def _picture(name: str, **heights: int) -> dict[str, Any]:
    return {
        size: {
            "Height": height,
            "URL": f"https://m.media-amazon.com/images/I/{name}._SL{height}_.jpg",
            "Width": height * 3 // 4,
        }
        for size, height in heights.items()
    }


def _text(label: str, value: str) -> dict[str, str]:
    return {"DisplayValue": value, "Label": label, **_LOCALE}


def _listing(number: int) -> dict[str, Any]:
    listing: dict[str, Any] = {
        "Availability": {
            "MaxOrderQuantity": 30,
            "Message": "In Stock",
            "MinOrderQuantity": 1,
            "Type": "IN_STOCK",
        },
        "Condition": {"ConditionNote": "", "SubCondition": "Unknown", "Value": "New"},
        "IsBuyBoxWinner": True,
        "MerchantInfo": {"Id": "ATVPDKIKX0DER", "Name": "Amazon.com"},
        "Price": {
            "Money": _money(1_999 + 100 * number),
            "PricePerUnit": _money(1_999),
            "SavingBasis": {
                "Money": _money(2_999 + 100 * number),
                "SavingBasisType": "LIST_PRICE",
                "SavingBasisTypeLabel": "List Price",
            },
            "Savings": {"Money": _money(1_000), "Percentage": 33},
        },
        "ViolatesMAP": False,
    }
    if number % 3 == 0:
        listing["DealDetails"] = {
            "AccessType": "ALL",
            "Badge": "Limited time deal",
            "EndTime": "2026-12-01T08:00Z",
            "PercentClaimed": 38,
            "StartTime": "2026-11-20T08:00Z",
        }
    return listing


def _money(cents: int) -> dict[str, Any]:
    return {"Amount": cents / 100, "Currency": "USD", "DisplayAmount": f"${cents / 100:.2f}"}
