"""The field table: for each field of a product, which API gives it, and how it is shown.

Each row is an item as Amazon sends it, and the JSON of the product that follows. The members have
the names of the Creators API; PA-API 5.0 has the same ones in PascalCase (`BOTH`). The first Offers
resource exists in PA-API only (`PAAPI`).
"""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, get_args

import pytest
from msgspec import structs

from amzlinkr.amazon.creators import parser as creators
from amzlinkr.amazon.paapi5 import parser as paapi5
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.products import AvailabilityName, ListPriceKind
from amzlinkr.http.presenters.products import product_out
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.schemas.products import ProductOut
from tests.clock import START

Json = dict[str, Any]
ASIN = "B0FIELD001"
BOTH, PAAPI = ("paapi5", "creators"), ("paapi5",)
ABSENT = object()
"""The expected value of a field that is not shown."""


def eur(amount: float) -> Json:
    return {"amount": amount, "currency": "EUR", "displayAmount": f"{amount:.2f} €"}


def shown_eur(minor: int) -> Json:
    return {"amount": minor, "currency": "EUR", "display": f"{minor / 100:.2f} €"}


def basis(amount: float, kind: object = "LIST_PRICE", label: object = "UVP:") -> Json:
    named = {"savingBasisType": kind, "savingBasisTypeLabel": label}
    return {"money": eur(amount)} | {name: each for name, each in named.items() if each is not None}


def priced(price: float = 24.99, **members: object) -> Json:
    """Return an item with one listing and these additional members of its price."""
    return listed({"price": {"money": eur(price), **members}})


def listed(*listings: Json) -> Json:
    return {"offersV2": {"listings": list(listings)}}


def selling(**members: object) -> Json:
    """Return an item with one listing that has a price and these members."""
    return listed({"price": {"money": eur(24.99)}, **members})


def available(**members: object) -> Json:
    return selling(availability=members)


def first_offers(**members: object) -> Json:
    """Return an item in the form of PA-API's first Offers resource."""
    return {"offers": {"listings": [{"price": eur(24.99), **members}]}}


def info(**members: object) -> Json:
    return {"itemInfo": members}


@dataclass(frozen=True)
class Row:
    """An item, and some fields of the product that follows from it."""

    item: Json
    shown: Json
    apis: tuple[str, ...] = field(default=BOTH)


URL = f"https://www.amazon.de/dp/{ASIN}?tag=unit-21&linkCode=ogi"
PICTURE = {"url": "https://m.media-amazon.com/images/I/1.jpg", "width": 500, "height": 375}
NO_LIST_PRICE = dict.fromkeys(
    ("list_price", "list_price_kind", "list_price_label", "savings_percent"), ABSENT
)
NO_PRICE = NO_LIST_PRICE | {"price": ABSENT, "unit_price": ABSENT}
SAVED: Json = {"savings": {"money": eur(5), "percentage": 17}}

ROWS: dict[str, Row] = {
    "url": Row({"detailPageURL": URL}, {"url": URL}),
    "title": Row(info(title={"displayValue": "Kettle"}), {"title": "Kettle"}),
    "title: emoji of several characters": Row(
        info(title={"displayValue": "Apron 👩\u200d🍳 \u202eEvil\u200b"}),
        {"title": "Apron 👩\u200d🍳 Evil"},
    ),
    "title: Hindi": Row(info(title={"displayValue": "क्\u200dष"}), {"title": "क्\u200dष"}),
    "title: Persian": Row(
        info(title={"displayValue": "می\u200cخواهم"}), {"title": "می\u200cخواهم"}
    ),
    "title: only joiners": Row(info(title={"displayValue": "\u200d \u200c"}), {"title": ASIN}),
    "image": Row({"images": {"primary": {"large": PICTURE}}}, {"image": PICTURE}),
    "brand": Row(info(byLineInfo={"brand": {"displayValue": "Acme"}}), {"brand": "Acme"}),
    "brand: manufacturer": Row(
        info(byLineInfo={"manufacturer": {"displayValue": "Acme Inc"}}), {"brand": "Acme Inc"}
    ),
    "features": Row(info(features={"displayValues": ["One", "Two"]}), {"features": ["One", "Two"]}),
    "binding": Row(
        info(classifications={"binding": {"displayValue": "Kitchen"}}), {"binding": "Kitchen"}
    ),
    "price": Row(priced(), {"price": shown_eur(2499), "price_status": "current"} | NO_LIST_PRICE),
    "price: first Offers": Row(
        first_offers(), {"price": shown_eur(2499), "availability": "unknown"}, PAAPI
    ),
    "price: MAP": Row(
        listed({"violatesMAP": True, "price": {"money": eur(24.99), "savingBasis": basis(29.99),
                                               "pricePerUnit": eur(2.5), **SAVED}}),
        NO_PRICE | {"price_status": "hidden"},
    ),
    "price: no offer": Row(
        listed(), NO_PRICE | {"price_status": "no_offer", "availability": "out_of_stock"}
    ),
    "price: only a subscription": Row(
        selling(type="SUBSCRIBE_AND_SAVE"), NO_PRICE | {"price_status": "no_offer"}
    ),
    "price: only Amazon Haul": Row(
        selling(type="HAUL"), NO_PRICE | {"price_status": "no_offer"}
    ),
    "list_price": Row(
        priced(savingBasis=basis(29.99), **SAVED),
        {
            "list_price": shown_eur(2999),
            "list_price_kind": "list_price",
            "list_price_label": "UVP:",
            "savings_percent": 17,
        },
    ),
    "list_price: was price": Row(
        priced(savingBasis=basis(29.99, "WAS_PRICE", "Was")),
        {"list_price": shown_eur(2999), "list_price_kind": "was_price", "list_price_label": "Was"},
    ),
    "list_price: lowest price": Row(
        priced(savingBasis=basis(29.99, "LOWEST_PRICE", "30-Tage-Tiefstpreis")),
        {"list_price_kind": "lowest_price", "list_price_label": "30-Tage-Tiefstpreis"},
    ),
    "list_price: lowest price, struck through": Row(
        priced(savingBasis=basis(29.99, "LOWEST_PRICE_STRIKETHROUGH")),
        {"list_price_kind": "lowest_price"},
    ),
    "list_price: without underscores": Row(
        priced(savingBasis=basis(29.99, "WasPrice")), {"list_price_kind": "was_price"}
    ),
    "list_price: unknown kind": Row(
        priced(savingBasis=basis(29.99, "MEDIAN_PRICE", "Median")),
        {"list_price": shown_eur(2999), "list_price_kind": ABSENT, "list_price_label": "Median"},
    ),
    "list_price: without kind and label": Row(
        priced(savingBasis=basis(29.99, None, None)),
        {"list_price": shown_eur(2999), "list_price_kind": ABSENT, "list_price_label": ABSENT},
    ),
    "list_price: lower than the price": Row(
        priced(savingBasis=basis(19.99, "LOWEST_PRICE"), **SAVED), NO_LIST_PRICE
    ),
    "list_price: equal to the price": Row(priced(savingBasis=basis(24.99), **SAVED), NO_LIST_PRICE),
    "list_price: another currency": Row(
        priced(savingBasis={"money": {"amount": 99, "currency": "USD"}}, **SAVED), NO_LIST_PRICE
    ),
    "list_price: no price": Row(
        listed({"price": {"savingBasis": basis(29.99), **SAVED}}), NO_LIST_PRICE
    ),
    "list_price: first Offers": Row(
        first_offers(savingBasis=eur(29.99) | {"priceType": "WAS_PRICE", "priceTypeLabel": "War"}),
        {"list_price": shown_eur(2999), "list_price_kind": "was_price", "list_price_label": "War"},
        PAAPI,
    ),
    "list_price: first Offers, lower": Row(
        first_offers(savingBasis=eur(19.99)), NO_LIST_PRICE, PAAPI
    ),
    "savings_percent: no list price": Row(priced(**SAVED), NO_LIST_PRICE),
    "savings_percent: zero": Row(
        priced(savingBasis=basis(25), savings={"percentage": 0}), {"savings_percent": ABSENT}
    ),
    "unit_price": Row(
        priced(pricePerUnit=eur(2.5) | {"displayAmount": "2,50 € / kg"}),
        {"unit_price": "2,50 € / kg"},
    ),
    "unit_price: in money": Row(
        priced(pricePerUnit={"money": eur(2.5) | {"displayAmount": "2,50 € / kg"}}),
        {"unit_price": "2,50 € / kg"},
    ),
    "unit_price: beside money": Row(
        priced(pricePerUnit={"money": {"amount": 2.5}, "displayAmount": "2,50 € / kg"}),
        {"unit_price": "2,50 € / kg"},
    ),
    "unit_price: text": Row(priced(pricePerUnit="2,50 € / kg"), {"unit_price": "2,50 € / kg"}),
    "unit_price: number as text": Row(priced(pricePerUnit=" 2,50"), {"unit_price": ABSENT}),
    "unit_price: no text": Row(
        priced(pricePerUnit={"amount": 2.5, "currency": "EUR"}), {"unit_price": ABSENT}
    ),
    "unit_price: first Offers": Row(
        {"offers": {"listings": [{"price": eur(24.99) | {"pricePerUnit": 2.5}}]}},
        {"price": shown_eur(2499), "unit_price": ABSENT},
        PAAPI,
    ),
    "availability_message": Row(
        available(type="LEADTIME", message="Versandfertig in 2 bis 3 Tagen"),
        {"availability": "leadtime", "availability_message": "Versandfertig in 2 bis 3 Tagen"},
    ),
    "order quantities": Row(
        available(type="IN_STOCK", minOrderQuantity=2, maxOrderQuantity=30.0),
        {"min_order_quantity": 2, "max_order_quantity": 30},
    ),
    "order quantities: text": Row(
        available(minOrderQuantity="2", maxOrderQuantity="30"),
        {"min_order_quantity": 2, "max_order_quantity": 30},
    ),
    "order quantities: malformed": Row(
        available(type="IN_STOCK", minOrderQuantity="many", maxOrderQuantity=-1),
        {
            "availability": "in_stock",
            "min_order_quantity": ABSENT,
            "max_order_quantity": ABSENT,
        },
    ),
    "availability: first Offers": Row(
        first_offers(availability={"type": "Now", "message": "In Stock."}),
        {"availability": "in_stock", "availability_message": "In Stock."},
        PAAPI,
    ),
    "condition": Row(selling(condition={"value": "New"}), {"condition": "New"}),
    "condition: used winner": Row(
        selling(condition={"value": "Used"}, isBuyBoxWinner=True), {"condition": "Used"}
    ),
    "merchant": Row(selling(merchantInfo={"name": "Amazon.de"}), {"merchant": "Amazon.de"}),
    "deal": Row(
        selling(dealDetails={"accessType": "ALL", "badge": "Befristetes Angebot",
                             "startTime": "2026-11-23T08:00Z", "endTime": "2026-11-23T23:59:59Z"}),
        {
            "deal": {
                "access": "all",
                "badge": "Befristetes Angebot",
                "starts_at": "2026-11-23T08:00:00Z",
                "ends_at": "2026-11-23T23:59:59Z",
            },
            "fresh_until": "2026-11-23T23:59:59Z",
        },
    ),
    "deal: Prime only": Row(
        selling(dealDetails={"accessType": "PRIME_EXCLUSIVE", "badge": "With Prime"}),
        {
            "deal": {"access": "prime_exclusive", "badge": "With Prime"},
            "fresh_until": "2026-11-24T12:00:00Z",
        },
    ),
    "deal: early access": Row(
        selling(dealDetails={"accessType": "PRIME_EARLY_ACCESS", "badge": "x",
                             "earlyAccessDurationInMilliseconds": 1_800_000,
                             "startTime": "2026-11-23T11:45Z"}),
        {
            "deal": {
                "access": "prime_early_access",
                "badge": "x",
                "starts_at": "2026-11-23T11:45:00Z",
            }
        },
    ),
    "deal: over": Row(
        selling(dealDetails={"endTime": "2026-11-22T12:00Z", "badge": "x"}),
        {"deal": ABSENT, "price": shown_eur(2499), "price_status": "current"},
    ),
    "deal: not started": Row(
        selling(dealDetails={"startTime": "2026-11-23T12:01Z", "badge": "x"}),
        {"deal": ABSENT, "price": shown_eur(2499)},
    ),
    "deal: template of a badge": Row(
        selling(dealDetails={"badge": "Ends in ", "endTime": "2026-11-24T12:00Z"}),
        {"deal": {"access": "all", "badge": "", "ends_at": "2026-11-24T12:00:00Z"}},
    ),
    "prime": Row(
        first_offers(deliveryInfo={"isPrimeEligible": False}), {"prime": False}, PAAPI
    ),
    "prime: OffersV2": Row(selling(), {"prime": ABSENT}),
    "observed_at": Row(
        priced(),
        {
            "asin": ASIN,
            "marketplace": "DE",
            "observed_at": "2026-11-23T12:00:00Z",
            "fresh_until": "2026-11-24T12:00:00Z",
        },
    ),
}  # fmt: skip


def pascal(part: Any) -> Any:
    """Return a document with the member names of PA-API 5.0."""
    upper = {"asin": "ASIN", "url": "URL"}
    if isinstance(part, dict):
        return {upper.get(name, name[0].upper() + name[1:]): pascal(part[name]) for name in part}
    return [pascal(each) for each in part] if isinstance(part, list) else part


def shown_by(api: str, item: Json) -> Json:
    """Return the JSON of the product that an API describes."""
    document = {"itemsResult": {"items": [{"asin": ASIN, **deepcopy(item)}]}}
    reader = creators.reader if api == "creators" else paapi5.reader
    body = json.dumps(document if api == "creators" else pascal(document)).encode()
    lookup = reader(marketplace_code="DE").lookup(AmazonResponse(200, {}, body), [ASIN], START)
    product = product_out(lookup.found[ASIN], START)
    shown: Json = json.loads(ApiResponse(200, product).encoded())
    return shown


CASES = [(name, api) for name, row in ROWS.items() for api in row.apis]


@pytest.mark.parametrize(("name", "api"), CASES)
def test_field_is_shown_as_the_table_describes(name: str, api: str) -> None:
    row = ROWS[name]

    shown = shown_by(api, row.item)

    assert {field: shown.get(field, ABSENT) for field in row.shown} == row.shown
    assert None not in [shown[name] for name in row.shown if name in shown]


def test_every_field_of_a_product_is_in_the_table() -> None:
    fields = {each.encode_name for each in structs.fields(ProductOut)}
    covered = {
        name for row in ROWS.values() for name, value in row.shown.items() if value is not ABSENT
    }
    assert fields - covered == {"disclaimer"}


def test_every_kind_of_list_price_is_in_the_table() -> None:
    kinds = {row.shown.get("list_price_kind") for row in ROWS.values()}
    assert kinds >= set(get_args(ListPriceKind))


KINDS = {
    "IN_STOCK": "in_stock",
    "IN_STOCK_SCARCE": "in_stock_scarce",
    "LEADTIME": "leadtime",
    "LEAD_TIME": "leadtime",
    "AVAILABLE_DATE": "available_date",
    "PREORDER": "preorder",
    "PRE_ORDER": "preorder",
    "OUT_OF_STOCK": "out_of_stock",
    "UNAVAILABLE": "unavailable",
    "UNKNOWN": "unknown",
    "BACK_SOON": "unknown",
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize(("kind", "availability"), list(KINDS.items()))
def test_availability_is_read_in_every_spelling(api: str, kind: str, availability: str) -> None:
    camel = "".join(word.capitalize() for word in kind.split("_"))
    for text in (kind, kind.lower(), kind.replace("_", ""), camel, kind.replace("_", "-")):
        assert shown_by(api, available(type=text))["availability"] == availability


def test_every_availability_can_be_read() -> None:
    assert set(KINDS.values()) == set(get_args(AvailabilityName))


def bid(amount: float, **members: object) -> Json:
    return {"price": {"money": eur(amount)}, **members}


NEW, USED = {"value": "New"}, {"value": "Used"}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize(
    ("listings", "featured"),
    [
        ((bid(10), bid(12, isBuyBoxWinner=True)), 1200),
        ((bid(10, condition=NEW), bid(12, isBuyBoxWinner=True)), 1200),
        ((bid(10, condition=NEW), bid(12, condition=USED, isBuyBoxWinner=True)), 1200),
        ((bid(10, condition=USED), bid(12, condition=USED, isBuyBoxWinner=True)), 1200),
        ((bid(10, condition=USED), bid(12, condition={"value": "NEW"})), 1200),
        ((bid(10, type="HAUL", isBuyBoxWinner=True), bid(12)), 1200),
        ((bid(10, type="Haul"), bid(12)), 1200),
        ((bid(10, type="SubscribeAndSave"), bid(12)), 1200),
        ((bid(12, type="LIGHTNING_DEAL"), bid(10)), 1200),
        ((bid(12), bid(10)), 1200),
    ],
)
def test_featured_offer(api: str, listings: tuple[Json, ...], featured: int) -> None:
    assert shown_by(api, listed(*listings))["price"]["amount"] == featured
