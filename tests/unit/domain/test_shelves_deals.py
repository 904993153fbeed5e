"""Shelves with deals: due at the end of a deal, and offers that change without a refresh."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.changes import fingerprint_of
from amzlinkr.domain.deals import offer_at
from amzlinkr.domain.products import Deal, Product
from amzlinkr.domain.removals import remove_products
from amzlinkr.domain.shelf_refresh import (
    outdated_offers,
    with_expired,
    with_offers,
    with_refresh,
)
from amzlinkr.domain.shelves import Shelf, Slot, add_products
from amzlinkr.storage.shelf_items import item_from_shelf, shelf_from_item
from tests.clock import START
from tests.fakes import offer, product

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(hours=24), timedelta(minutes=1)
EMPTY = Shelf("site", "US", "shelf", (), START, START + HOUR)
PLAIN = product("B000000001")


def on_sale(
    ends_at: datetime | None, asin: str = "B000000002", opens_at: datetime | None = None
) -> Product:
    access = "prime_early_access" if opens_at else "all"
    deal = Deal(access, "Deal", START - HOUR, ends_at, opens_at)  # type: ignore[arg-type] # an access
    return product(asin, replace(offer(), deal=deal))


def shelf_of(*products: Product) -> Shelf:
    (shelf,) = add_products(products, [], EMPTY)
    return shelf


@pytest.mark.parametrize(
    ("ends_at", "due_at"),
    [
        (START + 10 * MINUTE, START + 10 * MINUTE),
        (START + 2 * HOUR, START + HOUR),
        (None, START + HOUR),
    ],
)
def test_shelf_is_due_when_its_first_deal_ends(ends_at: datetime | None, due_at: datetime) -> None:
    assert shelf_of(PLAIN, on_sale(ends_at)).due_at == due_at


def test_shelf_is_due_when_early_access_ends() -> None:
    shelf = shelf_of(on_sale(START + HOUR, opens_at=START + 5 * MINUTE))
    assert shelf.due_at == START + 5 * MINUTE


def test_refreshed_shelf_is_due_when_a_deal_ends() -> None:
    shelf = replace(shelf_of(PLAIN), lease="lease")
    seen = replace(PLAIN, offer=on_sale(START + 20 * MINUTE).offer, observed_at=START + MINUTE)

    result = with_refresh(shelf, LookupResult(START + MINUTE, {PLAIN.asin: seen}), HOUR, shelf)

    assert result.shelf.due_at == START + 20 * MINUTE
    over = replace(PLAIN, observed_at=START + 20 * MINUTE)
    lookup = LookupResult(over.observed_at, {PLAIN.asin: over})
    assert with_refresh(result.shelf, lookup, HOUR, result.shelf).shelf.due_at == (
        START + 80 * MINUTE
    )


def test_moved_product_keeps_the_end_of_its_deal() -> None:
    full = shelf_of(*(product(f"B00000010{number}") for number in range(10)))
    source = replace(shelf_of(on_sale(START + MINUTE)), shelf_id="other")

    (filled, _), moved = remove_products(["B000000100"], [full, source])

    assert moved == {"B000000002": source}
    assert filled.due_at == START + MINUTE
    assert outdated_offers(filled, START + MINUTE) == ("B000000002",)


def test_offer_is_outdated_from_the_end_of_its_deal() -> None:
    shelf = shelf_of(PLAIN, on_sale(START + HOUR), on_sale(None, "B000000003"))

    assert outdated_offers(shelf, START + HOUR - MINUTE) == ()
    assert outdated_offers(shelf, START + HOUR) == ("B000000002",)
    assert outdated_offers(with_expired(shelf, START + DAY)[0], START + DAY) == ()
    empty = Slot("B000000004", None, changes_at=START)
    assert outdated_offers(replace(shelf, slots=(empty,)), START + HOUR) == ()


def test_shelf_has_the_fingerprint_of_the_offer_that_is_left() -> None:
    sale = on_sale(START + HOUR, opens_at=START + MINUTE)
    shelf = shelf_of(PLAIN, sale)

    for now, changes_at in ((START + MINUTE, START + HOUR), (START + HOUR, None)):
        shown = replace(sale, offer=offer_at(sale.offer, now))
        shelf = with_offers(shelf, {sale.asin: shown.offer})
        slot = shelf.slot(sale.asin)
        assert slot is not None
        assert (slot.fingerprint, slot.changes_at) == (fingerprint_of(shown), changes_at)
        assert outdated_offers(shelf, now) == ()
    assert shelf.slot(PLAIN.asin) == Slot.of(PLAIN)
    assert shelf.next_expiry == START + DAY


@pytest.mark.parametrize("omissions", [0, 1])
@pytest.mark.parametrize("changes_at", [None, START + HOUR])
def test_slot_is_stored_and_restored(omissions: int, changes_at: datetime | None) -> None:
    slot = replace(Slot.of(PLAIN), omissions=omissions, changes_at=changes_at)
    shelf = replace(EMPTY, slots=(slot,))

    assert shelf_from_item(item_from_shelf(shelf)).slots == (slot,)
