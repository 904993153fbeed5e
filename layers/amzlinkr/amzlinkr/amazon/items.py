"""Conversion of decoded items to products, the same for both APIs."""

from __future__ import annotations

from datetime import datetime

from amzlinkr.amazon import shapes
from amzlinkr.amazon.offers import best_listing, offer_from_listing
from amzlinkr.amazon.sanitize import amazon_url, sanitize
from amzlinkr.domain.products import Details, Image, Product

MAX_PIXELS = 20_000


def product_from_item(item: shapes.Item, marketplace_code: str, observed_at: datetime) -> Product:
    """Return the product that an item describes; missing parts stay empty."""
    offers = item.offers_v2 or item.offers
    listing = best_listing(offers.listings or ()) if offers else None
    offer = offer_from_listing(listing, observed_at)
    return Product(item.asin, marketplace_code, _details(item), offer, observed_at)


def _details(item: shapes.Item) -> Details:
    info = item.item_info or shapes.ItemInfo()
    by_line = info.by_line_info or shapes.ByLine()
    features = (info.features or shapes.Values()).display_values or ()
    return Details(
        title=_text(info.title, 500) or item.asin,
        url=amazon_url(item.detail_page_url) or "",
        image=_image(item.images),
        brand=_text(by_line.brand, 200) or _text(by_line.manufacturer, 200),
        features=tuple([text for feature in features[:20] if (text := sanitize(feature, 1_000))]),
        binding=_text((info.classifications or shapes.Classifications()).binding, 100),
    )


def _text(value: shapes.Value | None, limit: int) -> str | None:
    # The Creators API documentation shows a title under `value` as well as under `displayValue`.
    return sanitize(value.display_value or value.value, limit) if value else None


def _image(images: shapes.Images | None) -> Image | None:
    sizes = (images.primary if images else None) or shapes.Sizes()
    picture = sizes.large or sizes.medium or sizes.small
    url = amazon_url(picture.url) if picture else None
    if picture is None or url is None:
        return None
    return Image(url, _pixels(picture.width), _pixels(picture.height))


def _pixels(length: int | None) -> int:
    return length if length is not None and 0 <= length <= MAX_PIXELS else 0
