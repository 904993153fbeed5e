"""Parity of the two Amazon APIs: both yield the same products."""

from typing import Any

import msgspec
import pytest

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import Credentials, creators_credentials, paapi_credentials
from amzlinkr.domain.products import Product
from amzlinkr.http.presenters.products import product_out
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.special_offers import OfferBody
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY
from tests.unit.amazon.accounts import UnlimitedRateLimiter

ASINS = [f"B0BOTH{n:04d}" for n in range(120)]
TAGS = {"US": "test-20", "DE": "test-21", "JP": "test-22"}
FIELDS_BY_API = {
    # field: (Creators API, PA-API 5.0 with OffersV2)
    "asin": (True, True),
    "marketplace": (True, True),
    "title": (True, True),
    "url": (True, True),
    "image": (True, True),
    "brand": (True, True),
    "features": (True, True),
    "binding": (True, True),
    "price": (True, True),
    "list_price": (True, True),
    "list_price_kind": (True, True),
    "list_price_label": (True, True),
    "savings_percent": (True, True),
    "unit_price": (True, True),
    "availability": (True, True),
    "availability_message": (True, True),
    "min_order_quantity": (True, True),
    "max_order_quantity": (True, True),
    "price_status": (True, True),
    "condition": (True, True),
    "merchant": (True, True),
    "deal": (True, True),
    "prime": (False, False),  # only the first Offers had it, which Amazon retired on 2026-01-31
    "observed_at": (True, True),
    "fresh_until": (True, True),
    "disclaimer": (True, True),
}


def credentials_for(api: str, marketplace_code: str) -> Credentials:
    if api == "creators":
        return creators_credentials(*CREDENTIAL, TAGS[marketplace_code], marketplace_code)
    return paapi_credentials(ACCESS_KEY, SECRET_KEY, TAGS[marketplace_code], marketplace_code)


def products(
    api: str, marketplace_code: str, amazon: FakeAmazon, clock: FakeClock
) -> dict[str, Product]:
    """Return the products of `ASINS` that this API returns, by ASIN."""
    catalog = open_catalog(
        credentials_for(api, marketplace_code), UnlimitedRateLimiter(), clock, amazon.url
    )
    found: dict[str, Product] = {}
    for start in range(0, len(ASINS), 10):
        clock.advance(seconds=2)
        asins = ASINS[start : start + 10]
        found |= catalog.items(asins, Deadline.after(clock, 5)).found
    return found


def shown(product: Product, clock: FakeClock) -> Any:
    """Return the product's JSON without the time of its observation."""
    out = msgspec.to_builtins(product_out(product, clock.now()))
    return {
        name: value for name, value in out.items() if name not in ("observed_at", "fresh_until")
    }


@pytest.mark.parametrize("marketplace_code", list(TAGS))
def test_product_json_is_identical_for_both_apis(
    marketplace_code: str, amazon: FakeAmazon, clock: FakeClock
) -> None:
    new = products("creators", marketplace_code, amazon, clock)
    old = products("paapi5", marketplace_code, amazon, clock)
    assert set(new) == set(old) == set(ASINS)
    for asin in ASINS:
        assert shown(new[asin], clock) == shown(old[asin], clock)
    kinds = {product_out(product, clock.now()).price_status for product in new.values()}
    assert kinds == {"current", "no_offer", "hidden"}
    assert {product.offer.condition for product in new.values()} >= {"New", "Used"}
    assert any(product.offer.deal for product in new.values())


def test_fields_of_each_api_match_the_table(amazon: FakeAmazon, clock: FakeClock) -> None:
    amazon.control.set_offer(OfferBody(ASINS[0], "US", offer="unit_price"))
    for column, api in enumerate(("creators", "paapi5")):
        given: dict[str, bool] = dict.fromkeys(FIELDS_BY_API, False)
        for product in products(api, "US", amazon, clock).values():
            out = msgspec.to_builtins(product_out(product, clock.now()))
            for name, value in out.items():
                given[name] |= value not in (None, [])
        assert given == {name: row[column] for name, row in FIELDS_BY_API.items()}, api


def test_search_variations_and_browse_nodes_match_for_both_apis(
    amazon: FakeAmazon, clock: FakeClock
) -> None:
    results = []
    for api in ("creators", "paapi5"):
        catalog = open_catalog(
            credentials_for(api, "US"), UnlimitedRateLimiter(), clock, amazon.url
        )

        def new_deadline() -> Deadline:
            clock.advance(seconds=2)
            return Deadline.after(clock, 5)

        found = catalog.search(Search("kettle", page=2), new_deadline())
        variations = next(
            page for asin in ASINS if (page := catalog.variations(asin, 1, new_deadline())).items
        )
        nodes = catalog.browse_nodes(["283155", "1", "99999999999"], new_deadline())
        results.append(
            (
                [item.asin for item in found.items],
                found.total,
                [item.asin for item in variations.items],
                variations.dimensions,
                variations.total,
                nodes,
            )
        )
    assert results[0] == results[1]
    assert results[0][5], "at least one browse node is found"
