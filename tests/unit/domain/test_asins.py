"""Parsing of ASINs, ISBN-10s, and product URLs."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.asins import Reference, is_lookup, parse_reference
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.marketplaces import MARKETPLACES, Marketplace

ASINS = st.text(string.ascii_uppercase + string.digits, min_size=10, max_size=10)
MARKETPLACE_VALUES = st.sampled_from(list(MARKETPLACES.values()))
JUNK = st.text(string.ascii_letters + string.digits + "-_.~%/:=&+", max_size=30)
PATHS = [
    "/dp/{}", "/dp/{}/", "/dp/{}/ref=sr_1_1", "/gp/product/{}", "/gp/product/{}/ref=ox",
    "/gp/aw/d/{}",
    "/Some-Title-With-Words/dp/{}", "/-/en/dp/{}", "/-/de/Some-Title/dp/{}/ref=x",
    "/gp/offer-listing/{}", "/exec/obidos/ASIN/{}", "/o/ASIN/{}", "/product-reviews/{}",
]  # fmt: skip
PREFIXES = [
    "https://www.", "http://www.", "https://", "HTTPS://WWW.", "www.", "", "https://smile.", "https://m.",
]  # fmt: skip
ELSEWHERE = [
    "https://example.com/dp/B08N5WRWNW",
    "https://amazon.com.evil.example/dp/B08N5WRWNW",
    "https://evil-amazon.com/dp/B08N5WRWNW",
    "https://www.amazon.xx/dp/B08N5WRWNW",
    "https://amazon.com@evil.example/dp/B08N5WRWNW",
    "ftp://www.amazon.com/dp/B08N5WRWNW",
    "javascript:alert(1)//www.amazon.com/dp/B08N5WRWNW",
    "https:///dp/B08N5WRWNW",
    "https://[::1/dp/B08N5WRWNW",
]


@given(
    ASINS,
    MARKETPLACE_VALUES,
    st.sampled_from(PATHS),
    st.sampled_from(PREFIXES),
    JUNK,
    st.booleans(),
)
def test_asin_is_found_in_every_product_url_of_every_marketplace(
    asin: str, marketplace: Marketplace, path: str, prefix: str, junk: str, lower: bool
) -> None:
    tld = marketplace.tld
    written = path.format(asin.lower() if lower else asin)

    found = parse_reference(f"  {prefix}amazon.{tld}{written}?tag=x-21&ref={junk}#{junk}\n")

    assert found == Reference(asin, marketplace)


def test_url_in_the_query_of_a_url_without_scheme_is_ignored() -> None:
    found = parse_reference("www.amazon.de/dp/B08N5WRWNW?from=https://example.com/")

    assert found == Reference("B08N5WRWNW", MARKETPLACES["DE"])


def test_asin_in_the_query_is_used_if_the_path_has_none() -> None:
    found = parse_reference(
        "https://www.amazon.com/gp/slredirect/picassoRedirect.html?asin=b08n5wrwnw"
    )

    assert found.asin == "B08N5WRWNW"


@given(ASINS, st.sampled_from(["", " ", "\n\t", "\u00a0"]))
def test_bare_asin_has_no_marketplace(asin: str, space: str) -> None:
    assert parse_reference(space + asin.lower() + space) == Reference(asin, None)


@given(st.text(max_size=40))
def test_other_text_is_refused_or_contains_the_asin(text: str) -> None:
    try:
        found = parse_reference(text)
    except InvalidRequest:
        return

    assert re.fullmatch("[A-Z0-9]{10}", found.asin)
    assert found.asin in text.upper()


@pytest.mark.parametrize(
    "text",
    [
        "", "B08N5WRWN", "B08N5WRWNWX", "B08N5 WRWNW", "Ｂ08N5WRWNW", "ſ08N5WRWNW", "a nice kettle",
        "https://www.amazon.com/", "https://www.amazon.com/s?k=B08N5WRWNW",
        "https://www.amazon.com/dp/B08N5WRWN", "https://www.amazon.com/dp/B08N5WRWNWX",
        "https://www.amazon.com/stores/page/B08N5WRWNW", "x" * 2001, *ELSEWHERE,
    ],
)  # fmt: skip
def test_text_without_product_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_reference(text, "items[3]")

    assert refused.value.field == "items[3]"
    assert refused.value.action


@pytest.mark.parametrize("host", ["amzn.to", "amzn.eu", "amzn.asia", "a.co", "AMZN.TO"])
def test_short_link_is_refused_with_an_action(host: str) -> None:
    with pytest.raises(InvalidRequest, match="does not follow short links") as refused:
        parse_reference(f"https://{host}/d/B08N5WRWNW")

    assert "Open the link in a browser" in refused.value.action


@given(st.text(string.ascii_letters, min_size=10, max_size=10))
def test_ten_letter_word_is_a_search(word: str) -> None:
    assert not is_lookup(word)


@pytest.mark.parametrize(
    "keywords",
    ["bookshelf", "1234567890", "kettle 1.7", "iphone/case", "B1", "amazon.com gift card", ""],
)
def test_description_is_a_search(keywords: str) -> None:
    assert not is_lookup(keywords)


@pytest.mark.parametrize(
    "text",
    [
        "B08N5WRWNW", " b08n5wrwnw ", "0306406152", "080442957X", "080442957x",
        "https://www.amazon.de/dp/B08N5WRWNW", "amazon.co.uk/dp/B08N5WRWNW",
    ],
)  # fmt: skip
def test_asin_isbn_or_url_is_a_lookup(text: str) -> None:
    assert is_lookup(text)
