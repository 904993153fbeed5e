"""PA-API 5.0's JSON to products. Every field is optional, and one odd item spoils no other."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

import msgspec

from amzlinkr.amazon.offers import Listing, best_listing, offer_of
from amzlinkr.amazon.text import amazon_url, plain
from amzlinkr.domain.amazon_errors import AmazonUnavailable, Upstream
from amzlinkr.domain.money import Money, money
from amzlinkr.domain.products import Deal, Details, Image, Product
from amzlinkr.domain.searching import Found, Lookup

SERVICE = "paapi5"
_ASIN_IN_TEXT = re.compile(r"\b[A-Z0-9]{10}\b")


class _Pascal(msgspec.Struct, rename="pascal"):
    """Field names as PA-API writes them."""


class _Value(_Pascal):
    display_value: str | None = None
    value: str | None = None


class _Values(_Pascal):
    display_values: list[str] | None = None


class _Picture(_Pascal):
    url: str | None = msgspec.field(default=None, name="URL")
    width: int | None = None
    height: int | None = None


class _Sizes(_Pascal):
    large: _Picture | None = None
    medium: _Picture | None = None
    small: _Picture | None = None


class _Images(_Pascal):
    primary: _Sizes | None = None


class _ByLine(_Pascal):
    brand: _Value | None = None
    manufacturer: _Value | None = None


class _Classes(_Pascal):
    binding: _Value | None = None


class _ItemInfo(_Pascal):
    title: _Value | None = None
    features: _Values | None = None
    by_line_info: _ByLine | None = None
    classifications: _Classes | None = None


class _Money(_Pascal):
    amount: Decimal | None = None
    currency: str | None = None
    display_amount: str | None = None


class _Basis(_Money):
    money: _Money | None = None


class _Savings(_Pascal):
    percentage: int | float | None = None


class _Price(_Basis):
    saving_basis: _Basis | None = None
    savings: _Savings | None = None


class _Availability(_Pascal):
    type: str | None = None


class _Condition(_Pascal):
    value: str | None = None


class _Merchant(_Pascal):
    name: str | None = None


class _Delivery(_Pascal):
    is_prime_eligible: bool | None = None


class _Deal(_Pascal):
    badge: str | None = None
    access_type: str | None = None
    end_time: str | None = None


class _Listing(_Pascal):
    price: _Price | None = None
    saving_basis: _Basis | None = None
    availability: _Availability | None = None
    condition: _Condition | None = None
    merchant_info: _Merchant | None = None
    delivery_info: _Delivery | None = None
    deal_details: _Deal | None = None
    is_buy_box_winner: bool | None = None
    violates_map: bool | None = msgspec.field(default=None, name="ViolatesMAP")


class _Offers(_Pascal):
    listings: list[_Listing] | None = None


class _Item(_Pascal):
    asin: str = msgspec.field(name="ASIN")
    detail_page_url: str | None = msgspec.field(default=None, name="DetailPageURL")
    images: _Images | None = None
    item_info: _ItemInfo | None = None
    offers_v2: _Offers | None = None
    offers: _Offers | None = None


class _Error(_Pascal):
    code: str | None = None
    message: str | None = None


class _Items(_Pascal):
    items: list[msgspec.Raw] | None = None
    total_result_count: int | None = None
    search_url: str | None = msgspec.field(default=None, name="SearchURL")


class _Body(_Pascal):
    items_result: _Items | None = None
    search_result: _Items | None = None
    errors: list[_Error] | None = None


class _OnlyAsin(_Pascal):
    asin: str = msgspec.field(name="ASIN")


def found(body: bytes, marketplace: str, observed_at: datetime) -> Found:
    """A SearchItems answer; no hits are an empty page."""
    result = _decoded(body).search_result or _Items()
    products, _ = _products(result, marketplace, observed_at)
    return Found(tuple(products), result.total_result_count or 0, amazon_url(result.search_url))


def lookup(body: bytes, marketplace: str, observed_at: datetime) -> Lookup:
    """A GetItems answer: products, and Amazon's code for each ASIN that one of its errors names."""
    answer = _decoded(body)
    products, unreadable = _products(answer.items_result or _Items(), marketplace, observed_at)
    refused = {
        asin: error.code or "Unknown"
        for error in answer.errors or ()
        for asin in _ASIN_IN_TEXT.findall(error.message or "")
    }
    return Lookup(
        observed_at,
        {product.asin: product for product in products},
        dict.fromkeys(unreadable, "Unreadable") | refused,
    )


def _decoded(body: bytes) -> _Body:
    try:
        return msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AmazonUnavailable(
            "Amazon's answer could not be read.", upstream=Upstream(SERVICE, 200, "Unreadable")
        ) from error


def _products(
    result: _Items, marketplace: str, observed_at: datetime
) -> tuple[list[Product], list[str]]:
    products, unreadable = [], []
    for raw in result.items or ():
        try:
            item = msgspec.json.decode(raw, type=_Item)
        except msgspec.DecodeError:
            unreadable += _asin_of(raw)
        else:
            products.append(_product(item, marketplace, observed_at))
    return products, unreadable


def _asin_of(raw: msgspec.Raw) -> list[str]:
    try:
        return [msgspec.json.decode(raw, type=_OnlyAsin).asin]
    except msgspec.DecodeError:
        return []


def _product(item: _Item, marketplace: str, observed_at: datetime) -> Product:
    listings = (item.offers_v2 or item.offers or _Offers()).listings or []
    return Product(
        item.asin,
        marketplace,
        _details(item),
        offer_of(best_listing([_listing(listing) for listing in listings])),
        observed_at,
    )


def _details(item: _Item) -> Details:
    info = item.item_info or _ItemInfo()
    by_line = info.by_line_info or _ByLine()
    binding = (info.classifications or _Classes()).binding
    return Details(
        title=plain((info.title or _Value()).display_value, 500) or item.asin,
        url=amazon_url(item.detail_page_url) or "",
        image=_image(item.images),
        brand=plain((by_line.brand or by_line.manufacturer or _Value()).display_value, 200),
        features=tuple(
            text
            for feature in ((info.features or _Values()).display_values or [])[:20]
            if (text := plain(feature, 1_000))
        ),
        binding=plain((binding or _Value()).display_value, 100),
    )


def _image(images: _Images | None) -> Image | None:
    sizes = (images.primary if images else None) or _Sizes()
    picture = sizes.large or sizes.medium or sizes.small
    url = amazon_url(picture.url) if picture else None
    if picture is None or url is None:
        return None
    return Image(url, picture.width or 0, picture.height or 0)


def _listing(listing: _Listing) -> Listing:
    price = listing.price or _Price()
    basis = price.saving_basis or listing.saving_basis
    percentage = (price.savings or _Savings()).percentage
    deal = listing.deal_details
    return Listing(
        price=_money(price),
        list_price=_money(basis),
        savings_percent=round(percentage) if percentage is not None else None,
        availability=(listing.availability or _Availability()).type,
        condition=plain((listing.condition or _Condition()).value, 40),
        merchant=plain((listing.merchant_info or _Merchant()).name, 200),
        deal=Deal(plain(deal.badge, 80), plain(deal.access_type, 40), plain(deal.end_time, 40))
        if deal
        else None,
        prime=(listing.delivery_info or _Delivery()).is_prime_eligible,
        is_winner=bool(listing.is_buy_box_winner),
        violates_map=bool(listing.violates_map),
    )


def _money(basis: _Basis | None) -> Money | None:
    source = (basis.money or basis) if basis else None
    if source is None or source.amount is None or source.currency is None:
        return None
    return money(source.amount, source.currency, plain(source.display_amount, 40))
