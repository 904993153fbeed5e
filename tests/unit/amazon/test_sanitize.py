"""Sanitizing of text and links from Amazon."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.sanitize import MAX_LINK_CHARS, amazon_url, sanitize
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


ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
MALAYALAM, HINDI, PERSIAN = "അവന്\u200d", "क्\u200d", "خانه\u200c"


@pytest.mark.parametrize(
    "text",
    [MALAYALAM, f"{MALAYALAM} {MALAYALAM}", HINDI, f"{HINDI}, {HINDI}", PERSIAN, f"{PERSIAN} ها",
     "می\u200cخواهم", "Apron 👩\u200d🍳", "🏳\ufe0f\u200d🌈", ENGLAND, f"Flag {ENGLAND}, {ENGLAND}",
     f"{ENGLAND}{ENGLAND} x", "\U0001f3f4\U000e0020\U000e0020\U000e0020\U000e007f"],
)  # fmt: skip
def test_joiners_and_flags_stay(text: str) -> None:
    assert sanitize(text, 200) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a  b", "a b"),
        ("a\u200b\u200d", "a\u200d"),
        ("\u200da", "a"),
        ("a \u200d b", "a b"),
        ("a \u200db", "a b"),
        ("a\u200d\u200d\u200cb", "a\u200db"),
        ("\u200c\u200d", None),
        ("a\u200bb\u202ec\u2066d\ufeff", "abcd"),
        ("a\U000e0041\U000e0042", "a"),
        ("\U000e0041\u200da", "a"),
        ("\U0001f3f4\U000e0041", "\U0001f3f4"),
        ("\U0001f3f4" + "\U000e0041" * 7 + "\U000e007f", "\U0001f3f4"),
        (f"a{ENGLAND[1:]}", "a"),
        (f"{ENGLAND}\U000e0041", ENGLAND),
        ("a\u200d\u00a0\u2003 b", "a\u200d b"),
    ],
)
def test_other_invisible_characters_are_removed(text: str, shown: str | None) -> None:
    assert sanitize(text, 200) == shown


@pytest.mark.parametrize(("limit", "shown"), [(1, "a"), (2, "a"), (3, "a b"), (9, "a b")])
def test_cut_text_does_not_end_in_a_space(limit: int, shown: str) -> None:
    assert sanitize("a b", limit) == shown


@pytest.mark.parametrize("limit", range(1, 9))
def test_flag_is_cut_as_a_whole(limit: int) -> None:
    assert sanitize(f"a{ENGLAND}b", limit) == f"a{ENGLAND}b"[:limit].rstrip(ENGLAND[1:]) + (
        ENGLAND[1:] if limit >= 8 else ""
    )


PIECES = ["a", " ", "\u200c", "\u200d", "\u200b", "\u202e", "\x00", "\n", "क", "്", "🍳", ENGLAND,
          "\U0001f3f4", "\U000e0041", "\U000e007f"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.integers(1, 40))
def test_result_is_stable_bounded_and_has_no_stray_characters(text: str, limit: int) -> None:
    shown = sanitize(text, limit)

    assert shown is None or (0 < len(shown) <= limit and sanitize(shown, limit) == shown)
    rest = re.sub(ENGLAND, "F", shown or "")
    assert not re.search("[\u200b\u202e\x00\n\U000e0000-\U000e007f]|  |^ | $", rest)
    assert not re.search("(^|[ \u200c\u200d])[\u200c\u200d]", rest)


@given(st.text(), st.integers(1, 40))
def test_any_text_is_sanitized_once(text: str, limit: int) -> None:
    shown = sanitize(text, limit)

    assert shown is None or sanitize(shown, limit) == shown


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


@pytest.mark.parametrize(
    ("length", "is_kept"), [(MAX_LINK_CHARS, True), (MAX_LINK_CHARS + 1, False)]
)
def test_link_has_a_maximum_length(length: int, is_kept: bool) -> None:
    url = "https://www.amazon.com/dp/".ljust(length, "x")

    assert amazon_url(url) == (url if is_kept else None)


@pytest.mark.parametrize(
    "domain", ["media-amazon.com", "ssl-images-amazon.com", "images-amazon.com"]
)
def test_picture_of_amazons_image_servers_is_kept(domain: str) -> None:
    # Hosts of no other test: the result for a host is cached.
    url = f"https://one-{domain}.{domain}/images/I/1.jpg"

    assert amazon_url(url) == url
    assert amazon_url(f"https://{domain}.example/1.jpg") is None
    assert amazon_url(f"https://not{domain}/1.jpg") is None
