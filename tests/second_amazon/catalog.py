"""The products: one for each form of answer that the documentation describes.

Every product is JSON as GetItems of the Creators API returns it when all resources are
requested; PA-API's spelling is derived from it. Times of deals are relative to the start.
"""

from datetime import datetime
from typing import Any

from tests.second_amazon import special_products
from tests.second_amazon.locales import LOCALES, Locale
from tests.second_amazon.offers import (
    NEW,
    USED,
    Json,
    basis,
    deal,
    in_stock,
    listing,
    money,
    offers,
    price,
    savings,
)

AVAILABILITY_TYPES = (
    "IN_STOCK", "IN_STOCK_SCARCE", "LEADTIME", "AVAILABLE_DATE", "PREORDER", "OUT_OF_STOCK",
    "UNAVAILABLE", "UNKNOWN",
    "INSTOCK", "INSTOCKSCARCE", "AVAILABLEDATE", "OUTOFSTOCK",
    "SOME_FUTURE_TYPE",
)  # fmt: skip
"""All documented types, those with underscores again without, and one that is not documented."""


def info(title: str, locale: str = "en_US", **more: Any) -> Json:
    """Return item information with a title."""
    return {"title": {"displayValue": title, "label": "Title", "locale": locale}, **more}


def _brand(name: str) -> Json:
    return {"brand": {"displayValue": name, "label": "Brand", "locale": "en_US"}}


def image(asin: str) -> Json:
    """Return the primary image of a product in its three sizes."""
    sizes = {"small": ("._SL75_", 75), "medium": ("._SL160_", 160), "large": ("", 500)}
    return {
        "primary": {
            size: {
                "url": f"https://m.media-amazon.com/images/I/{asin}{suffix}.jpg",
                "height": height,
                "width": height,
            }
            for size, (suffix, height) in sizes.items()
        }
    }


def item(asin: str, offer: Any, title: str = "", **more: Any) -> Json:
    """Return a product; fields of `more` are added or replace others, None included."""
    return {
        "asin": asin,
        "images": image(asin),
        "itemInfo": info(title or f"Second catalog {asin}"),
        "offersV2": offer,
        **more,
    }


def detail_page(asin: str, locale: Locale, tag: str, link_code: str) -> str:
    return f"https://{locale.website}/dp/{asin}?tag={tag}&linkCode={link_code}&th=1&psc=1"


def products(now: datetime) -> dict[str, dict[str, Json]]:
    """Return the products of each marketplace by ASIN."""
    american = [
        *plain_products(),
        *choices_of_listing(),
        *deals(now),
        *saving_bases(),
        *availabilities(),
        *special_products.odd_products(item, info),
        *special_products.family(item),
    ]
    found: dict[str, dict[str, Json]] = {code: {} for code in LOCALES}
    found["US"] = {product["asin"]: product for product in american}
    found["JP"] = {product["asin"]: product for product in special_products.japanese(item, info)}
    return found


def plain_products() -> list[Json]:
    """Return a complete product, amounts that are hard to convert, and hidden prices."""
    complete = item(
        "B0PLAIN001",
        offers(listing(price(13.59))),
        itemInfo=info(
            "Light on Yoga",
            byLineInfo=_brand("Schocken"),
            classifications={
                "binding": {"displayValue": "Paperback", "label": "Binding", "locale": "en_US"}
            },
            features={
                "displayValues": ["With illustrations.", "544 pages."],
                "label": "Features",
                "locale": "en_US",
            },
            externalIds={"eans": {"displayValues": ["9780805210316"], "label": "EAN"}},
        ),
    )
    amounts = (22, 22.0, 0.07, 1.15, 4.35, 1234567.89, 19.9)
    per_unit = money(29.75, display="$29.75 / Count")
    hidden = price(50.0, savingBasis=basis(70.0, "LIST_PRICE", "List Price"), pricePerUnit=per_unit)
    return [
        complete,
        *(item(f"B0AMOUNT{n:02}", offers(listing(price(a)))) for n, a in enumerate(amounts)),
        item("B0PERUNIT1", offers(listing(price(59.49, pricePerUnit=per_unit)))),
        item("B0HIDDEN01", offers(listing(hidden, violatesMAP=True))),
        item("B0NOPRICE1", offers(listing(None, availability=in_stock("OUT_OF_STOCK")))),
        item("B0NOLIST01", offers()),
        item("B0NULLOFF1", None),
        {name: part for name, part in item("B0NOOFFER1", None).items() if name != "offersV2"},
    ]


def choices_of_listing() -> list[Json]:
    """Return products with several listings, of which one is the featured offer."""
    loser = {"isBuyBoxWinner": False}
    subscription = {"type": "SUBSCRIBE_AND_SAVE"}
    return [
        item("B0CHOICE01", offers(listing(price(10.0), **loser), listing(price(12.0)))),
        item(
            "B0CHOICE02",
            offers(listing(price(20.0), **loser), listing(price(12.0), condition=USED)),
        ),
        item(
            "B0CHOICE03",
            offers(
                listing(price(5.0), condition=USED, isBuyBoxWinner=None),
                listing(price(9.0), condition=NEW, isBuyBoxWinner=None),
            ),
        ),
        item(
            "B0CHOICE04",
            offers(
                listing(price(30.0), condition=None, isBuyBoxWinner=None),
                listing(price(25.0), condition=USED, isBuyBoxWinner=None),
            ),
        ),
        item("B0CHOICE05", offers(listing(price(31.0), condition=None))),
        item(
            "B0SUBSCR01",
            offers(
                listing(price(9.99), isBuyBoxWinner=False, **subscription),
                listing(price(11.99)),
            ),
        ),
        item("B0SUBSCR02", offers(listing(price(9.99), **subscription))),
        item("B0LIGHTNG1", offers(listing(price(8.0), type="LIGHTNING_DEAL"))),
    ]


def deals(now: datetime) -> list[Json]:
    """Return deals that run, have ended, have not begun, or are for Prime members."""
    early: Json = {"accessType": "PRIME_EARLY_ACCESS"}
    minute: Json = {"earlyAccessDurationInMilliseconds": 60_000}
    details = {
        "B0DEALALL1": deal(now, -120, 40, percentClaimed=38),
        "B0DEALMIN1": deal(now, -120, 300, seconds=False, percentClaimed="38"),
        "B0DEALEND1": deal(now, -120, -60),
        "B0DEALNEW1": deal(now, 120, 300),
        "B0DEALEXC1": deal(now, -120, 300, accessType="PRIME_EXCLUSIVE", badge="With Prime"),
        "B0DEALOPEN": deal(now, None, None),
        "B0DEALBADG": deal(now, -120, 300, badge=None),
        "B0DEALENDS": deal(now, -120, 300, badge="Ends in "),
        "B0EARLYRUN": deal(now, -10, 600, **early, earlyAccessDurationInMilliseconds=21_600_000),
        "B0EARLYPST": deal(now, -180, 600, **early, **minute),
        "B0EARLYNOT": deal(now, None, 600, **early),
    }
    return [
        item(asin, offers(listing(price(40.0), dealDetails=detail)))
        for asin, detail in details.items()
    ]


def saving_bases() -> list[Json]:
    """Return all types of saving bases, and bases that are no saving."""
    ten_off = savings(10.0, 20)
    costs = {
        "B0SAVLIST1": price(40.0, savingBasis=basis(50.0, "LIST_PRICE", "List Price"),
                            savings=ten_off),
        "B0SAVWAS01": price(40.0, savingBasis=basis(50.0, "WAS_PRICE", "Was"), savings=ten_off),
        "B0SAVLOW01": price(40.0, savingBasis=basis(50.0, "LOWEST_PRICE", "Lowest price"),
                            savings=ten_off),
        "B0SAVLOW02": price(40.0, savings=ten_off, savingBasis=basis(
            50.0, "LOWEST_PRICE_STRIKETHROUGH", "Niedrigster Preis der letzten 30 Tage")),
        "B0SAVNOTYP": price(40.0, savingBasis=basis(50.0, None, None), savings=ten_off),
        "B0SAVFUTUR": price(40.0, savingBasis=basis(50.0, "SOME_FUTURE_TYPE", "Typical price"),
                            savings=ten_off),
        "B0SAVEQUAL": price(40.0, savingBasis=basis(40.0, "LIST_PRICE", "List Price"),
                            savings=savings(0.0, 0)),
        "B0SAVBELOW": price(40.0, savingBasis=basis(35.0, "LIST_PRICE", "List Price"),
                            savings=savings(-5.0, -14)),
        "B0SAVOTHER": price(40.0, savingBasis=basis(50.0, "LIST_PRICE", "List Price", "EUR"),
                            savings=ten_off),
        "B0SAVALONE": price(40.0, savings=ten_off),
    }  # fmt: skip
    return [item(asin, offers(listing(cost))) for asin, cost in costs.items()]


def availabilities() -> list[Json]:
    """Return a product for each type of availability, and order quantities."""
    listed = [
        item(f"B0AVAIL0{n:02}", offers(listing(price(15.0), availability=in_stock(kind))))
        for n, kind in enumerate(AVAILABILITY_TYPES)
    ]
    quantities = in_stock(message="Nur noch 3 auf Lager", minOrderQuantity=2, maxOrderQuantity=6)
    return [
        *listed,
        item("B0QUANTITY", offers(listing(price(15.0), availability=quantities))),
        item("B0NOAVAIL1", offers(listing(price(15.0), availability=None))),
    ]
