"""Sanitizing of text and links from Amazon."""

import json

import pytest

from tests.unit.amazon.responses import product_with, read_search


def test_text_is_visible_and_bounded() -> None:
    product = product_with(
        ItemInfo={
            "Title": {"DisplayValue": "A\u202eB\x00\x1b[31mC\r\n\tD  E\u200f\ue000"},
            "Features": {"DisplayValues": ["x" * 5000, "", "\u200b", "ok"]},
            "ByLineInfo": {"Manufacturer": {"DisplayValue": " Maker\u0007 "}},
        }
    )

    assert product.details.title == "AB[31mC D E"
    assert [len(text) for text in product.details.features] == [1000, 2]
    assert product.details.brand == "Maker"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.amazon.com/dp/B0GOOD0001",
        "https://www.amazon.com.evil.example/dp/B0GOOD0001",
        "https://evil.example/?https://www.amazon.com",
        "https://user@www.amazon.com/dp/B0GOOD0001",
        "javascript:alert(1)",
        "//www.amazon.com/dp/B0GOOD0001",
        "https://www.amazon.com/dp/ B0GOOD0001",
        "https://www.amazon.com/\u202edp",
        "https://[www.amazon.com/dp",
        "",
    ],
)
def test_link_to_another_host_is_dropped(url: str) -> None:
    picture = {"Primary": {"Large": {"URL": url, "Width": 1, "Height": 1}}}

    product = product_with(DetailPageURL=url, Images=picture)
    page = read_search(json.dumps({"SearchResult": {"SearchURL": url}}).encode())

    assert (product.details.url, product.details.image, page.search_url) == ("", None, None)
