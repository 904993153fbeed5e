"""Classification of links: products, other pages, short links, and foreign hosts."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.amazon_links import Link, LinkKind, find_link
from amzlinkr.domain.link_hosts import SHORT_LINK_HOSTS
from amzlinkr.domain.marketplaces import MARKETPLACES, Marketplace
from tests.unit.domain import pasted_links

MARKETPLACE_VALUES = st.sampled_from(list(MARKETPLACES.values()))
LABELS = st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True)


def kinds_in(text: str) -> set[LinkKind]:
    return {link.kind for word in text.split() if (link := find_link(word))}


@pytest.mark.parametrize("text", pasted_links.OTHER_PAGES)
def test_amazon_address_without_asin_is_another_page(text: str) -> None:
    assert kinds_in(text) == {LinkKind.OTHER_PAGE}


@pytest.mark.parametrize("text", [t for t in pasted_links.FOREIGN if "javascript" not in t])
def test_link_to_another_host_is_foreign(text: str) -> None:
    assert kinds_in(text) <= {LinkKind.FOREIGN}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("kettle:/x", set()), ("app://kettle", {LinkKind.FOREIGN}), ("a:///b", {LinkKind.FOREIGN})],
)
def test_scheme_of_a_link_ends_with_two_slashes(text: str, kinds: set[LinkKind]) -> None:
    assert kinds_in(text) == kinds


@given(LABELS, MARKETPLACE_VALUES)
def test_every_subdomain_belongs_to_the_marketplace(label: str, marketplace: Marketplace) -> None:
    link = find_link(f"https://{label}.amazon.{marketplace.tld}/dp/B08N5WRWNW")

    assert link == Link(LinkKind.PRODUCT, "", "B08N5WRWNW", marketplace)


@given(LABELS, LABELS, MARKETPLACE_VALUES)
def test_lookalike_host_is_foreign(before: str, after: str, marketplace: Marketplace) -> None:
    domain = f"amazon.{marketplace.tld}"
    for host in (f"{before}{domain}", f"{before}-{domain}", f"{domain}.{before}.{after}x"):
        link = find_link(f"https://{host}/dp/B08N5WRWNW")
        assert link is not None
        assert link.kind is LinkKind.FOREIGN, host


@given(st.sampled_from(SHORT_LINK_HOSTS), LABELS)
def test_short_link_hosts_are_exact(host: str, label: str) -> None:
    kinds = {
        name: link.kind if (link := find_link(f"https://{name}/x")) else None
        for name in (host, f"{label}.{host}", f"{label}{host}", f"{host}.{label}x")
    }

    assert kinds == {
        host: LinkKind.SHORT_LINK, f"{label}.{host}": LinkKind.SHORT_LINK,
        f"{label}{host}": kinds[f"{label}{host}"], f"{host}.{label}x": LinkKind.FOREIGN,
    }  # fmt: skip
    assert kinds[f"{label}{host}"] is not LinkKind.PRODUCT


@pytest.mark.parametrize(
    "word",
    [
        "kettle",
        "1.7",
        "1.7/2",
        "amazon.de",
        "iphone/case",
        "a:b",
        "@",
        "",
        "B08N5WRWNW",
        "mailto:a@b.de",
    ],
)
def test_word_is_no_link(word: str) -> None:
    assert find_link(word) is None


@pytest.mark.parametrize(
    "around",
    [
        "https://www.amazon.de/gp/r.html?U={}",
        "https://www.amazon.de/x/{}",
        "https://www.amazon.de/x#u={}",
        "https://aax-us-east.amazon-adsystem.com/x/c/y?u={}",
        "https://www.google.com/url?q={}",
    ],
)
def test_link_is_found_in_up_to_three_others(around: str) -> None:
    link = "https://www.amazon.de/dp/B08N5WRWNW"
    found = []
    for _ in range(6):
        outer = find_link(link)
        assert outer is not None
        found.append(outer.kind is LinkKind.PRODUCT)
        link = around.format(quote(link, safe=""))

    assert found == [True] * 4 + [False] * 2


def test_redirect_may_name_other_links_before_the_one_to_amazon() -> None:
    values = ["https://shop.example/", "https://www.amazon.de/dp/B08N5WRWNW"]
    source, target = (quote(value, safe="") for value in values)
    link = find_link(f"https://www.google.com/url?source={source}&url={target}")

    assert link == Link(LinkKind.PRODUCT, "", "B08N5WRWNW", MARKETPLACES["DE"])


def test_encoded_keywords_of_a_search_are_no_parameters() -> None:
    link = find_link("https://www.amazon.de/s?k=kettle%26asin%3DB08N5WRWNW")

    assert link == Link(LinkKind.OTHER_PAGE, "www.amazon.de")


def test_link_without_a_scheme_is_found_behind_up_to_seven_delimiters() -> None:
    found = [find_link("a=" * number + "www.amazon.de/dp/B08N5WRWNW") for number in range(10)]

    assert [link is not None for link in found] == [True] * 8 + [False] * 2


def test_link_is_found_behind_up_to_four_schemes() -> None:
    kinds = [
        link.kind
        for number in range(1, 7)
        if (link := find_link("https://" * number + "www.amazon.de/dp/B08N5WRWNW"))
    ]

    assert kinds == [LinkKind.PRODUCT] * 4 + [LinkKind.FOREIGN] * 2


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("/dp/B08N5WRWNW", "DE"),
        ("//www.amazon.com/dp/B08N5WRWNW", "US"),
        ("www.amazon.com/dp/B08N5WRWNW", "US"),
        ("//shop.example/dp/B08N5WRWNW", None),
        ("///dp/B08N5WRWNW", None),
    ],
)
def test_parameter_is_a_path_or_a_link_to_its_own_host(value: str, code: str | None) -> None:
    link = find_link(f"https://www.amazon.de/gp/r.html?U={quote(value, safe='')}")

    assert link is not None
    assert link.kind is (LinkKind.OTHER_PAGE if code is None else LinkKind.PRODUCT)
    assert link.marketplace == (None if code is None else MARKETPLACES[code])


@pytest.mark.parametrize(
    ("path", "asin"),
    [
        ("dp/B08N5WRWNW", "B08N5WRWNW"),
        ("(/dp/b08n5wrwnw).", "B08N5WRWNW"),
        ("%2Fdp%2FB08N5WRWNW", "B08N5WRWNW"),
        ("/dp/WASSERFEST", None),
        ("B08N5WRWNW", None),
        ("me@shop/dp/B08N5WRWNW", None),
        ("a.b/dp:/B08N5WRWNW", None),
    ],
)
def test_path_without_a_host_names_a_certain_asin_only(path: str, asin: str | None) -> None:
    link = find_link(path)
    named = None if link is None or link.kind is LinkKind.FOREIGN else link

    assert named == (None if asin is None else Link(LinkKind.PRODUCT, "", asin, None))
