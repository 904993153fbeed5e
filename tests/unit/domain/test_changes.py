"""Changes between a fingerprint and a product, and their kinds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.changes import Fingerprint, change_between, fingerprint_of
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Details, Image, Offer
from tests.fakes import offer, product

BEFORE = product("B000000001")
PRICE: list[Offer] = [
    replace(offer(), price=Money(2000, "USD", "$20.00")),
    replace(offer(), price=None),
    replace(offer(), list_price=Money(2500, "USD", "$25.00")),
    replace(offer(), savings_percent=5),
    replace(offer(), hidden=True),
    replace(offer(), deal=Deal("Limited time deal", "ALL", None)),
]
AVAILABILITY: list[Offer] = [
    replace(offer(), availability="out_of_stock"),
    replace(offer(), condition="Used"),
    replace(offer(), merchant="Another seller"),
    replace(offer(), prime=True),
]
DETAILS: list[Details] = [
    replace(BEFORE.details, title="Another"),
    replace(BEFORE.details, url="https://www.amazon.com/dp/x"),
    replace(BEFORE.details, image=None),
    replace(BEFORE.details, image=Image("https://m.media-amazon.com/2.jpg", 1, 1)),
    replace(BEFORE.details, brand=None),
    replace(BEFORE.details, features=("One",)),
    replace(BEFORE.details, binding="Toy"),
]
CASES = [
    *(("price", replace(BEFORE, offer=changed)) for changed in PRICE),
    *(("availability", replace(BEFORE, offer=changed)) for changed in AVAILABILITY),
    *(("details", replace(BEFORE, details=changed)) for changed in DETAILS),
]


@pytest.mark.parametrize(("kind", "after"), CASES)
def test_every_shown_field_makes_a_change_of_its_kind(kind: str, after: object) -> None:
    change = change_between(fingerprint_of(BEFORE), after)  # type: ignore[arg-type] # a product

    assert change is not None
    assert change.kind == kind
    assert change.details_changed == (kind == "details")


def test_new_product_is_added_with_its_details() -> None:
    change = change_between(None, BEFORE)

    assert change is not None
    assert (change.kind, change.details_changed) == ("added", True)


def test_observation_time_is_not_a_change() -> None:
    later = replace(BEFORE, observed_at=BEFORE.observed_at + timedelta(days=3))

    assert change_between(fingerprint_of(BEFORE), later) is None


def test_price_has_precedence_over_other_changes() -> None:
    after = replace(BEFORE, offer=offer(1, "unavailable"), details=Details("T", ""))

    change = change_between(fingerprint_of(BEFORE), after)

    assert change is not None
    assert (change.kind, change.details_changed) == ("price", True)


def test_fingerprint_is_restored_from_its_text() -> None:
    text = str(fingerprint_of(BEFORE))

    assert Fingerprint.from_text(text) == fingerprint_of(BEFORE)
    assert "1999" not in text
