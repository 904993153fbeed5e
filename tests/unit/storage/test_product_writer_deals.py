"""The end of a deal in storage: published once, and consistent with the shelf."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from amzlinkr.domain.changes import fingerprint_of
from amzlinkr.domain.products import Deal, Offer, Product
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import OfferItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.integration.aws_spy import run_before_call
from tests.unit.storage.test_product_writer import ASINS, feed, shelves

MINUTE = timedelta(minutes=1)
SALE = product(
    ASINS[0], replace(offer(), deal=Deal("all", "Deal", START, START + 10 * MINUTE), prime=True)
)
LEFT = replace(SALE.offer, price=None, deal=None, hidden=True)


def add_sale(stores: Dependencies) -> None:
    stores.product_writer.add("site_a", "US", [SALE, product(ASINS[1])])


def stored_offer() -> Offer:
    item = OfferItem.get("site_a", item_keys.product("US", ASINS[0]))
    return msgspec.json.decode(item.offer or "", type=Offer)


def test_end_of_a_deal_is_published_once(stores: Dependencies) -> None:
    add_sale(stores)
    (shelf,) = shelves(stores)
    assert shelf.due_at == START + 10 * MINUTE

    stores.product_writer.expire(shelf, START + 9 * MINUTE)
    assert (stored_offer(), feed(stores, after=2)) == (SALE.offer, [])
    expired = [stores.product_writer.expire(shelf, START + 10 * MINUTE) for _ in range(2)]

    assert expired == [0, 0]
    assert stored_offer() == LEFT
    assert feed(stores, after=2) == [(ASINS[0], "price")]
    (shelf,) = shelves(stores)
    slot = shelf.slot(ASINS[0])
    assert slot is not None
    # A read compares the two: with another fingerprint the product would count as torn.
    assert slot.fingerprint == fingerprint_of(replace(SALE, offer=LEFT))
    assert slot.changes_at is None


@pytest.mark.parametrize("number", range(1, 5))
def test_refresh_before_any_call_wins(stores: Dependencies, number: int) -> None:
    add_sale(stores)
    (shelf,) = shelves(stores)
    later = Product(
        SALE.asin, "US", SALE.details, replace(offer(4321), prime=True), START + 10 * MINUTE
    )

    def refresh() -> None:
        stores.product_writer.add("site_a", "US", [later])

    with run_before_call(number, refresh) as made:
        stores.product_writer.expire(shelf, START + 10 * MINUTE)

    assert len(made) >= number
    assert stored_offer() == later.offer
    assert feed(stores, after=2) == [(ASINS[0], "price")]
