"""What every `Catalog` promises: both APIs on the fake Amazon, and the one in memory."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.amazon_errors import AmazonRejectedRequest, AmazonUnavailable
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import Credentials, creators_credentials, paapi_credentials
from amzlinkr.domain.ports import Catalog
from infra.local.fake_amazon.control import GoneBody
from infra.local.fake_amazon.search import NO_RESULTS_KEYWORD
from infra.local.fake_amazon.server import FakeAmazon
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.fakes import FakeCatalog, product
from tests.unit.amazon.accounts import UnlimitedRateLimiter

KNOWN = [f"B0TEST{number:04d}" for number in range(30)]
UNKNOWN = ["B0NONE0001", "B0NONE0002"]


@dataclass
class Shop:
    """A catalogue that knows KNOWN and not UNKNOWN, and how to let a second pass."""

    catalog: Catalog
    clock: FakeClock

    def deadline(self, seconds: float = 3) -> Deadline:
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
def shop(request: pytest.FixtureRequest, clock: FakeClock) -> Shop:
    build: Callable[[pytest.FixtureRequest, FakeClock], Catalog] = request.param
    return Shop(build(request, clock), clock)


def test_products_are_found_by_asin_and_the_others_refused_by_asin(shop: Shop) -> None:
    lookup = shop.catalog.items([KNOWN[3], UNKNOWN[0], KNOWN[1]], shop.deadline())

    assert set(lookup.found) == {KNOWN[3], KNOWN[1]}
    assert all(item.asin == asin for asin, item in lookup.found.items())
    assert lookup.refused == {UNKNOWN[0]: "InvalidParameterValue"}


def test_ten_products_are_one_call(shop: Shop) -> None:
    assert set(shop.catalog.items(KNOWN[:10], shop.deadline()).found) == set(KNOWN[:10])


def test_eleven_are_too_many(shop: Shop) -> None:
    with pytest.raises(AmazonRejectedRequest):
        shop.catalog.items(KNOWN[:11], shop.deadline())


def test_nothing_but_unknown_products_is_an_answer_too(shop: Shop) -> None:
    lookup = shop.catalog.items(UNKNOWN, shop.deadline())

    assert lookup.found == {}
    assert set(lookup.refused) == set(UNKNOWN)


def test_the_answer_says_when_it_was_asked_for(shop: Shop) -> None:
    deadline = shop.deadline()
    before = shop.clock.now()

    lookup = shop.catalog.items(KNOWN[:1], deadline)

    assert lookup.requested_at == before


def test_a_product_has_a_title_a_marketplace_and_an_address(shop: Shop) -> None:
    item = shop.catalog.items(KNOWN[:1], shop.deadline()).found[KNOWN[0]]

    assert item.marketplace == "US"
    assert item.details.title
    assert item.details.url.startswith("https://www.amazon.com/")


def test_a_search_has_pages_of_ten_that_do_not_overlap(shop: Shop) -> None:
    first = shop.catalog.search(Search("kettle"), shop.deadline())
    second = shop.catalog.search(Search("kettle", page=2), shop.deadline())

    assert len(first.items) == 10
    assert first.total == second.total > 10
    assert first.pages == min(10, -(-first.total // 10))
    assert {item.asin for item in first.items}.isdisjoint(item.asin for item in second.items)


def test_a_search_without_hits_is_an_empty_page(shop: Shop) -> None:
    found = shop.catalog.search(Search(NO_RESULTS_KEYWORD), shop.deadline())

    assert (found.items, found.total, found.pages) == ((), 0, 0)


def test_without_time_it_fails_at_once_and_can_be_tried_again(shop: Shop) -> None:
    for ask in (
        lambda: shop.catalog.items(KNOWN[:1], shop.deadline(0)),
        lambda: shop.catalog.search(Search("kettle"), shop.deadline(0)),
    ):
        with pytest.raises(AmazonUnavailable) as failed:
            ask()
        assert failed.value.retryable
