"""The contract of `Catalog`: both APIs on the fake Amazon, and the fake in memory."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.amazon_errors import AmazonRejectedRequest, AmazonUnavailable
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import Credentials, creators_credentials, paapi_credentials
from amzlinkr.domain.ports import Catalog
from infra.local.fake_amazon.control_bodies import GoneBody
from infra.local.fake_amazon.search import NO_RESULTS_KEYWORD
from infra.local.fake_amazon.server import FakeAmazon
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.fakes import FakeCatalog, product
from tests.unit.amazon.accounts import UnlimitedRateLimiter

KNOWN = [f"B0TEST{number:04d}" for number in range(30)]
UNKNOWN = ["B0NONE0001", "B0NONE0002"]


@dataclass
class CatalogSetup:
    """A catalog with the products KNOWN and without UNKNOWN, and its clock."""

    catalog: Catalog
    clock: FakeClock

    def deadline(self, seconds: float = 3) -> Deadline:
        """Return a deadline, after a pause that the rate limit of the fake requires."""
        self.clock.advance(seconds=2)
        return Deadline.after(self.clock, seconds)


def in_memory(request: pytest.FixtureRequest, clock: FakeClock) -> Catalog:
    return FakeCatalog([product(asin, title=f"Kettle {asin}") for asin in KNOWN], clock)


def on_fake_amazon(request: pytest.FixtureRequest, clock: FakeClock, keys: Credentials) -> Catalog:
    amazon: FakeAmazon = request.getfixturevalue("amazon")
    for asin in UNKNOWN:
        amazon.control.set_gone(GoneBody(asin=asin))
    return open_catalog(keys, UnlimitedRateLimiter(), clock, amazon.url)


def paapi5(request: pytest.FixtureRequest, clock: FakeClock) -> Catalog:
    return on_fake_amazon(request, clock, paapi_credentials(ACCESS_KEY, SECRET_KEY, TAG, "US"))


def creators(request: pytest.FixtureRequest, clock: FakeClock) -> Catalog:
    return on_fake_amazon(request, clock, creators_credentials(*CREDENTIAL, TAG, "US"))


@pytest.fixture(params=[in_memory, paapi5, creators])
def setup(request: pytest.FixtureRequest, clock: FakeClock) -> CatalogSetup:
    build: Callable[[pytest.FixtureRequest, FakeClock], Catalog] = request.param
    return CatalogSetup(build(request, clock), clock)


def test_lookup_finds_known_and_refuses_unknown_asins(setup: CatalogSetup) -> None:
    lookup = setup.catalog.items([KNOWN[3], UNKNOWN[0], KNOWN[1]], setup.deadline())

    assert set(lookup.found) == {KNOWN[3], KNOWN[1]}
    assert all(item.asin == asin for asin, item in lookup.found.items())
    assert lookup.refused == {UNKNOWN[0]: "InvalidParameterValue"}


def test_lookup_accepts_ten_asins(setup: CatalogSetup) -> None:
    assert set(setup.catalog.items(KNOWN[:10], setup.deadline()).found) == set(KNOWN[:10])


def test_lookup_rejects_eleven_asins(setup: CatalogSetup) -> None:
    with pytest.raises(AmazonRejectedRequest):
        setup.catalog.items(KNOWN[:11], setup.deadline())


def test_lookup_of_unknown_asins_only_is_not_an_error(setup: CatalogSetup) -> None:
    lookup = setup.catalog.items(UNKNOWN, setup.deadline())

    assert lookup.found == {}
    assert set(lookup.refused) == set(UNKNOWN)


def test_lookup_has_the_time_before_the_request(setup: CatalogSetup) -> None:
    deadline = setup.deadline()
    before = setup.clock.now()

    lookup = setup.catalog.items(KNOWN[:1], deadline)

    assert lookup.requested_at == before


def test_product_has_title_marketplace_and_url(setup: CatalogSetup) -> None:
    item = setup.catalog.items(KNOWN[:1], setup.deadline()).found[KNOWN[0]]

    assert item.marketplace == "US"
    assert item.details.title
    assert item.details.url.startswith("https://www.amazon.com/")


def test_search_pages_have_ten_items_and_do_not_overlap(setup: CatalogSetup) -> None:
    first = setup.catalog.search(Search("kettle"), setup.deadline())
    second = setup.catalog.search(Search("kettle", page=2), setup.deadline())

    assert len(first.items) == 10
    assert first.total == second.total > 10
    assert first.pages == min(10, -(-first.total // 10))
    assert {item.asin for item in first.items}.isdisjoint(item.asin for item in second.items)


def test_search_without_hits_is_an_empty_page(setup: CatalogSetup) -> None:
    found = setup.catalog.search(Search(NO_RESULTS_KEYWORD), setup.deadline())

    assert (found.items, found.total, found.pages) == ((), 0, 0)


def test_call_after_the_deadline_fails_as_retryable(setup: CatalogSetup) -> None:
    for call in (
        lambda: setup.catalog.items(KNOWN[:1], setup.deadline(0)),
        lambda: setup.catalog.search(Search("kettle"), setup.deadline(0)),
    ):
        with pytest.raises(AmazonUnavailable) as failed:
            call()
        assert failed.value.retryable
