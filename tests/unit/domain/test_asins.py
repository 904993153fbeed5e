"""Parsing of ASINs, ISBN-10s, and links to Amazon, alone and among words."""

import html
import re
import string
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain import amazon_links, asins, link_hosts, pasted_text, product_paths
from amzlinkr.domain.asins import MAX_INPUT_CHARS, Reference, find_reference, parse_reference
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.link_hosts import SHORT_LINK_HOSTS
from amzlinkr.domain.marketplaces import MARKETPLACES, Marketplace
from amzlinkr.domain.product_errors import ShortLink
from tests.unit.domain import pasted_links

ASINS = st.text(string.ascii_uppercase + string.digits, min_size=10, max_size=10)
CERTAIN_ASINS = st.from_regex(re.compile(r"B[0-9][A-Z0-9]{8}", re.ASCII), fullmatch=True)
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
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff\u00ad\ufe0f\u3164"
LINK_WRAPPERS: list[Callable[[str], str]] = [
    lambda link: quote(link, safe=""),
    html.escape,
    lambda link: f"https://www.amazon.de/sspa/click?ie=UTF8&url={quote(link, safe='')}&x=1",
    lambda link: f"https://www.amazon.com/gp/r.html?C=1&U={quote(link, safe='')}&H=2",
]
TEXT_WRAPPERS: list[Callable[[str], str]] = [
    lambda text: f"({text})", lambda text: f"<{text}>", lambda text: f"“{text}”",
    lambda text: f"«{text}».", lambda text: f"[Kettle]({text})", lambda text: f"ケトル{text}",
    lambda text: f"Acme Kettle 1.7 l {text}", lambda text: f"{text}\r\nWasserfest",
    lambda text: f"{text}, please!",
    lambda text: f"see example.com/dp/B0BBBBBBBB or {text}", lambda text: f"\t{text}\u00a0",
]  # fmt: skip
HOSTILE = [
    "%25", "(", "https://", "a.", "/dp/", "/B0C0FFEE4", "&asin=", "&amp;", "&#38;", "B0", "1-", ":",
    "amazon.de/", "https://www.amazon.de/?u=", "\u200e", "a:", "https:/", "&url=%2F", "&u=//a.b/",
    "www.amazon.de/x ", "=https%3A%2F%2F", "[(", "﻿%", "…",
    "x/", "www.", "https//", "_", "asin[", "1-1-", "\u3002",
]  # fmt: skip


@pytest.mark.parametrize(("code", "asin", "text"), pasted_links.table())
def test_every_spelling_names_its_product(code: str, asin: str, text: str) -> None:
    expected = Reference(asin, MARKETPLACES.get(code))

    assert parse_reference(text) == expected
    assert find_reference(f"kettle {text} blue") == expected


def test_table_is_large_enough() -> None:
    assert len({text for _, _, text in pasted_links.table()}) >= 120
    assert len(set(pasted_links.REAL.strip().splitlines())) >= 60


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


@given(
    CERTAIN_ASINS,
    MARKETPLACE_VALUES,
    st.lists(st.sampled_from(LINK_WRAPPERS), max_size=3),
    st.lists(st.sampled_from(TEXT_WRAPPERS), max_size=3),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(INVISIBLE)), max_size=5),
)
def test_asin_survives_every_wrapping(
    asin: str,
    marketplace: Marketplace,
    link_wrappers: list[Callable[[str], str]],
    text_wrappers: list[Callable[[str], str]],
    marks: list[tuple[int, str]],
) -> None:
    text = f"https://www.amazon.{marketplace.tld}/Kettle/dp/{asin}/ref=sr_1_1?th=1&psc=1"
    for wrap in (*link_wrappers, *text_wrappers):
        text = wrap(text)
    for place, mark in marks:
        text = text[:place] + mark + text[place:]

    assert parse_reference(text) == find_reference(text) == Reference(asin, marketplace)


@given(CERTAIN_ASINS, st.lists(st.sampled_from(TEXT_WRAPPERS), max_size=3), st.integers(0, 9))
def test_bare_asin_survives_every_wrapping(
    asin: str, wrappers: list[Callable[[str], str]], place: int
) -> None:
    text = asin[:place] + "\u200e" + asin[place:]
    for wrap in wrappers:
        text = wrap(text)

    assert parse_reference(text) == find_reference(text) == Reference(asin, None)


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
    "text", [*pasted_links.NO_PRODUCT, *pasted_links.OTHER_PAGES, *pasted_links.FOREIGN]
)
def test_text_without_product_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_reference(text, "items[3]")

    assert (refused.value.field, refused.value.code) == ("items[3]", "invalid_request")
    assert refused.value.action


@pytest.mark.parametrize("text", pasted_links.OTHER_PAGES)
def test_amazon_address_without_product_is_refused_in_a_search(text: str) -> None:
    with pytest.raises(InvalidRequest, match="names no product"):
        find_reference(f"kettle {text}")


@pytest.mark.parametrize("text", pasted_links.FOREIGN)
def test_address_elsewhere_is_refused_in_a_search(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        find_reference(f"kettle {text}")

    assert (refused.value.field, refused.value.code) == ("keywords", "invalid_request")


@pytest.mark.parametrize("text", [t for t in pasted_links.FOREIGN if " " not in t])
def test_other_host_is_named_in_the_problem(text: str) -> None:
    with pytest.raises(InvalidRequest, match=r"not one of the 22|not a URL|neither an ASIN"):
        parse_reference(text)


@pytest.mark.parametrize(
    "text",
    [*pasted_links.SHORT_LINKS, *(f"https://{host}/d/B08N5WRWNW" for host in SHORT_LINK_HOSTS)],
)
@pytest.mark.parametrize("parse", [parse_reference, find_reference])
def test_short_link_is_refused_with_an_action(parse: Callable[..., Any], text: str) -> None:
    with pytest.raises(ShortLink, match="does not follow short links") as refused:
        parse(text, "keywords")

    assert "Open the link in a browser" in refused.value.action
    assert (refused.value.code, refused.value.field) == ("short_link", "keywords")


@given(st.text(string.ascii_letters, min_size=10, max_size=10))
def test_ten_letter_word_is_a_search(word: str) -> None:
    assert find_reference(word) is None
    assert find_reference(f"kettle {word}") is None


@pytest.mark.parametrize(
    "keywords",
    [
        "bookshelf", "1234567890", "kettle 1.7", "iphone/case", "B1", "amazon.com gift card", "",
        "Wasserfest", "kettle Wasserfest", "amazon.com: gift card", "node.js/express", "a.co",
        "product/Wasserfest", "tcp/ip 1.5l/2l", "http/2", "St.John/Smith", "and/or", "me@amazon.de",
    ],
)  # fmt: skip
def test_description_is_a_search(keywords: str) -> None:
    assert find_reference(keywords) is None


@pytest.mark.parametrize(
    "text",
    [
        "B08N5WRWNW", " b08n5wrwnw ", "0306406152", "080442957X", "080442957x",
        "https://www.amazon.de/dp/B08N5WRWNW", "amazon.co.uk/dp/B08N5WRWNW",
        "blue B08N5WRWNW kettle",
    ],
)  # fmt: skip
def test_asin_isbn_or_url_is_a_lookup(text: str) -> None:
    assert find_reference(text) is not None


def count_lines(text: str) -> int:
    """Return the number of lines of Python code that run while a text is parsed."""
    lines = 0

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    earlier = sys.gettrace()
    sys.settrace(trace)
    try:
        parse_reference(text)
    except InvalidRequest:
        pass
    finally:
        sys.settrace(earlier)
    return lines


@pytest.mark.parametrize("part", HOSTILE)
@pytest.mark.parametrize("begin", ["", "https://www.amazon.de/x?", "https://www.amazon.de/"])
def test_work_grows_linearly_with_the_length(part: str, begin: str) -> None:
    half, whole = (count_lines((begin + part * size)[:size]) for size in (900, 1800))

    assert whole <= 2.2 * half + 500


def repetitions(pattern: Any) -> Iterator[tuple[int, int]]:
    """Yield the limits of each repetition in a parsed regular expression."""
    for name, arguments in pattern:
        if "REPEAT" in str(name):
            yield arguments[0], arguments[1]
        nested = arguments if isinstance(arguments, (list, tuple)) else [arguments]
        for part in nested:
            parts = part if isinstance(part, list) else [part]
            for inner in parts:
                if isinstance(inner, re._parser.SubPattern):
                    yield from repetitions(inner)


def test_patterns_repeat_a_bounded_number_of_times() -> None:
    modules = (amazon_links, asins, link_hosts, pasted_text, product_paths)
    patterns = [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, re.Pattern)
    ]
    assert len(patterns) >= 12
    for pattern in patterns:
        parsed = re._parser.parse(pattern.pattern, pattern.flags)
        assert all(most <= 253 for _, most in repetitions(parsed)), pattern.pattern


@pytest.mark.parametrize(
    ("text", "detail", "action"),
    [
        ("", "This entry is empty.", "Enter an ASIN"),
        (" \u200b", "This entry is empty.", "Enter an ASIN"),
        ("kettle", "“kettle” is neither an ASIN nor an Amazon product URL.", "10 letters"),
        ("k" * 41, f"“{'k' * 40}” is neither an ASIN nor an Amazon product URL.", "10 letters"),
        ("javascript://x", "“javascript://x” is not a URL.", ""),
        ("x:///" + "y" * 60, f"“x:///{'y' * 55}” is not a URL.", ""),
        (
            "see https://shop.example/dp/B08N5WRWNW",
            "shop.example is not one of the 22 Amazon marketplaces.",
            "URL of a product page",
        ),
        ("https://www.amazon.de/gp/cart", "This Amazon URL names no product.", "contains /dp/"),
        (
            "B08N5WRWN1 or B08N5WRWN2 or B08N5WRWN3",
            "This entry names several products: B08N5WRWN1 and B08N5WRWN2.",
            "one entry for each",
        ),
        ("k" * (MAX_INPUT_CHARS + 1), "The entry is longer than 2000 characters.", "Enter an ASIN"),
    ],
)
def test_problem_names_what_is_wrong(text: str, detail: str, action: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_reference(text)

    assert refused.value.detail == detail
    assert action in refused.value.action
