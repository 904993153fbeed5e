"""A compromised service: its data leads to Amazon only, and takes limited memory."""

from typing import Any

import pytest

from amzlinkr.amazon.sanitize import amazon_url
from amzlinkr.domain.marketplaces import MARKETPLACES
from tests.plugin.list_bodies import feed, join, product, run_sync
from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

PREFIXES = ("", "www.", "smile.", "m.", "www.m.", "m.www.", "evil.", "www.www.")
STORES = [
    f"https://{prefix}amazon.{store.tld}/dp/B0DEMO0000?tag=a-20&x=%20"
    for store in MARKETPLACES.values()
    for prefix in PREFIXES
]
URLS = [
    *STORES,
    "https://m.media-amazon.com/images/I/1.jpg", "https://images-na.ssl-images-amazon.com/1.jpg",
    "https://a.b.images-amazon.com/1.jpg", "https://media-amazon.com/1.jpg",
    "https://evilmedia-amazon.com/1.jpg", "https://m.media-amazon.com.evil.example/1.jpg",
    "https://evil.example/dp/B0DEMO0000", "https://www.amazon.com.evil.example/",
    "https://www.amazon.com@evil.example/", "https://evil.example/www.amazon.com/",
    "https://www.amazon.com:8443/", "https://user@www.amazon.com/", "http://www.amazon.com/",
    "https://www.amazon.com", "https://www.amazon.com/", "https://www.amazon.com?x",
    "https://www.amazon.com#x", "https://www.amazon.com./", "https://www.amazon.zz/",
    "https://www.amazon.co/", "https://www.amazon.cn/", "https://notamazon.com/",
    "https://www.amazon.com\\@evil.example/", "//www.amazon.com/", "/dp/B0DEMO0000", "",
    "javascript:alert(1)", "https://www.amazon.com/\n", "https://www.amazon.com/a b",
    "https://www.amazon.com/<b>", "https://www.amazon.com/ä", "https://.media-amazon.com/",
    "https://-.media-amazon.com/x", f"https://www.amazon.com/{'x' * 2025}",
    f"https://www.amazon.com/{'x' * 2026}", "HTTPS://WWW.AMAZON.COM/dp/X",
]  # fmt: skip
SANITIZE = "return array_map( 'AmzLinkr\\Products\\sanitize_url', $urls );"
DOMAINS = """
return array_map( static function ( $domain ) {
    $marketplace = array( 'code' => 'US', 'domain' => $domain );
    return AmzLinkr\\Accounts\\sanitize_marketplace( $marketplace )['domain'];
}, $domains );
"""
STORED = """
global $wpdb;
return array(
    $wpdb->get_var( "SELECT LENGTH( product ) FROM {$wpdb->prefix}amzlinkr_products" ),
    AmzLinkr\\Products\\find( 'B0LIST0001', 'US' ),
);
"""
# PHP may take much memory here, so that the test can measure it.
CALL = """
ini_set( 'memory_limit', '2G' );
memory_reset_peak_usage();
$bytes  = memory_get_usage();
$result = AmzLinkr\\Service\\call( 'GET', '/site' );
$used   = memory_get_peak_usage() - $bytes;
return array( is_wp_error( $result ) ? $result->get_error_message() : '', $used );
"""


def test_links_are_those_that_the_service_accepts(site: Site, service: RecordingService) -> None:
    service.join(site)
    accepted = dict(zip(URLS, site.php(SANITIZE, urls=URLS), strict=True))
    expected = {url: amazon_url(url) or "" for url in URLS}
    # WordPress writes a scheme in small letters, so that such a URL would be changed.
    expected["HTTPS://WWW.AMAZON.COM/dp/X"] = ""
    assert accepted == expected
    assert sum(url != "" for url in accepted.values()) > 100


def test_marketplaces_have_domains_of_amazon(site: Site, service: RecordingService) -> None:
    service.join(site)
    domains = [store.domain for store in MARKETPLACES.values()]
    assert site.php(DOMAINS, domains=domains) == domains
    others = [
        "evil.example", "www.amazon.evil", "www.amazon.com.evil.example", "amazon.com",
        "evil.amazon.com", "www.amazon.com/", "www.amazon.com\n", "wwwxamazon.com",
        "www.amazon.comxbe",
    ]  # fmt: skip
    assert site.php(DOMAINS, domains=others) == [""] * len(others)


def test_texts_and_links_of_products_are_limited(site: Site, service: RecordingService) -> None:
    join(site, service)
    long = "ä" * 100_000
    hostile = product(
        1, title=long, brand=long, price={"display": long}, unit_price=long,
        url="https://evil.example/", condition=long,
        image={"url": "https://evil.example/1.jpg", "width": 5, "height": 5},
    )  # fmt: skip
    names = {"kind": "added", "marketplace": "US", "asin": "B0LIST0001"}
    run_sync(site, service, names | {"product": hostile})
    size, stored = site.php(STORED)
    assert stored["title"] == "ä" * 2000
    assert (stored["url"], stored["image"]) == ("", "")
    assert int(size) < 200_000


@pytest.mark.parametrize(
    "body",
    [
        b'{"connections":[],"x":"' + b"x" * 45_000_000 + b'"}',
        b'{"connections":[' + b'{"a":1},' * 900_000 + b"1]}",
        b'{"connections":[' + b"[1]," * 1_500_000 + b"1]}",
        b'{"connections":[' + b"1," * 3_000_000 + b"1]}",
    ],
    ids=["long", "objects", "arrays", "numbers"],
)
def test_large_responses_are_an_error(body: bytes, site: Site, service: RecordingService) -> None:
    service.join(site)
    service.replies["GET /v1/site"] = Reply(body)
    found: list[Any] = site.php(CALL)
    message, used = found
    assert "could not be reached" in message
    assert used < 60_000_000


def test_large_pages_of_the_feed_are_read(site: Site, service: RecordingService) -> None:
    join(site, service)
    products = [product(number, title="x" * 500) for number in range(1, 2001)]
    kind = {"kind": "added", "marketplace": "US"}
    page = feed(*(kind | {"asin": each["asin"], "product": each} for each in products))
    service.replies["GET /v1/changes"] = page
    site.php("AmzLinkr\\Sync\\run();")
    assert site.php("return AmzLinkr\\Products\\count_all();") == 2000
