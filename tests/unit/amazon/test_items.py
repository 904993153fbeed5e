"""Conversion of items to products."""

from datetime import UTC, datetime

import pytest

from amzlinkr.amazon.items import MAX_PIXELS
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Details, Image, Offer, Product
from tests.clock import START
from tests.unit.amazon.responses import only_product, product_with, recorded_lookup

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


LONG = "x" * 2_000


def test_long_texts_and_lists_are_cut() -> None:
    text = {"DisplayValue": LONG}
    details = product_with(
        ItemInfo={
            "Title": text,
            "Features": {"DisplayValues": [LONG] * 30},
            "ByLineInfo": {"Brand": text},
            "Classifications": {"Binding": text},
        }
    ).details
    maker = product_with(ItemInfo={"ByLineInfo": {"Manufacturer": text}}).details

    assert (len(details.title), len(details.brand or ""), len(maker.brand or "")) == (500, 200, 200)
    assert list(map(len, details.features)) == [1_000] * 20
    assert len(details.binding or "") == 100


def test_text_of_the_documented_examples_is_read_beside_the_usual_one() -> None:
    def title(value: object) -> str:
        return product_with(ItemInfo={"Title": value}).details.title

    assert title({"Value": "A"}) == "A"
    assert title({"DisplayValue": "B", "Value": "A"}) == "B"
    assert title({"DisplayValue": "\u200b"}) == "B0GOOD0001"


@pytest.mark.parametrize(
    ("size", "shown"),
    [(None, 0), (-1, 0), (0, 0), (1, 1), (MAX_PIXELS, MAX_PIXELS), (MAX_PIXELS + 1, 0)],
)
def test_size_of_a_picture_is_bounded(size: int | None, shown: int) -> None:
    url = "https://m.media-amazon.com/images/I/1.jpg"
    wide = product_with(Images={"Primary": {"Large": {"URL": url, "Width": size, "Height": 5}}})
    high = product_with(Images={"Primary": {"Large": {"URL": url, "Width": 5, "Height": size}}})

    assert wide.details.image == Image(url, shown, 5)
    assert high.details.image == Image(url, 5, shown)


def test_largest_picture_is_shown() -> None:
    def url_of(*sizes: str) -> str | None:
        pictures = {
            size: {"URL": f"https://m.media-amazon.com/images/I/{size}.jpg"} for size in sizes
        }
        image = product_with(Images={"Primary": pictures}).details.image
        return image.url.rpartition("/")[2] if image else None

    assert url_of("Small", "Medium", "Large") == "Large.jpg"
    assert url_of("Small", "Medium") == "Medium.jpg"
    assert url_of("Small") == "Small.jpg"
    assert url_of() is None
