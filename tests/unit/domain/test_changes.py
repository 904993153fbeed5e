"""Changes between a fingerprint and a product, and their kinds."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from amzlinkr.domain.changes import Fingerprint, change_between, fingerprint_of
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Details, Image, Offer, Product
from tests.clock import START
from tests.fakes import offer, product

DAY = timedelta(hours=24)
BEFORE = product("B000000001")
PRICE: list[Offer] = [
    replace(offer(), price=Money(2000, "USD", "$20.00")),
    replace(offer(), price=None),
    replace(offer(), list_price=Money(2500, "USD", "$25.00")),
    replace(offer(), savings_percent=5),
    replace(offer(), hidden=True),
    replace(offer(), deal=Deal(badge="Limited time deal")),
    replace(offer(), list_price_kind="was_price"),
    replace(offer(), list_price_label="Was:"),
    replace(offer(), unit_price="$2.00 / Count"),
]
AVAILABILITY: list[Offer] = [
    replace(offer(), availability="out_of_stock"),
    replace(offer(), condition="Used"),
    replace(offer(), merchant="Another seller"),
    replace(offer(), prime=True),
    replace(offer(), availability_message="Only 3 left"),
    replace(offer(), min_order_quantity=2),
    replace(offer(), max_order_quantity=2),
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


COMPLETE = replace(
    BEFORE,
    offer=replace(
        offer(),
        list_price=Money(2500, "USD", "$25.00"),
        savings_percent=20,
        list_price_kind="list_price",
        list_price_label="List:",
        unit_price="$1 / Count",
        availability_message="In Stock",
        min_order_quantity=1,
        max_order_quantity=9,
        prime=True,
        deal=Deal("all", "Deal", START, START + DAY, START + DAY / 2),
    ),
)


def variants(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield copies of a value that differ in one field, at any depth, with the field's name."""
    if is_dataclass(value):
        for each in fields(value):
            for name, changed in variants(getattr(value, each.name)):
                yield f"{each.name}.{name}", replace(value, **{each.name: changed})  # type: ignore[type-var] # an instance
    else:
        yield "", None
        yield "", another(value)


def another(value: Any) -> Any:
    """Return another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    return value * 2 if isinstance(value, str | tuple) else value + 1


CHANGED = [
    *((f"offer.{name}", replace(COMPLETE, offer=each)) for name, each in variants(COMPLETE.offer)),
    *(
        (f"details.{name}", replace(COMPLETE, details=each))
        for name, each in variants(COMPLETE.details)
    ),
]


@pytest.mark.parametrize(("name", "after"), CHANGED)
def test_every_field_changes_exactly_one_part_of_the_fingerprint(name: str, after: Product) -> None:
    before, changed = fingerprint_of(COMPLETE), fingerprint_of(after)

    parts = [
        part.name
        for part in fields(Fingerprint)
        if getattr(before, part.name) != getattr(changed, part.name)
    ]
    assert len(parts) == 1, name
    assert (parts == ["details"]) is name.startswith("details.")


def test_every_field_is_varied() -> None:
    varied = {".".join(name.split(".")[:2]) for name, _ in CHANGED}
    of_offer = {f"offer.{each.name}" for each in fields(Offer)}
    assert varied == of_offer | {f"details.{each.name}" for each in fields(Details)}


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
