"""The fields of a response that a product needs, as msgspec types for both APIs."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tests.bench.clients.rounds import ProductSummary

_TEXT = {"display_value": str}
_MONEY = {"amount": float, "currency": str, "display_amount": str}
_PICTURE = {"url": str, "height": int, "width": int}
_INFO = {
    "title": _TEXT,
    "features": {"display_values": list[str]},
    "by_line_info": {"brand": _TEXT, "manufacturer": _TEXT},
    "classifications": {"binding": _TEXT},
}
_LISTING = {
    "price": {
        "money": _MONEY,
        "saving_basis": {
            "money": _MONEY,
            "saving_basis_type": str,
            "saving_basis_type_label": str,
        },
        "savings": {"percentage": int},
        "price_per_unit": {"money": _MONEY},
    },
    "availability": {
        "type": str,
        "message": str,
        "min_order_quantity": int,
        "max_order_quantity": int,
    },
    "condition": {"value": str},
    "merchant_info": {"name": str},
    "deal_details": {
        "badge": str,
        "access_type": str,
        "start_time": str,
        "end_time": str,
        "early_access_duration_in_milliseconds": int,
    },
    "type": str,
    "is_buy_box_winner": bool,
    "violates_map": bool,
}
_ITEM = {
    "asin": str,
    "detail_page_url": str,
    "images": {"primary": {"large": _PICTURE, "medium": _PICTURE}},
    "item_info": _INFO,
    "offers_v2": {"listings": [_LISTING]},
}
_RESPONSE = {"items_result": {"items": [_ITEM]}}
_CREATORS = {"detail_page_url": "detailPageURL", "violates_map": "violatesMAP"}
_PAAPI5 = {
    "asin": "ASIN",
    "url": "URL",
    "detail_page_url": "DetailPageURL",
    "violates_map": "ViolatesMAP",
}


def decoder(api: str) -> msgspec.json.Decoder[Any]:
    """Return a decoder for GetItems responses of `paapi5` or `creators`."""
    return msgspec.json.Decoder(
        _type("Response", _RESPONSE, _pascal if api == "paapi5" else _camel)
    )


def summaries(response: Any) -> Iterator[ProductSummary]:
    """Return the parsed products, for comparison."""
    for item in response.items_result.items:
        money = item.offers_v2.listings[0].price.money
        yield item.asin, item.item_info.title.display_value, round(money.amount * 100)


def _type(name: str, shape: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(shape, list):
        return list[_type(name, shape[0], rename)]  # type: ignore[misc] # a type created at run time
    if not isinstance(shape, dict):
        return shape
    fields = [(field, _type(field, part, rename) | None, None) for field, part in shape.items()]
    return msgspec.defstruct(name, fields, rename=rename)


def _pascal(field: str) -> str:
    return _PAAPI5.get(field) or "".join(word.capitalize() for word in field.split("_"))


def _camel(field: str) -> str:
    words = _pascal(field)
    return _CREATORS.get(field) or (field if "_" not in field else words[0].lower() + words[1:])
