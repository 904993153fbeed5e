"""Conversion of items to products."""

from datetime import UTC, datetime

from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Details, Image, Offer, Product
from tests.clock import START
from tests.unit.amazon.responses import only_product, recorded_lookup

DEAL = Deal(
    "all",
    "Limited time deal",
    datetime(2026, 11, 23, 8, tzinfo=UTC),
    datetime(2026, 11, 24, 7, 59, 59, tzinfo=UTC),
)


def test_every_member_is_read() -> None:
    product = only_product(recorded_lookup("get_items_full.json"))

    assert product == Product(
        "B0AAAA0001",
        "US",
        Details(
            "Electric Kettle, 1.7 L",
            "https://www.amazon.com/dp/B0AAAA0001?tag=unit-20&linkCode=ogi&th=1&psc=1",
            Image("https://m.media-amazon.com/images/I/41kettle._SL500_.jpg", 500, 375),
            "Maker",
            ("Boils in 3 minutes", "Stainless steel"),
            "Kitchen",
        ),
        Offer(
            Money(3241, "USD", "$32.41"),
            Money(3999, "USD", "$39.99"),
            19,
            "in_stock",
            "New",
            "Amazon.com",
            DEAL,
            list_price_kind="list_price",
            list_price_label="List Price",
            availability_message="In Stock",
            min_order_quantity=1,
            max_order_quantity=30,
        ),
        START,
    )


def test_explicit_nulls_equal_missing_members() -> None:
    found = recorded_lookup("get_items_nulls.json").found

    assert found["B0NULL0001"].details == Details("B0NULL0001", "")
    assert {item.offer for item in found.values()} == {Offer()}
