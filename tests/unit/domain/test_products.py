"""Products as values: defaults without a claim, and equality by content."""

from dataclasses import FrozenInstanceError, replace
from datetime import timedelta

import pytest

from amzlinkr.domain.freshness import price_status
from amzlinkr.domain.products import Details, Offer, StoredProduct
from tests.clock import START
from tests.fakes import product


def test_offer_without_members_is_no_offer() -> None:
    offer = Offer()

    assert (offer.price, offer.list_price, offer.savings_percent) == (None, None, None)
    assert (offer.availability, offer.deal, offer.prime) == ("out_of_stock", None, None)
    assert price_status(offer, START, START) == "no_offer"


def test_details_need_only_a_title_and_a_link() -> None:
    details = Details("Kettle", "https://www.amazon.com/dp/B000000001")

    assert (details.image, details.brand, details.features, details.binding) == (
        None,
        None,
        (),
        None,
    )


def test_products_of_equal_content_are_equal_and_hash_alike() -> None:
    first, second = (product("B000000001") for _ in range(2))

    assert first == second
    assert len({first, second}) == 1
    assert first != replace(first, observed_at=START + timedelta(seconds=1))


def test_product_cannot_be_changed() -> None:
    stored = StoredProduct("B000000001", "US", None, Offer(), None)

    for value, field in ((stored, "asin"), (stored.offer, "price")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field, None)
