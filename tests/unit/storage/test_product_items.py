"""The items of a product: its offer, its details, and what remains when it expires or goes."""

from dataclasses import fields
from datetime import UTC, timedelta
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.changes import Change
from amzlinkr.domain.feed import FeedState
from amzlinkr.domain.products import Deal, DealAccess, Details, Image, Kind, Offer, Product
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage.product_items import (
    cleared_item,
    find_offers,
    item_from_change,
    item_from_details,
    item_from_feed_state,
    newest_seq,
    outdated_item,
    read_feed_state,
    tombstone_item,
)
from amzlinkr.storage.records import FeedItem, OfferItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import product
from tests.unit.storage.reads import recorded_reads

TEXTS = st.text(max_size=20)
NAMES = st.none() | TEXTS
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
OFFERS = st.builds(
    Offer,
    **{
        field.name: st.from_type(get_type_hints(Offer)[field.name])
        for field in fields(Offer)
        if field.name != "deal"
    },
    deal=st.none()
    | st.builds(Deal, st.sampled_from(get_args(DealAccess)), TEXTS, TIMES, TIMES, TIMES),
)
DETAILS = st.builds(
    Details,
    TEXTS,
    TEXTS,
    st.none() | st.builds(Image, TEXTS, st.integers(0, 9_999), st.integers(0, 9_999)),
    NAMES,
    st.lists(TEXTS, max_size=3).map(tuple),
    NAMES,
)
ASIN, KEY = "B000000001", "US#B000000001"
SHELF = Shelf("site_a", "US", "1", (), START, START)


@given(OFFERS, DETAILS)
def test_offer_and_details_are_read_as_they_were_stored(offer: Offer, details: Details) -> None:
    shown = Product(ASIN, "US", details, offer, START)

    of_offer = item_from_change("site_a", Change("price", shown, details_changed=True), 7, "1")
    of_details = item_from_details("site_a", shown)

    assert msgspec.json.decode(of_offer.offer or "", type=Offer) == offer
    assert msgspec.json.decode(of_details.details, type=Details) == details
    assert (of_offer.kind, of_offer.seq, of_offer.shelf_id) == ("price", 7, "1")


def stored_values(item: OfferItem) -> dict[str, Any]:
    """Return the attributes of an item, without its class."""
    return {name: value for name, value in item.attribute_values.items() if name != "type"}


@given(OFFERS)
def test_offer_after_its_deal_is_a_price_in_the_feed(offer: Offer) -> None:
    item = outdated_item(SHELF, ASIN, 3, offer)

    assert msgspec.json.decode(item.offer or "", type=Offer) == offer
    assert (item.sk, item.seq, item.kind, item.shelf_id) == (KEY, 3, "price", "1")
    assert not item.removed


@pytest.mark.parametrize("kind", ["expired", "missing"])
def test_nothing_but_the_asin_remains_of_a_cleared_product(kind: Kind) -> None:
    assert stored_values(cleared_item(SHELF, ASIN, 3, kind)) == {
        "pk": "site_a", "sk": KEY, "seq": 3, "kind": kind, "shelf_id": "1",
    }  # fmt: skip


def test_tombstone_has_no_content_and_expires() -> None:
    until = START + timedelta(days=30)

    assert stored_values(tombstone_item("site_a", ("US", ASIN), 3, until)) == {
        "pk": "site_a", "sk": f"#removed#{KEY}", "seq": 3, "kind": "removed", "removed": True,
        "expires": int(until.timestamp()),
    }  # fmt: skip


def test_offers_are_found_without_tombstones(stores: Dependencies) -> None:
    shown = Change("added", product(ASIN), details_changed=True)
    item_from_change("site_a", shown, 1, "1").save()
    tombstone_item("site_a", ("US", "B000000002"), 2, START).save()
    asins = [ASIN, "B000000002", "B000000003"]
    with recorded_reads() as reads:
        found = find_offers("site_a", "US", asins)

    assert [item.sk for item in found] == [KEY]
    assert find_offers("site_b", "US", asins) == find_offers("site_a", "DE", asins) == []
    assert (reads.consistent, reads.eventual) == (["BatchGetItem"], [])


def test_sequence_numbers_of_a_site_begin_with_zero(stores: Dependencies) -> None:
    FeedItem("site_a", "#feed", last_seq=7).save()

    assert read_feed_state("site_a") == FeedState(7)
    assert read_feed_state("site_b") == FeedState(0)


@pytest.mark.parametrize("is_complete", [True, False])
def test_state_of_a_feed_is_stored(is_complete: bool, stores: Dependencies) -> None:
    state = FeedState(7, START, is_complete)
    item_from_feed_state("site_a", state).save()

    assert read_feed_state("site_a") == state


def test_newest_number_is_that_of_any_product(stores: Dependencies) -> None:
    for number, asin in enumerate(("B000000001", "B000000002")):
        tombstone_item("site_a", ("US", asin), 7 - number, START).save()

    assert (newest_seq("site_a"), newest_seq("site_b")) == (7, 0)
