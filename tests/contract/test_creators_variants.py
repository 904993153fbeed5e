"""The Creators backend against an implementation that took the other documented variant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from amzlinkr.domain.catalog import BrowseNode, NodeName, Search, VariationPage
from amzlinkr.domain.products import Offer
from tests.clock import FakeClock
from tests.contract.creators_marketplaces import Shop, endpoint_for, shop_at
from tests.contract.creators_products import Goods, Node, World, listing
from tests.contract.creators_variants import Dialect

KETTLE, CUP = "B0TEST0001", "B0TEST0002"
LOST = ("B0NONE0001", "B0NONE0002", "0545162076")

SHELF = (
    Goods(KETTLE, "Steel Kettle", (listing(),), parent="B0PARENT00"),
    Goods(CUP, "Tea Cup"),
    Goods(LOST[0], "Kept from the API", refused=True),
)
NODES = (
    Node("1000", "Subjects", (("283155", "Books"),), (("17", "Literature"), ("9", "History"))),
    Node("17", "Literature", (("1000", "Subjects"), ("283155", "Books"))),
)

DIALECTS = {
    "as the SDK has it": Dialect(),
    "itemResults": Dialect(items_key="itemResults"),
    "bare items": Dialect(items_key="items"),
    "__type": Dialect(error_type="__type"),
    "fields as objects": Dialect(field_list="objects"),
    "explicit nulls": Dialect(absent="null"),
    "floats": Dialect(numbers="float"),
    "stray capitals": Dialect(capitals=True),
    "title as Value": Dialect(title_as_value=True),
    "offers empty": Dialect(no_offer="empty"),
    "offers null": Dialect(no_offer="null"),
    "times in minutes": Dialect(times="minutes"),
    "times as days": Dialect(times="days"),
    "highRes": Dialect(high_res_key="highRes"),
    "documented resources only": Dialect(undocumented_resources=False),
    "no hits as errors": Dialect(no_hits="errors"),
    "no hits as nothing": Dialect(no_hits="empty"),
    "no hits as nothing and null": Dialect(no_hits="errors", absent="null"),
    "no items as errors": Dialect(no_items="errors"),
    "no items as errors and null": Dialect(no_items="errors", absent="null"),
    "ItemNotAccessible": Dialect(refusal_code="ItemNotAccessible"),
    "ItemNotFound": Dialect(refusal_code="ItemNotFound"),
    "InvalidItemId": Dialect(refusal_code="InvalidItemId", no_items="errors"),
    "bearer": Dialect(token_type="bearer"),
    "short tokens": Dialect(expires_in=20),
    "all at once": Dialect(
        items_key="itemResults",
        error_type="__type",
        field_list="objects",
        absent="null",
        numbers="float",
        capitals=True,
        no_offer="null",
        times="minutes",
        high_res_key="highRes",
        undocumented_resources=False,
        no_hits="errors",
        no_items="errors",
        refusal_code="ItemNotAccessible",
        token_type="bearer",
        expires_in=20,
    ),
}


@pytest.fixture(params=list(DIALECTS.values()), ids=list(DIALECTS))
def shop(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Shop]:
    dialect: Dialect = request.param
    with endpoint_for(clock, dialect=dialect, world=World(SHELF, NODES)) as endpoint:
        yield shop_at(endpoint, clock)


@contextmanager
def selling(clock: FakeClock, *goods: Goods, dialect: Dialect | None = None) -> Iterator[Shop]:
    with endpoint_for(clock, *goods, dialect=dialect) as endpoint:
        yield shop_at(endpoint, clock)


def test_a_product_is_the_same_in_every_dialect(shop: Shop) -> None:
    item = shop.item(KETTLE)
    offer, details = item.offer, item.details

    assert (item.asin, item.marketplace) == (KETTLE, "US")
    assert item.observed_at == shop.clock.now()
    assert (details.title, details.brand, details.binding) == ("Steel Kettle", "Maker", "Kitchen")
    assert details.features == ("Boils water", "Turns itself off")
    assert details.url == (
        f"https://www.amazon.com/dp/{KETTLE}?tag=n0-other-20&linkCode=ogi&th=1&psc=1"
    )
    assert offer.price is not None
    assert (offer.price.amount, offer.price.currency, offer.price.display) == (
        5949,
        "USD",
        "$59.49",
    )
    assert (offer.availability, offer.condition) == ("in_stock", "New")
    assert (offer.merchant, offer.hidden, offer.prime) == ("Amazon.com", False, None)


def test_a_picture_is_one_of_amazons_with_its_own_size(shop: Shop) -> None:
    image = shop.item(KETTLE).details.image

    assert image is not None
    sizes = {"SMALL": (75, 56), "MEDIUM": (160, 120), "LARGE": (500, 375), "HIGHRES": (1500, 1125)}
    written = {
        f"https://m.media-amazon.com/images/I/{KETTLE}-0._{size}_.jpg": sides
        for size, sides in sizes.items()
    }
    assert written[image.url] == (image.width, image.height)
    assert (type(image.width), type(image.height)) == (int, int)
    assert image.width >= 500


def test_without_a_featured_offer_there_is_no_price_and_no_error(shop: Shop) -> None:
    assert shop.item(CUP).offer == Offer()


def test_one_bad_id_does_not_spoil_the_others(shop: Shop) -> None:
    lookup = shop.catalog.items([LOST[0], KETTLE, LOST[1], CUP], shop.deadline())

    assert set(lookup.found) == {KETTLE, CUP}
    assert all(item.asin == asin for asin, item in lookup.found.items())
    code = shop.endpoint.dialect.refusal_code
    assert lookup.refused == {LOST[0]: code, LOST[1]: code}


def test_nothing_but_bad_ids_is_an_answer_too(shop: Shop) -> None:
    lookup = shop.catalog.items(LOST, shop.deadline())

    assert lookup.found == {}
    assert set(lookup.refused) == set(LOST)
    assert len(shop.endpoint.calls) == 1


def test_a_search_has_its_items_total_and_address(shop: Shop) -> None:
    found = shop.catalog.search(Search("kettle"), shop.deadline())

    assert [item.asin for item in found.items] == [KETTLE]
    assert (found.total, found.pages) == (1, 1)
    assert type(found.total) is int
    assert found.search_url is not None
    assert found.search_url.startswith("https://www.amazon.com/s/?field-keywords=kettle&tag=")
    assert replace(found.items[0], details=shop.item(KETTLE).details) == shop.item(KETTLE)


def test_a_search_without_hits_is_an_empty_page(shop: Shop) -> None:
    found = shop.catalog.search(Search("nobody sells this"), shop.deadline())

    assert (found.items, found.total, found.pages) == ((), 0, 0)
    assert len(shop.endpoint.calls) == 1


def test_a_product_without_a_family_has_no_variations(shop: Shop) -> None:
    assert shop.catalog.variations(CUP, 1, shop.deadline()) == VariationPage()


def test_a_family_without_dimensions_still_has_items(shop: Shop) -> None:
    family = shop.catalog.variations(KETTLE, 1, shop.deadline())

    assert [item.asin for item in family.items] == [KETTLE]
    assert (family.total, family.dimensions) == (1, ())


def test_browse_nodes_have_their_place(shop: Shop) -> None:
    found = shop.catalog.browse_nodes(["17", "404", "1000"], shop.deadline())

    books, subjects = NodeName("283155", "Books"), NodeName("1000", "Subjects")
    literature, history = NodeName("17", "Literature"), NodeName("9", "History")
    assert {node.id: node for node in found} == {
        "1000": BrowseNode("1000", "Subjects", (books,), (literature, history)),
        "17": BrowseNode("17", "Literature", (subjects, books), ()),
    }


def test_unknown_browse_nodes_are_left_out(shop: Shop) -> None:
    assert shop.catalog.browse_nodes(["404", "405"], shop.deadline()) == ()
    assert len(shop.endpoint.calls) == 1


def test_details_may_be_missing(clock: FakeClock) -> None:
    for dialect in (Dialect(), Dialect(absent="null")):
        with selling(clock, Goods(KETTLE, bare=True), dialect=dialect) as shop:
            details = shop.item(KETTLE).details

        assert isinstance(details.title, str)
        assert (details.image, details.brand, details.features, details.binding) == (
            None,
            None,
            (),
            None,
        )
