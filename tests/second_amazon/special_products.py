"""Products with unusual text, spelling or currency, and a family of variations."""

from typing import Any, Protocol

from tests.second_amazon.offers import Json, listing, money, offers, price

HINDI = "क्\u200dष — हिन्दी शब्दकोश"
PERSIAN = "کتاب می\u200cخواهم بنویسم"
EMOJI = "Family \U0001f468\u200d\U0001f469\u200d\U0001f467 mug"
FAMILY = "B0FAMILY00"
FAMILY_SIZE = 12
COLORS = ("Red", "Blue", "Green")
NO_FAMILY = "B0PLAIN001"


class MakeItem(Protocol):
    """The builder of a product in `catalog`."""

    def __call__(self, asin: str, offer: Any, title: str = "", **more: Any) -> Json: ...


class MakeInfo(Protocol):
    """The builder of item information in `catalog`."""

    def __call__(self, title: str, locale: str = "en_US", **more: Any) -> Json: ...


def odd_products(item: MakeItem, info: MakeInfo) -> list[Json]:
    """Return products with joiners in the title, nulls, stray capitals and unknown fields."""
    offer = offers(listing(price(7.5)))
    capitals = listing(None)
    capitals["Price"] = {"Money": money(7.5)}
    return [
        item("B0HINDI001", offer, HINDI),
        item("B0PERSIAN1", offer, PERSIAN),
        item("B0EMOJI001", offer, EMOJI),
        item("0545162076", offer, "Harry Potter Paperback Box Set"),
        item("080442957X", offer, "A book with an X"),
        item("B0NULLS001", offer, images=None, parentASIN=None, browseNodeInfo=None),
        item(
            "B0NULLS002",
            offer,
            itemInfo=info("Null fields", byLineInfo=None, features=None, classifications=None),
        ),
        item("B0NOTITLE1", offer, itemInfo={}),
        item("B0CAPITALS", offers(capitals)),
        item("B0EXTRAS01", offer, someFutureResource={"value": 1}, score=0.5),
        item("B0ENVELOP1", offer),
        item("B0ENVELOP2", offer),
        item("B0VANISH01", offer),
        item("B0VANISH02", offer),
        item("B0PRIME001", offer, offers=_first_offers()),
    ]


def _first_offers() -> Json:
    """Return the first Offers resource of PA-API, from which only Prime is needed."""
    cost = {"amount": 7.5, "currency": "USD", "displayAmount": "$7.50"}
    return {
        "listings": [
            {
                "id": "second",
                "isBuyBoxWinner": True,
                "condition": {"value": "New", "subCondition": {"value": "New"}},
                "deliveryInfo": {"isPrimeEligible": True, "isAmazonFulfilled": True},
                "price": cost,
                "violatesMAP": False,
            }
        ]
    }


def japanese(item: MakeItem, info: MakeInfo) -> list[Json]:
    """Return products of Japan: yen without minor units, as integer and as float."""

    def offer(amount: float) -> Json:
        cost = {"money": money(amount, "JPY", f"￥{amount:,.0f}")}
        merchant = {"id": "AN1VRQENFRJN5", "name": "Amazon.co.jp"}
        return offers(listing(cost, merchantInfo=merchant, loyaltyPoints={"points": 32}))

    return [
        item("B0YEN00001", offer(3241), itemInfo=info("緑茶", "ja_JP")),
        item("B0YEN00002", offer(1980.0), itemInfo=info("急須", "ja_JP")),
    ]


def family(item: MakeItem) -> list[Json]:
    """Return the variations of one parent, which differ in color and size."""
    return [
        item(
            f"B0FAMILY{n:02}",
            offers(listing(price(20.0 + n))),
            parentASIN=FAMILY,
            variationAttributes=[
                {"name": "color_name", "value": COLORS[n % 3]},
                {"name": "size_name", "value": str(1 + n // 3)},
            ],
        )
        for n in range(1, FAMILY_SIZE + 1)
    ]


def variation_dimensions() -> list[Json]:
    """Return the dimensions of the family."""
    sizes = [str(size) for size in range(1, 2 + FAMILY_SIZE // 3)]
    return [
        {"name": "color_name", "displayName": "Color", "locale": "en_US", "values": list(COLORS)},
        {"name": "size_name", "displayName": "Size", "locale": "en_US", "values": sizes},
    ]


BROWSE_NODES: dict[str, Json] = {
    "283155": {
        "id": "283155",
        "displayName": "Books",
        "contextFreeName": "Books",
        "isRoot": True,
        "children": [
            {"id": "1000", "displayName": "Subjects", "contextFreeName": "Subjects"},
            {"id": "51546011", "displayName": "Featured", "contextFreeName": "Featured Books"},
        ],
    },
    "10": {
        "id": "10",
        "displayName": "Health",
        "contextFreeName": "Health Books",
        "isRoot": False,
        "ancestor": {
            "id": "1000",
            "displayName": "Subjects",
            "contextFreeName": "Subjects",
            "ancestor": {"id": "283155", "displayName": "Books", "contextFreeName": "Books"},
        },
    },
}
