"""Offers of a product in PA-API JSON: `OffersV2`, and the retired `Offers`."""

import calendar
from datetime import date

from infra.local.fake_amazon.catalog import ListedProduct
from infra.local.fake_amazon.products import stable_number
from infra.local.fake_amazon.special_offers import Json, money, with_changes
from infra.local.fake_amazon.vocabulary import vocabulary

_AMAZON_MERCHANT_IDS = {
    "US": "ATVPDKIKX0DER",
    "CA": "A3DWYIK6Y9EEQB",
    "UK": "A3P5ROKL5A1OLE",
    "DE": "A3JWKAKR8XB7XF",
    "FR": "A1X6FK5RDHNB96",
    "IT": "A11IL2PNWYJU7H",
    "ES": "A1AT7YVPFBWXBL",
    "JP": "AN1VRQENFRJN5",
}
_SOLD_BY_AMAZON_PERCENT = 60
_SCARCE_PERCENT = 8


def offers_v2(listed: ListedProduct, today: date) -> Json | None:
    """Return the featured offer, or None if the product has no offer."""
    if not listed.has_offer:
        return None
    listing: Json = {
        "Availability": _availability(listed),
        "Condition": _condition(listed),
        "IsBuyBoxWinner": True,
        "MerchantInfo": _merchant(listed),
        "ViolatesMAP": listed.product.offer_type == "map",
    }
    if listed.in_stock:
        listing["Price"] = _price(listed)
    if listed.product.marketplace.code == "JP":
        listing["LoyaltyPoints"] = {"Points": max(1, listed.price // 100)}
    if listed.product.offer_type == "deal" and listed.in_stock:
        listing["DealDetails"] = _deal(listed, today)
        listing["Type"] = "LIGHTNING_DEAL"
    special = [with_changes(listing, changes) for changes in listed.special_listings]
    return {"Listings": special or [listing]}


def offers_v1(listed: ListedProduct) -> Json | None:
    """Return the same offer in the retired `Offers` format, or None if there is none."""
    # This format has no listing without a price, so a product that is out of stock has no offer.
    if not listed.is_available:
        return None
    style = listed.product.marketplace.style
    price: Json = money(listed.price, style)
    listing: Json = {
        "Availability": {
            "MaxOrderQuantity": _max_order_quantity(listed),
            "Message": listed.product.words.in_stock,
            "MinOrderQuantity": 1,
            "Type": "Now",
        },
        "Condition": _condition_v1(listed),
        "DeliveryInfo": {
            "IsAmazonFulfilled": True,
            "IsFreeShippingEligible": True,
            "IsPrimeEligible": _sold_by_amazon(listed),
        },
        "Id": f"{stable_number('offer', listed.product.asin, below=16**16):016x}%3D%3D",
        "IsBuyBoxWinner": True,
        "MerchantInfo": _merchant(listed),
        "Price": price,
        "ProgramEligibility": {"IsPrimeExclusive": False, "IsPrimePantry": False},
        "ViolatesMAP": listed.product.offer_type == "map",
    }
    savings = _savings(listed)
    if savings:
        basis, amount, percent = savings
        shown = money(amount, style)
        # The text of savings contains the percentage too: `$5.00 (20%)`.
        shown["DisplayAmount"] = f"{shown['DisplayAmount']} ({percent}%)"
        price["Savings"] = {**shown, "Percentage": percent}
        listing["SavingBasis"] = money(basis, style)
    summary: Json = {
        "Condition": {"Value": "Used" if listed.product.offer_type == "used" else "New"},
        "HighestPrice": money(listed.price * 3 // 2, style),
        "LowestPrice": money(listed.price, style),
        "OfferCount": 1 + stable_number("offers", listed.product.asin, below=20),
    }
    return {"Listings": [listing], "Summaries": [summary]}


def _price(listed: ListedProduct) -> Json:
    style = listed.product.marketplace.style
    price: Json = {"Money": money(listed.price, style)}
    savings = _savings(listed)
    if savings:
        basis, amount, percent = savings
        was = stable_number("basis", listed.product.asin, below=4) == 0
        words = listed.product.words
        price["SavingBasis"] = {
            "Money": money(basis, style),
            "SavingBasisType": "WAS_PRICE" if was else "LIST_PRICE",
            "SavingBasisTypeLabel": words.was_price_label if was else words.list_price_label,
        }
        price["Savings"] = {"Money": money(amount, style), "Percentage": percent}
    return price


def saving_percent(listed: ListedProduct) -> int:
    """Return the saving against the list price in percent."""
    savings = _savings(listed)
    return savings[2] if savings else 0


def _savings(listed: ListedProduct) -> tuple[int, int, int] | None:
    basis = listed.product.list_price
    if basis is None or listed.price >= basis:
        return None
    percent = round((basis - listed.price) * 100 / basis)
    return (basis, basis - listed.price, percent) if percent else None


def _availability(listed: ListedProduct) -> Json:
    words = listed.product.words
    if not listed.in_stock:
        return {"Message": words.out_of_stock, "Type": "OUT_OF_STOCK"}
    scarce = stable_number("scarce", listed.product.asin, below=100) < _SCARCE_PERCENT
    return {
        "MaxOrderQuantity": 3 if scarce else _max_order_quantity(listed),
        "Message": words.low_stock if scarce else words.in_stock,
        "MinOrderQuantity": 1,
        "Type": "IN_STOCK_SCARCE" if scarce else "IN_STOCK",
    }


def _condition(listed: ListedProduct) -> Json:
    if listed.product.offer_type != "used":
        return {"ConditionNote": "", "SubCondition": "Unknown", "Value": "New"}
    return {
        "ConditionNote": listed.product.words.condition_note,
        "SubCondition": "VeryGood",
        "Value": "Used",
    }


def _condition_v1(listed: ListedProduct) -> Json:
    condition = _condition(listed)
    sub_condition = "VeryGood" if condition["Value"] == "Used" else "New"
    shown: Json = {"SubCondition": {"Value": sub_condition}, "Value": condition["Value"]}
    if condition["ConditionNote"]:
        shown["ConditionNote"] = {"Value": condition["ConditionNote"]}
    return shown


def _max_order_quantity(listed: ListedProduct) -> int:
    return 5 + stable_number("most", listed.product.asin, below=26)


def delivery_flags(listed: ListedProduct) -> set[str]:
    """Return the delivery flags of the offer; they match `DeliveryInfo`."""
    flags = {"FreeShipping", "FulfilledByAmazon"}
    flags |= {"Prime"} if _sold_by_amazon(listed) else set()
    ships_abroad = stable_number("abroad", listed.product.asin, below=2) == 0
    return flags | ({"AmazonGlobal"} if ships_abroad else set())


def _sold_by_amazon(listed: ListedProduct) -> bool:
    is_used = listed.product.offer_type == "used"
    percentile = stable_number("merchant", listed.product.asin, below=100)
    return percentile < _SOLD_BY_AMAZON_PERCENT and not is_used


def _merchant(listed: ListedProduct) -> Json:
    marketplace = listed.product.marketplace
    if _sold_by_amazon(listed):
        name = f"Amazon.{marketplace.domain.removeprefix('amazon.')}"
        merchant_id = _AMAZON_MERCHANT_IDS.get(marketplace.code, f"AMAZON{marketplace.code}0RETAIL")
        return {"Id": merchant_id, "Name": name}
    names = vocabulary().merchants
    index = stable_number("seller", listed.product.asin, below=len(names))
    digits = stable_number("seller id", names[index], below=10**12)
    return {"Id": f"A{digits:012d}", "Name": names[index]}


def _deal(listed: ListedProduct, today: date) -> Json:
    last = calendar.monthrange(today.year, today.month)[1]
    return {
        "AccessType": "ALL",
        "Badge": listed.product.words.deal_badge,
        "EndTime": f"{today.year}-{today.month:02d}-{last:02d}T23:59Z",
        "PercentClaimed": stable_number("claimed", listed.product.asin, below=90),
        "StartTime": f"{today.year}-{today.month:02d}-01T00:00Z",
    }
