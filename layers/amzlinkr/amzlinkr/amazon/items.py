"""From the shape of an item to a product: the same reading for both APIs."""

from __future__ import annotations

from datetime import datetime

from amzlinkr.amazon import shapes
from amzlinkr.amazon.offers import Listing, best_listing, offer_of
from amzlinkr.amazon.text import amazon_url, plain
from amzlinkr.domain.money import Money, money
from amzlinkr.domain.products import Deal, Details, Image, Product

SUBSCRIPTION = "SUBSCRIBE_AND_SAVE"


def product_of(item: shapes.Item, marketplace: str, observed_at: datetime) -> Product:
    """The product an item describes; whatever is missing stays empty."""
    offers = item.offers_v2 or item.offers or shapes.Offers()
    listings = [_listing(listing) for listing in offers.listings or ()]
    return Product(
        item.asin, marketplace, _details(item), offer_of(best_listing(listings)), observed_at
    )


def _details(item: shapes.Item) -> Details:
    info = item.item_info or shapes.ItemInfo()
    by_line = info.by_line_info or shapes.ByLine()
    features = (info.features or shapes.Values()).display_values or ()
    return Details(
        title=_text(info.title, 500) or item.asin,
        url=amazon_url(item.detail_page_url) or "",
        image=_image(item.images),
        brand=_text(by_line.brand, 200) or _text(by_line.manufacturer, 200),
        features=tuple(text for feature in features[:20] if (text := plain(feature, 1_000))),
        binding=_text((info.classifications or shapes.Classifications()).binding, 100),
    )


def _text(value: shapes.Value | None, limit: int) -> str | None:
    return plain(value.display_value or value.value, limit) if value else None


def _image(images: shapes.Images | None) -> Image | None:
    sizes = (images.primary if images else None) or shapes.Sizes()
    picture = sizes.large or sizes.medium or sizes.small
    url = amazon_url(picture.url) if picture else None
    if picture is None or url is None:
        return None
    return Image(url, picture.width or 0, picture.height or 0)


def _listing(listing: shapes.Listing) -> Listing:
    price = listing.price or shapes.Price()
    percentage = (price.savings or shapes.Savings()).percentage
    deal = listing.deal_details
    return Listing(
        price=_money(price),
        list_price=_money(price.saving_basis or listing.saving_basis),
        savings_percent=None if percentage is None else round(percentage),
        availability=(listing.availability or shapes.Availability()).type,
        condition=plain((listing.condition or shapes.Condition()).value, 40),
        merchant=plain((listing.merchant_info or shapes.Merchant()).name, 200),
        deal=Deal(plain(deal.badge, 80), plain(deal.access_type, 40), plain(deal.end_time, 40))
        if deal
        else None,
        prime=(listing.delivery_info or shapes.Delivery()).is_prime_eligible,
        is_winner=bool(listing.is_buy_box_winner),
        violates_map=bool(listing.violates_map),
        is_subscription=listing.type == SUBSCRIPTION,
    )


def _money(basis: shapes.Basis | None) -> Money | None:
    source = (basis.money or basis) if basis else None
    if source is None or source.amount is None or source.currency is None:
        return None
    return money(source.amount, source.currency, plain(source.display_amount, 40))
