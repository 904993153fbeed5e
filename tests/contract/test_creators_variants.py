"""The Creators backend against each documented variant of the responses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from amzlinkr.domain.catalog import BrowseNode, NodeName, Search, VariationPage
from amzlinkr.domain.products import Offer
from tests.clock import FakeClock
from tests.contract.creators_marketplaces import CatalogSetup, endpoint_for, setup_at
from tests.contract.creators_products import FakeProduct, Node, State, listing
from tests.contract.creators_variants import Variant

KETTLE, CUP = "B0TEST0001", "B0TEST0002"
UNAVAILABLE = ("B0NONE0001", "B0NONE0002", "0545162076")

PRODUCTS = (
    FakeProduct(KETTLE, "Steel Kettle", (listing(),), parent="B0PARENT00"),
    FakeProduct(CUP, "Tea Cup"),
    FakeProduct(UNAVAILABLE[0], "Not accessible", refused=True),
)
NODES = (
    Node("1000", "Subjects", (("283155", "Books"),), (("17", "Literature"), ("9", "History"))),
    Node("17", "Literature", (("1000", "Subjects"), ("283155", "Books"))),
)

VARIANTS = {
    "as in the SDK": Variant(),
    "itemResults": Variant(items_key="itemResults"),
    "bare items": Variant(items_key="items"),
    "__type": Variant(error_type="__type"),
    "fields as objects": Variant(field_list="objects"),
    "explicit nulls": Variant(absent="null"),
    "floats": Variant(numbers="float"),
    "odd case": Variant(capitals=True),
    "title as Value": Variant(title_as_value=True),
    "offers empty": Variant(no_offer="empty"),
    "offers null": Variant(no_offer="null"),
    "times in minutes": Variant(times="minutes"),
    "times as days": Variant(times="days"),
    "highRes": Variant(high_res_key="highRes"),
    "documented resources only": Variant(undocumented_resources=False),
    "no hits as errors": Variant(no_hits="errors"),
    "no hits as empty result": Variant(no_hits="empty"),
    "no hits as errors and null": Variant(no_hits="errors", absent="null"),
    "no items as errors": Variant(no_items="errors"),
    "no items as errors and null": Variant(no_items="errors", absent="null"),
    "ItemNotAccessible": Variant(refusal_code="ItemNotAccessible"),
    "ItemNotFound": Variant(refusal_code="ItemNotFound"),
    "InvalidItemId": Variant(refusal_code="InvalidItemId", no_items="errors"),
    "bearer": Variant(token_type="bearer"),
    "short tokens": Variant(expires_in=20),
    "all together": Variant(
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


@pytest.fixture(params=list(VARIANTS.values()), ids=list(VARIANTS))
def setup(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[CatalogSetup]:
    variant: Variant = request.param
    with endpoint_for(clock, variant=variant, state=State(PRODUCTS, NODES)) as endpoint:
        yield setup_at(endpoint, clock)


@contextmanager
def running_setup(
    clock: FakeClock, *products: FakeProduct, variant: Variant | None = None
) -> Iterator[CatalogSetup]:
    with endpoint_for(clock, *products, variant=variant) as endpoint:
        yield setup_at(endpoint, clock)


def test_product_is_equal_in_every_variant(setup: CatalogSetup) -> None:
    item = setup.item(KETTLE)
    offer, details = item.offer, item.details

    assert (item.asin, item.marketplace) == (KETTLE, "US")
    assert item.observed_at == setup.clock.now()
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


def test_image_has_its_url_and_size(setup: CatalogSetup) -> None:
    image = setup.item(KETTLE).details.image

    assert image is not None
    sizes = {"SMALL": (75, 56), "MEDIUM": (160, 120), "LARGE": (500, 375), "HIGHRES": (1500, 1125)}
    encode_variant = {
        f"https://m.media-amazon.com/images/I/{KETTLE}-0._{size}_.jpg": sides
        for size, sides in sizes.items()
    }
    assert encode_variant[image.url] == (image.width, image.height)
    assert (type(image.width), type(image.height)) == (int, int)
    assert image.width >= 500


def test_product_without_featured_offer_has_no_price(setup: CatalogSetup) -> None:
    assert setup.item(CUP).offer == Offer()


def test_refused_asins_do_not_hide_the_others(setup: CatalogSetup) -> None:
    lookup = setup.catalog.items([UNAVAILABLE[0], KETTLE, UNAVAILABLE[1], CUP], setup.deadline())

    assert set(lookup.found) == {KETTLE, CUP}
    assert all(item.asin == asin for asin, item in lookup.found.items())
    code = setup.endpoint.variant.refusal_code
    assert lookup.refused == {UNAVAILABLE[0]: code, UNAVAILABLE[1]: code}


def test_lookup_of_refused_asins_only_is_not_an_error(setup: CatalogSetup) -> None:
    lookup = setup.catalog.items(UNAVAILABLE, setup.deadline())

    assert lookup.found == {}
    assert set(lookup.refused) == set(UNAVAILABLE)
    assert len(setup.endpoint.calls) == 1


def test_search_has_items_total_and_url(setup: CatalogSetup) -> None:
    found = setup.catalog.search(Search("kettle"), setup.deadline())

    assert [item.asin for item in found.items] == [KETTLE]
    assert (found.total, found.pages) == (1, 1)
    assert type(found.total) is int
    assert found.search_url is not None
    assert found.search_url.startswith("https://www.amazon.com/s/?field-keywords=kettle&tag=")
    assert replace(found.items[0], details=setup.item(KETTLE).details) == setup.item(KETTLE)


def test_search_without_hits_is_an_empty_page(setup: CatalogSetup) -> None:
    found = setup.catalog.search(Search("no such product"), setup.deadline())

    assert (found.items, found.total, found.pages) == ((), 0, 0)
    assert len(setup.endpoint.calls) == 1


def test_single_product_has_no_variations(setup: CatalogSetup) -> None:
    assert setup.catalog.variations(CUP, 1, setup.deadline()) == VariationPage()


def test_variations_without_dimensions_have_items(setup: CatalogSetup) -> None:
    family = setup.catalog.variations(KETTLE, 1, setup.deadline())

    assert [item.asin for item in family.items] == [KETTLE]
    assert (family.total, family.dimensions) == (1, ())


def test_browse_nodes_have_ancestors_and_children(setup: CatalogSetup) -> None:
    found = setup.catalog.browse_nodes(["17", "404", "1000"], setup.deadline())

    books, subjects = NodeName("283155", "Books"), NodeName("1000", "Subjects")
    literature, history = NodeName("17", "Literature"), NodeName("9", "History")
    assert {node.id: node for node in found} == {
        "1000": BrowseNode("1000", "Subjects", (books,), (literature, history)),
        "17": BrowseNode("17", "Literature", (subjects, books), ()),
    }


def test_unknown_browse_nodes_are_omitted(setup: CatalogSetup) -> None:
    assert setup.catalog.browse_nodes(["404", "405"], setup.deadline()) == ()
    assert len(setup.endpoint.calls) == 1


def test_missing_details_are_empty(clock: FakeClock) -> None:
    for variant in (Variant(), Variant(absent="null")):
        with running_setup(clock, FakeProduct(KETTLE, bare=True), variant=variant) as setup:
            details = setup.item(KETTLE).details

        assert isinstance(details.title, str)
        assert (details.image, details.brand, details.features, details.binding) == (
            None,
            None,
            (),
            None,
        )
