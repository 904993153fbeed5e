"""Products that Amazon does not return, at the import and at later refreshes, through both APIs.

Tests that wait for several calls of one account, one per second, have the marker `slow`.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.stack.client import ServiceClient
from tests.e2e.second_amazon.sites import APIS, World, patiently
from tests.second_amazon.operations import NAMED, SILENT

ALL_BAD = ["B0INVALID1", "B0NOACCES1"]
# A product that exists, but not for the API, is `failed` with the code `not_accessible`.
STATUS_OF_BAD = dict.fromkeys((*NAMED, SILENT), "not_found") | {"B0NOACCES1": "failed"}
MAX_REFRESH_SECONDS = 60


@pytest.fixture(scope="module")
def sites(world: World) -> dict[str, ServiceClient]:
    return {api: world.connected_site(api, "US") for api in APIS}


def import_results(site: ServiceClient, asins: list[str]) -> dict[str, dict[str, Any]]:
    response = patiently(lambda: site.call("POST", "/import", {"items": asins}))
    assert response.status == 200, response.json
    return {result["asin"]: result for result in response.json["results"]}


@pytest.mark.parametrize("api", APIS)
def test_bad_asins_do_not_spoil_the_others(sites: dict[str, ServiceClient], api: str) -> None:
    asins = ["B0PLAIN001", *NAMED, SILENT, "B0PERUNIT1"]

    statuses = {
        asin: result["status"] for asin, result in import_results(sites[api], asins).items()
    }

    good = {"B0PLAIN001": "imported", "B0PERUNIT1": "imported"}
    assert statuses == STATUS_OF_BAD | good


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("asins", [ALL_BAD, [SILENT]], ids=["named", "silent"])
def test_only_bad_asins(sites: dict[str, ServiceClient], api: str, asins: list[str]) -> None:
    results = import_results(sites[api], asins)

    # If all ASINs are bad, the Creators API answers 404 with the code of the first one.
    expected = {asin: STATUS_OF_BAD[asin] for asin in asins}
    if api == "creators":
        expected = dict.fromkeys(asins, "not_found")
    assert {asin: result["status"] for asin, result in results.items()} == expected


@dataclass
class Shelf:
    """Two products of a new site: one that will disappear and one that stays beside it."""

    world: World
    site: ServiceClient
    asin: str
    neighbor: str = "B0PLAIN001"

    def product(self, asin: str) -> dict[str, Any]:
        found: dict[str, Any] = self.site.call("GET", f"/products/{asin}").json
        return found

    def refresh(self) -> None:
        """Make the shelf due, run the price sync, and wait until its answer is stored."""
        before = self.product(self.neighbor)["observed_at"]
        assert self.site.call("POST", "/sync").status in {200, 202}
        self.world.scheduler.trigger()
        wait_until(lambda: self.product(self.neighbor)["observed_at"] > before)


def wait_until(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MAX_REFRESH_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, "the refresh did not happen"
        time.sleep(0.5)


@pytest.fixture
def shelf(world: World, api: str, code: str) -> Iterator[Shelf]:
    """Import two products, of which the first is then named in an error, or omitted."""
    site = world.connected_site(api, "US")
    asin = "B0VANISH01" if code else "B0VANISH02"
    import_results(site, [asin, "B0PLAIN001"])
    world.amazon.catalog.vanished[asin] = code
    yield Shelf(world, site, asin)
    world.amazon.catalog.vanished.clear()


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "code",
    ["InvalidParameterValue", pytest.param("ItemNotAccessible", marks=pytest.mark.slow)],
)
def test_product_named_in_an_error_is_missing_after_one_refresh(
    shelf: Shelf, api: str, code: str
) -> None:
    shelf.refresh()

    assert shelf.product(shelf.asin) == {
        "asin": shelf.asin,
        "marketplace": "US",
        "price_status": "missing",
        "url": f"https://www.amazon.com/dp/{shelf.asin}?tag=second-20",
    }


@pytest.mark.slow
@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("code", [""], ids=["omitted"])
def test_product_omitted_twice_is_missing(shelf: Shelf, api: str, code: str) -> None:
    shelf.refresh()
    assert shelf.product(shelf.asin)["price_status"] == "current"

    shelf.refresh()

    assert shelf.product(shelf.asin)["price_status"] == "missing"


@pytest.mark.slow
@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("code", ["InvalidParameterValue"])
def test_missing_product_that_returns_is_added(
    world: World, shelf: Shelf, api: str, code: str
) -> None:
    shelf.refresh()
    assert shelf.product(shelf.asin)["price_status"] == "missing"
    world.amazon.catalog.vanished.clear()

    shelf.refresh()

    assert shelf.product(shelf.asin)["price"]["amount"] == 750
    changes = shelf.site.call("GET", "/changes").json["changes"]
    assert ("added", shelf.asin) in [(change["kind"], change.get("asin")) for change in changes]


@pytest.mark.slow
@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("code", ["InvalidParameterValue"])
def test_missing_product_does_not_hold_the_others_back(shelf: Shelf, api: str, code: str) -> None:
    shelf.refresh()

    page = shelf.site.call("GET", "/changes").json

    seen = datetime.fromisoformat(page["checked_at"]["US"])
    assert seen == datetime.fromisoformat(shelf.product(shelf.neighbor)["observed_at"])
    kinds = {change["asin"]: change["kind"] for change in page["changes"]}
    assert kinds[shelf.asin] == "missing"


@pytest.mark.slow
@pytest.mark.parametrize("api", APIS)
def test_price_of_a_deal_is_hidden_when_it_has_ended(
    world: World, sites: dict[str, ServiceClient], api: str
) -> None:
    ends, found = import_ending_deal(world, sites[api])
    assert datetime.fromisoformat(found["fresh_until"]) <= ends

    wait_until(lambda: datetime.now(UTC) > ends + timedelta(seconds=1))
    product = sites[api].call("GET", "/products/B0DEALALL1").json

    assert product["price_status"] == "hidden"
    withheld = {"deal", "price", "list_price", "savings_percent", "unit_price"}
    assert not withheld & set(product)


def import_ending_deal(world: World, site: ServiceClient) -> tuple[datetime, dict[str, Any]]:
    """Import a product just before its deal ends; return this time and the product."""
    product = world.amazon.catalog.products["US"]["B0DEALALL1"]
    details = product["offersV2"]["listings"][0]["dealDetails"]
    before = details["endTime"]
    try:
        for seconds in (6, 20, 60):  # a slow machine needs the longer ones
            ends = datetime.now(UTC) + timedelta(seconds=seconds)
            details["endTime"] = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
            found = import_results(site, ["B0DEALALL1"])["B0DEALALL1"]["product"]
            if "deal" in found:
                break
    finally:
        details["endTime"] = before
    return ends, found
