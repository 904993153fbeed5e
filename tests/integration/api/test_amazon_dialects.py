"""Errors and offers of both APIs in every dialect of the fake Amazon, through the whole service."""

from typing import Any, get_args

import pytest

from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.special_offers import OFFER_NAMES, OfferBody
from infra.local.fake_amazon.state import Dialect, ErrorBodies, Fault, Retirement, RetryAfter
from tests.conftest import ACCESS_KEY, CREDENTIAL, TAG
from tests.site_client import Site

ASIN, GONE = "B0TEST0001", "B0GONE0001"
DIALECTS: tuple[ErrorBodies, ...] = get_args(ErrorBodies)
STATES = {
    "not_eligible": ("amazon_not_eligible", "not_eligible"),
    "access_denied": ("amazon_access_denied", "access_denied"),
    "invalid_associate": ("amazon_partner_tag_rejected", "tag_rejected"),
}


@pytest.fixture(params=["paapi5", "creators"])
def key_id(request: pytest.FixtureRequest, site: Site) -> str:
    """Connect the site through one of the APIs; return its access key or credential ID."""
    if request.param == "paapi5":
        return ACCESS_KEY
    assert site.connect_creators(CREDENTIAL, TAG).status == 200
    return CREDENTIAL[0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_errors_are_recognized_in_every_dialect(
    site: Site, key_id: str, amazon: FakeAmazon, dialect: ErrorBodies
) -> None:
    amazon.control.set_dialect(Dialect(errors=dialect))
    for state, (code, shown) in STATES.items():
        amazon.control.put_account(key_id, AccountBody(state=state))  # type: ignore[arg-type] # a state
        assert site.get("/v1/search", keywords="tea").json["code"] == code
        assert site.connection()["state"] == shown
    amazon.control.put_account(key_id, AccountBody(state="ok"))
    amazon.control.add_fault(Fault(kind="500"))
    assert site.get("/v1/search", keywords="tea").status == 200
    amazon.control.add_fault(Fault(kind="429"))
    assert site.get("/v1/search", keywords="tea").json["code"] == "amazon_throttled"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_missing_products_are_recognized_in_every_dialect(
    site: Site, key_id: str, amazon: FakeAmazon, dialect: ErrorBodies
) -> None:
    amazon.control.set_dialect(Dialect(errors=dialect))
    (result,) = site.post("/v1/import", {"items": [GONE]}).json["results"]
    assert (result["asin"], result["status"]) == (GONE, "not_found")
    searched = site.get("/v1/search", keywords="zzznothing")
    assert (searched.status, searched.json["items"]) == (200, [])
    assert site.connection()["state"] == "valid"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rejected_token_is_replaced_in_every_dialect(
    site: Site, amazon: FakeAmazon, dialect: ErrorBodies
) -> None:
    site.connect_creators(CREDENTIAL, TAG)
    amazon.control.set_dialect(Dialect(errors=dialect))
    for kind in ("invalid_token", "token_expired"):
        amazon.control.clear_calls()
        amazon.control.add_fault(Fault(kind=kind))
        assert site.get("/v1/search", keywords="tea").status == 200
        statuses = [call.status for call in amazon.control.calls() if call.api == "creators"]
        assert statuses == [401, 200]


@pytest.mark.parametrize("retirement", get_args(Retirement))
def test_retired_paapi_is_recognized_in_every_form(
    site: Site, amazon: FakeAmazon, retirement: Retirement
) -> None:
    amazon.control.set_dialect(Dialect(retirement=retirement))
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))

    refused = site.get("/v1/search", keywords="tea")

    assert (refused.status, refused.json["code"]) == (424, "amazon_paapi_retired")
    assert "Create Creators API credentials" in refused.json["action"]
    connection = site.connection()
    assert connection["state"] == "retired"
    assert connection["problem"]["action"] == refused.json["action"]


@pytest.mark.parametrize(("kind", "seconds"), [("seconds", 30), ("date", 30)])
def test_retry_after_is_passed_on(
    site: Site, key_id: str, amazon: FakeAmazon, kind: RetryAfter, seconds: int
) -> None:
    amazon.control.set_dialect(Dialect(retry_after=kind))
    amazon.control.add_fault(Fault(kind="429"))
    refused = site.get("/v1/search", keywords="tea")
    assert (refused.json["code"], refused.json["retry_after"]) == ("amazon_throttled", seconds)


def imported(site: Site) -> Any:
    (result,) = site.post("/v1/import", {"items": [ASIN]}).json["results"]
    return result["product"]


EXPECTED: dict[str, dict[str, object]] = {
    "list_price": {"list_price_kind": "list_price", "list_price_label": "List Price:"},
    "was_price": {"list_price_kind": "was_price", "list_price_label": "Was:"},
    "lowest_price": {"list_price_kind": "lowest_price", "savings_percent": 20},
    "lower_reference": {"list_price": None, "savings_percent": None, "list_price_kind": None},
    "other_currency": {"list_price": None, "savings_percent": None},
    "order_quantities": {"min_order_quantity": 2, "max_order_quantity": 5},
    "deal_over": {"deal": None},
    "deal_later": {"deal": None},
    "used": {"condition": "Used"},
    "haul": {"price_status": "current"},
    "subscription": {"price_status": "current"},
    "second_wins": {"price_status": "current"},
    "in_stock_scarce": {"availability": "in_stock_scarce"},
    "leadtime": {
        "availability": "leadtime",
        "availability_message": "Usually ships within 2 to 3 days.",
    },
    "available_date": {"availability": "available_date"},
    "preorder": {"availability": "preorder"},
    "unavailable": {"availability": "unavailable"},
    "unknown": {"availability": "unknown", "availability_message": None},
    "without_underscores": {"availability": "in_stock_scarce"},
}
DEALS = {"deal": "all", "prime_exclusive": "prime_exclusive", "badge_template": "all",
         "early_access": "prime_early_access"}  # fmt: skip


@pytest.mark.usefixtures("key_id")
def test_special_offer_is_shown_the_same_through_both_apis(
    site: Site, amazon: FakeAmazon, subtests: pytest.Subtests
) -> None:
    ordinary = imported(site)
    for name in OFFER_NAMES:
        with subtests.test(offer=name):
            amazon.control.set_offer(OfferBody(ASIN, "US", offer=name))
            check_special_offer(name, imported(site), ordinary)
        amazon.control.set_offer(OfferBody(ASIN, "US", reset=True))


def check_special_offer(name: str, product: Any, ordinary: Any) -> None:
    """Check the product with this offer against the one without it."""
    expected = EXPECTED.get(name, {})
    assert {field: product.get(field) for field in expected} == expected
    assert product["price"] == ordinary["price"]
    if name in DEALS:
        deal = product["deal"]
        assert deal["access"] == DEALS[name]
        assert (deal["badge"] == "") is (name == "badge_template")
        assert product["fresh_until"] == deal["ends_at"]
    if name == "unit_price":
        assert product["unit_price"].endswith(" / Count")


def test_own_listings_are_merged_into_the_generated_one(site: Site, amazon: FakeAmazon) -> None:
    listing = {"dealDetails": {"accessType": "PRIME_EXCLUSIVE"}, "merchantInfo": {"name": "Acme"}}
    amazon.control.set_offer(OfferBody(ASIN, "US", listings=[dict(listing)]))
    product = imported(site)
    assert (product["merchant"], product["deal"]) == (
        "Acme",
        {"access": "prime_exclusive", "badge": ""},
    )
    amazon.control.set_offer(OfferBody(ASIN, "US", reset=True))
    assert "deal" not in imported(site)
