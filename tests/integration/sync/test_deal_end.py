"""The end of a deal: its price is withheld until the next refresh, everywhere and in the feed."""

from typing import Any

import pytest

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody, PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.special_offers import OfferBody
from tests.calls import plan_sync, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY
from tests.site_client import Site

SALE, OTHER = "B0TEST0001", "B0TEST0002"
WITHHELD = {"price", "list_price", "list_price_kind", "list_price_label", "savings_percent",
            "unit_price", "deal"}  # fmt: skip
REFERENCE = {
    "price": {
        "savingBasis": {
            "money": {"amount": 99_999, "currency": "USD", "displayAmount": "$99,999"},
            "savingBasisType": "WAS_PRICE",
            "savingBasisTypeLabel": "Was:",
        },
        "savings": {"percentage": 90},
        "pricePerUnit": {"amount": 1, "currency": "USD", "displayAmount": "$1.00 / Count"},
    }
}


def deal(access: str, start: str, end: str, **members: object) -> dict[str, object]:
    details = {"accessType": access, "badge": "Deal", "startTime": start, "endTime": end, **members}
    return {"dealDetails": details, **REFERENCE}


@pytest.fixture(autouse=True)
def _on_sale(site: Site, amazon: FakeAmazon) -> None:
    """Import two products, one with a deal from 11:00 to 12:20; the test begins at 12:00."""
    listing = deal("ALL", "2026-11-23T11:00Z", "2026-11-23T12:20Z")
    amazon.control.set_offer(OfferBody(SALE, "US", listings=[listing]))
    results = site.post("/v1/import", {"items": [SALE, OTHER]}).json["results"]
    assert set(results[0]["product"]) >= WITHHELD


def shown(site: Site, asin: str = SALE) -> Any:
    product = site.get(f"/v1/products/{asin}").json
    (listed,) = [p for p in site.get("/v1/products").json["products"] if p["asin"] == asin]
    (exported,) = [p for p in site.get("/v1/export").json["products"] if p["asin"] == asin]
    assert product == listed == exported
    return product


def test_price_is_withheld_at_the_end_and_shown_after_the_refresh(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    _, cursor = site.changes()
    before = shown(site)
    assert before["fresh_until"] == "2026-11-23T12:20:00Z"
    clock.advance(minutes=19)
    assert run_sync(deps) == 0
    assert shown(site) == before

    clock.advance(minutes=1)
    over = shown(site)
    assert set(before) - set(over) == WITHHELD
    assert over["price_status"] == "hidden"
    assert over["fresh_until"].startswith("2026-11-24T12:00:")
    kept = {name: value for name, value in before.items() if name not in WITHHELD}
    assert over == kept | {"price_status": "hidden", "fresh_until": over["fresh_until"]}
    assert site.get("/v1/products", price_status="hidden").json["products"] == [over]

    plan_sync(deps)
    changes, cursor = site.changes(cursor)
    assert [(c["asin"], c["kind"], c["product"]) for c in changes] == [(SALE, "price", over)]

    amazon.control.set_offer(OfferBody(SALE, "US", reset=True))
    amazon.control.set_price(PriceBody(SALE, "US", amount=4321))
    run_sync(deps)
    (change,) = site.changes(cursor)[0]
    assert (change["asin"], change["kind"]) == (SALE, "price")
    assert change["product"] == shown(site)
    assert (change["product"]["price_status"], change["product"]["price"]["amount"]) == (
        "current",
        4321,
    )


def test_feed_read_before_the_planner_has_no_ended_deal(site: Site, clock: FakeClock) -> None:
    clock.advance(minutes=20)
    by_asin = {change["asin"]: change["product"] for change in site.changes()[0]}
    assert by_asin[SALE]["price_status"] == "hidden"
    assert WITHHELD.isdisjoint(by_asin[SALE])
    assert by_asin[OTHER]["price_status"] == "current"


def test_price_stays_withheld_while_the_account_is_down(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    _, cursor = site.changes()
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    site.get("/v1/search", keywords="tea")
    for _ in range(6):
        clock.advance(minutes=30)
        run_sync(deps)
        assert shown(site)["price_status"] == "hidden"
    changes, cursor = site.changes(cursor)
    assert [(c["asin"], c["kind"]) for c in changes] == [(SALE, "price")]

    clock.advance(hours=24)
    run_sync(deps)
    assert {(c["asin"], c["kind"]) for c in site.changes(cursor)[0]} == {
        (SALE, "expired"),
        (OTHER, "expired"),
    }


def test_end_of_early_access_is_published(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    listing = deal(
        "PRIME_EARLY_ACCESS",
        "2026-11-23T11:45Z",
        "2026-11-23T14:00Z",
        earlyAccessDurationInMilliseconds=1_800_000,
    )
    amazon.control.set_offer(OfferBody(SALE, "US", listings=[listing]))
    site.post("/v1/import", {"items": [SALE]})
    _, cursor = site.changes()
    early = shown(site)
    assert early["deal"]["access"] == "prime_early_access"

    clock.advance(minutes=15)
    opened = early | {"deal": early["deal"] | {"access": "all"}}
    assert shown(site) == opened
    plan_sync(deps)
    assert [(c["kind"], c["product"]) for c in site.changes(cursor)[0]] == [("price", opened)]


def test_deal_that_amazon_still_returns_after_its_end_is_not_shown(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    _, cursor = site.changes()
    clock.advance(minutes=20)
    run_sync(deps)
    # Within seconds of the end, the price may still be that of the deal.
    assert (shown(site)["price_status"], "price" in shown(site)) == ("hidden", False)
    clock.advance(minutes=5)
    run_sync(deps)
    product = shown(site)
    assert (product["price_status"], product.get("deal")) == ("current", None)
    assert product["price"] == site.changes(cursor)[0][0]["product"]["price"]
