"""Products of the second Amazon's catalog, imported with both APIs: each fact is one test.

The expected values are written from the contract and from Amazon's documentation.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.e2e.second_amazon.sites import ABSENT, APIS, World, lookup, patiently
from tests.second_amazon.catalog import AVAILABILITY_TYPES, image
from tests.second_amazon.special_products import EMOJI, HINDI, PERSIAN

Facts = list[tuple[str, str, Any]]
FIFTY = {"amount": 5000, "currency": "USD", "display": "$50.00"}
SAVING_FIELDS = ("list_price", "list_price_kind", "list_price_label", "savings_percent")

PLAIN: Facts = [
    ("B0PLAIN001", "marketplace", "US"),
    ("B0PLAIN001", "title", "Light on Yoga"),
    ("B0PLAIN001", "brand", "Schocken"),
    ("B0PLAIN001", "binding", "Paperback"),
    ("B0PLAIN001", "features", ["With illustrations.", "544 pages."]),
    (
        "B0PLAIN001",
        "url",
        "https://www.amazon.com/dp/B0PLAIN001?tag=second-20&linkCode=ogi&th=1&psc=1",
    ),
    ("B0PLAIN001", "price", {"amount": 1359, "currency": "USD", "display": "$13.59"}),
    ("B0PLAIN001", "price_status", "current"),
    ("B0PLAIN001", "availability", "in_stock"),
    ("B0PLAIN001", "availability_message", "In Stock"),
    ("B0PLAIN001", "min_order_quantity", 1),
    ("B0PLAIN001", "max_order_quantity", 30),
    ("B0PLAIN001", "merchant", "Amazon.com"),
    *(("B0PLAIN001", name, ABSENT) for name in (*SAVING_FIELDS, "deal", "unit_price")),
]
AMOUNTS: Facts = [
    ("B0AMOUNT00", "price.amount", 2200),
    ("B0AMOUNT01", "price.amount", 2200),
    ("B0AMOUNT02", "price.amount", 7),
    ("B0AMOUNT03", "price.amount", 115),
    ("B0AMOUNT04", "price.amount", 435),
    ("B0AMOUNT05", "price.amount", 123456789),
    ("B0AMOUNT05", "price.display", "$1,234,567.89"),
    ("B0AMOUNT06", "price.amount", 1990),
    ("B0YEN00001", "price", {"amount": 3241, "currency": "JPY", "display": "￥3,241"}),
    ("B0YEN00002", "price", {"amount": 1980, "currency": "JPY", "display": "￥1,980"}),
    ("B0YEN00001", "marketplace", "JP"),
    ("B0YEN00001", "title", "緑茶"),
    (
        "B0YEN00001",
        "url",
        "https://www.amazon.co.jp/dp/B0YEN00001?tag=second-22&linkCode=ogi&th=1&psc=1",
    ),
    ("B0PERUNIT1", "unit_price", "$29.75 / Count"),
]
HIDDEN: Facts = [
    ("B0HIDDEN01", "price_status", "hidden"),
    ("B0HIDDEN01", "title", "Second catalog B0HIDDEN01"),
    *(("B0HIDDEN01", name, ABSENT) for name in (*SAVING_FIELDS, "price", "unit_price")),
    # "No featured offer = shown as out of stock", say Amazon's notes on OffersV2.
    *(
        fact
        for asin in ("B0NOPRICE1", "B0NOLIST01", "B0NULLOFF1", "B0NOOFFER1")
        for fact in (
            (asin, "price_status", "no_offer"),
            (asin, "price", ABSENT),
            (asin, "availability", "out_of_stock"),
        )
    ),
]
CHOICES: Facts = [
    ("B0CHOICE01", "price.amount", 1200),
    ("B0CHOICE02", "price.amount", 1200),
    ("B0CHOICE03", "price.amount", 900),
    ("B0CHOICE04", "price.amount", 3000),
    ("B0CHOICE05", "price.amount", 3100),
    ("B0SUBSCR01", "price.amount", 1199),
    ("B0SUBSCR02", "price", ABSENT),
    ("B0SUBSCR02", "price_status", "no_offer"),
    ("B0LIGHTNG1", "price.amount", 800),
]
DEALS: Facts = [
    ("B0DEALALL1", "deal.access", "all"),
    ("B0DEALALL1", "deal.badge", "Limited time deal"),
    ("B0DEALMIN1", "deal.access", "all"),
    ("B0DEALEXC1", "deal.access", "prime_exclusive"),
    ("B0DEALEXC1", "deal.badge", "With Prime"),
    # The price was read after the deal had ended, so it is the price without the deal.
    ("B0DEALEND1", "deal", ABSENT),
    ("B0DEALEND1", "price.amount", 4000),
    ("B0DEALEND1", "price_status", "current"),
    ("B0DEALNEW1", "deal", ABSENT),
    ("B0DEALNEW1", "price.amount", 4000),
    ("B0DEALOPEN", "deal.access", "all"),
    ("B0DEALOPEN", "deal.starts_at", ABSENT),
    ("B0DEALOPEN", "deal.ends_at", ABSENT),
    ("B0DEALBADG", "deal.access", "all"),
    ("B0DEALBADG", "deal.badge", ""),
    ("B0EARLYRUN", "deal.access", "prime_early_access"),
    ("B0EARLYNOT", "deal.access", "prime_early_access"),
    ("B0EARLYPST", "deal.access", "all"),
]
SAVINGS: Facts = [
    ("B0SAVLIST1", "list_price", FIFTY),
    ("B0SAVLIST1", "list_price_kind", "list_price"),
    ("B0SAVLIST1", "list_price_label", "List Price"),
    ("B0SAVLIST1", "savings_percent", 20),
    ("B0SAVLIST1", "price.amount", 4000),
    ("B0SAVWAS01", "list_price", FIFTY),
    ("B0SAVWAS01", "list_price_kind", "was_price"),
    ("B0SAVWAS01", "list_price_label", "Was"),
    ("B0SAVLOW01", "list_price", FIFTY),
    ("B0SAVLOW01", "list_price_kind", "lowest_price"),
    ("B0SAVLOW01", "list_price_label", "Lowest price"),
    ("B0SAVLOW02", "list_price_kind", "lowest_price"),
    ("B0SAVLOW02", "list_price_label", "Niedrigster Preis der letzten 30 Tage"),
    ("B0SAVNOTYP", "list_price", FIFTY),
    ("B0SAVNOTYP", "list_price_label", ABSENT),
    ("B0SAVFUTUR", "list_price", FIFTY),
    ("B0SAVFUTUR", "list_price_label", "Typical price"),
    *(
        (asin, name, ABSENT)
        for asin in ("B0SAVEQUAL", "B0SAVBELOW", "B0SAVOTHER", "B0SAVALONE")
        for name in SAVING_FIELDS
    ),
    ("B0SAVOTHER", "price.amount", 4000),
]
EXPECTED_AVAILABILITY = (
    "in_stock", "in_stock_scarce", "leadtime", "available_date", "preorder", "out_of_stock",
    "unavailable", "unknown",
    "in_stock", "in_stock_scarce", "available_date", "out_of_stock",
    "unknown",
)  # fmt: skip
AVAILABILITY: Facts = [
    *(
        (f"B0AVAIL0{number:02}", "availability", expected)
        for number, expected in enumerate(EXPECTED_AVAILABILITY)
    ),
    ("B0QUANTITY", "min_order_quantity", 2),
    ("B0QUANTITY", "max_order_quantity", 6),
    ("B0QUANTITY", "availability_message", "Nur noch 3 auf Lager"),
    ("B0NOAVAIL1", "availability", "unknown"),
    ("B0NOAVAIL1", "availability_message", ABSENT),
    ("B0NOAVAIL1", "min_order_quantity", ABSENT),
    ("B0NOAVAIL1", "max_order_quantity", ABSENT),
]
ODD: Facts = [
    ("B0HINDI001", "title", HINDI),
    ("B0PERSIAN1", "title", PERSIAN),
    ("B0EMOJI001", "title", EMOJI),
    ("0545162076", "title", "Harry Potter Paperback Box Set"),
    ("080442957X", "price.amount", 750),
    ("B0NULLS001", "price.amount", 750),
    ("B0NULLS002", "title", "Null fields"),
    ("B0NOTITLE1", "price.amount", 750),
    ("B0CAPITALS", "price.amount", 750),
    ("B0EXTRAS01", "price.amount", 750),
    ("B0ENVELOP1", "price.amount", 750),
    ("B0ENVELOP2", "price.amount", 750),
]
FACTS = [*PLAIN, *AMOUNTS, *HIDDEN, *CHOICES, *DEALS, *SAVINGS, *AVAILABILITY, *ODD]
ASINS = [*dict.fromkeys(asin for asin, _, _ in FACTS), "B0PRIME001", "B0DEALENDS"]
ALONE = ("B0ENVELOP1", "B0ENVELOP2")
"""These choose the envelope of the whole answer, so each is imported alone."""
ALLOWED_VALUES = {
    "price_status": {"current", "hidden", "no_offer", "expired", "missing", "waiting"},
    "availability": {*EXPECTED_AVAILABILITY},
    "list_price_kind": {"list_price", "was_price", "lowest_price"},
    "deal.access": {"all", "prime_early_access", "prime_exclusive"},
}

Products = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def products(world: World) -> Products:
    """Return the import result of each ASIN by API; a failed call is a result too."""
    found: Products = {}
    together = [asin for asin in ASINS if asin not in ALONE]
    batches = [together[start : start + 10] for start in range(0, len(together), 10)]
    for api in APIS:
        sites = world.sites_in_turn(api, "US", "JP")
        for batch in (*batches, *([asin] for asin in ALONE)):
            items = [asin for asin in batch if not asin.startswith("B0YEN")]
            yen = [asin for asin in batch if asin.startswith("B0YEN")]
            for marketplace, asins in (("US", items), ("JP", yen)):
                if asins:
                    results = _import(next(sites), asins, marketplace)
                    found |= {(api, asin): result for asin, result in results.items()}
    return found


def _import(site: Any, asins: list[str], marketplace: str) -> dict[str, Any]:
    body = {"items": asins, "marketplace": marketplace}
    response = patiently(lambda: site.call("POST", "/import", body))
    if response.status != 200:
        return {asin: {"status": "failed", "problem": response.json} for asin in asins}
    return {result["asin"]: result for result in response.json["results"]}


def product_of(products: Products, api: str, asin: str) -> Any:
    result = products[api, asin]
    assert result["status"] == "imported", result
    return result["product"]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("asin", "path", "expected"), FACTS, ids=[f"{asin}-{path}" for asin, path, _ in FACTS]
)
def test_product_is_as_documented(
    products: Products, api: str, asin: str, path: str, expected: Any
) -> None:
    assert lookup(product_of(products, api, asin), path) == expected


@pytest.mark.parametrize("asin", ASINS)
def test_both_apis_return_the_same_product(products: Products, asin: str) -> None:
    # The times of the two calls differ, and only PA-API has the resource with Prime.
    ours = {"observed_at", "fresh_until", "prime"}
    shown = [
        {name: value for name, value in product_of(products, api, asin).items() if name not in ours}
        for api in APIS
    ]

    assert shown[0] == shown[1]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("path", ALLOWED_VALUES)
def test_values_are_those_of_the_contract(products: Products, api: str, path: str) -> None:
    values = {
        lookup(result["product"], path)
        for (found_api, _), result in products.items()
        if found_api == api and "product" in result
    }

    assert values - {ABSENT} <= ALLOWED_VALUES[path]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("asin", ["B0CHOICE02", "B0CHOICE03"])
def test_condition_is_that_of_the_chosen_listing(products: Products, api: str, asin: str) -> None:
    expected = "used" if asin == "B0CHOICE02" else "new"

    assert product_of(products, api, asin)["condition"].casefold() == expected


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("asin", ["B0DEALALL1", "B0DEALMIN1", "B0EARLYRUN"])
@pytest.mark.parametrize(("ours", "amazons"), [("starts_at", "startTime"), ("ends_at", "endTime")])
def test_times_of_a_deal_are_amazons(
    world: World, products: Products, api: str, asin: str, ours: str, amazons: str
) -> None:
    listed = world.amazon.catalog.products["US"][asin]["offersV2"]["listings"][0]

    deal = product_of(products, api, asin)["deal"]

    assert _at(deal[ours]) == _at(listed["dealDetails"][amazons])


@pytest.mark.parametrize("api", APIS)
def test_a_deal_that_ends_soon_limits_the_freshness(products: Products, api: str) -> None:
    product = product_of(products, api, "B0DEALALL1")

    assert _at(product["fresh_until"]) <= _at(product["deal"]["ends_at"])


@pytest.mark.parametrize("api", APIS)
def test_badge_without_its_time_is_not_passed_on(products: Products, api: str) -> None:
    assert product_of(products, api, "B0DEALENDS")["deal"]["badge"] == ""


@pytest.mark.parametrize("api", APIS)
def test_freshness_is_at_most_a_day(products: Products, api: str) -> None:
    product = product_of(products, api, "B0PLAIN001")

    seen, until = _at(product["observed_at"]), _at(product["fresh_until"])
    assert timedelta(0) < until - seen <= timedelta(days=1)


@pytest.mark.parametrize("api", APIS)
def test_image_is_one_of_amazons(products: Products, api: str) -> None:
    sizes = image("B0PLAIN001")["primary"].values()

    assert product_of(products, api, "B0PLAIN001")["image"] in [
        {"url": size["url"], "width": size["width"], "height": size["height"]} for size in sizes
    ]


@pytest.mark.parametrize("api", APIS)
def test_prime_is_absent_where_amazon_does_not_state_it(products: Products, api: str) -> None:
    assert lookup(product_of(products, api, "B0PLAIN001"), "prime") == ABSENT


def test_each_type_of_availability_has_an_expectation() -> None:
    assert len(AVAILABILITY_TYPES) == len(EXPECTED_AVAILABILITY)
