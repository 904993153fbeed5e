"""What Amazon says is text, wherever it is shown, and leads to Amazon or nowhere."""

import pytest
from playwright.sync_api import Page, expect

from tests.wordpress import pages
from tests.wordpress.backend import Backend
from tests.wordpress.browser import Browser
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress

ASIN = "B0DEMO0003"
TITLE = """<img src=x onerror=harm()> "quoted" 'single' & </a></script> [gallery] $1"""
BRAND = "<script>harm()</script> & Söhne"

WRITE = """
return get_permalink( wp_insert_post( array(
    'post_title'   => 'Untrusted',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) );
"""
STORE = """
$product = array(
    'asin'         => $asin,
    'marketplace'  => 'US',
    'title'        => array( 'not', 'text' ),
    'url'          => $address,
    'image'        => array( 'url' => $address, 'width' => '1" onload="harm()', 'height' => -1 ),
    'brand'        => "one\\x00\\xff\\ntwo",
    'price'        => array( 'display' => '<b>$1</b>' ),
    'availability' => 'in_stock',
    'price_status' => 'current',
    'observed_at'  => gmdate( 'c' ),
);
AmzLinkr\\Products\\store( array( $product ), 0 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
$block = array(
    'blockName'    => 'amzlinkr/product',
    'attrs'        => compact( 'asin' ),
    'innerBlocks'  => array(),
    'innerHTML'    => '',
    'innerContent' => array(),
);
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/products.php';
return array(
    do_shortcode( "[amzlinkr asin='$asin']" ),
    render_block( $block ),
    ob_get_clean(),
    wp_json_encode( AmzLinkr\\Rest\\prepare_product( $product )['image'] ),
);
"""
ADDRESSES = [
    "javascript:harm()",
    " javascript:harm()",
    "java\tscript:harm()",
    "data:text/html,<script>harm()</script>",
    "http://www.amazon.com/dp/B0DEMO0003",
    "//evil.example/",
    'https://www.amazon.com/"onmouseover="harm()',
    "https://www.amazon.com/<script>",
]


def test_a_hostile_product_shows_as_text_everywhere(
    site: Site, browser: Browser, backend: Backend
) -> None:
    backend.join(site)
    name = {"asin": ASIN, "marketplace": "US", "title": TITLE, "brand": BRAND}
    backend.amazon.tell("POST", "names", name)
    owner = browser.owner(site)
    owner.add_init_script("window.harm = () => { window.harmed = true; };")

    pages.open_page(owner, site, "amzlinkr-search")
    owner.get_by_label("Keywords").fill(ASIN)
    owner.get_by_role("button", name="Search").click()
    shows_as_text(owner, ".amzlinkr-card")
    browser.picture(owner, "search")

    pages.import_list(owner, site, [ASIN, TITLE])
    expect(owner.locator("#amzlinkr-imported")).to_contain_text("1 of ")
    unharmed(owner)
    browser.picture(owner, "import")

    pages.open_page(owner, site, "amzlinkr")
    shows_as_text(owner, "#amzlinkr-products tbody tr")
    browser.picture(owner, "products")

    block = f'<!-- wp:amzlinkr/product {{"asin":"{ASIN}","marketplace":"US"}} /-->'
    shortcode = f"<!-- wp:shortcode -->[amzlinkr asin={ASIN}]<!-- /wp:shortcode -->"
    address = site.php(WRITE, content=f"{block}\n{shortcode}\n")
    visitor = browser.person()
    visitor.add_init_script("window.harm = () => { window.harmed = true; };")
    visitor.goto(address)
    boxes = visitor.locator(".amzlinkr-box")
    expect(boxes).to_have_count(2)
    for place in range(2):
        shows_as_text(visitor, f".amzlinkr-box >> nth={place}")
        alt = boxes.nth(place).locator("img").get_attribute("alt") or ""
        assert "onerror=harm()" in alt
        assert "[gallery]" in alt
    browser.picture(visitor, "post")


@pytest.mark.parametrize("version", ["6.5"])
def test_only_web_addresses_become_links(site: Site, backend: Backend) -> None:
    backend.join(site)
    for address in ADDRESSES:
        box, block, page, picture = site.php(STORE, asin=ASIN, address=address)
        assert picture == '""'
        for shown in (box, block, page):
            assert "harm" not in shown
            assert "evil" not in shown
            assert "<script" not in shown
            assert "<img" not in shown
            assert "&lt;b&gt;$1&lt;/b&gt;" in shown
        for shown in (box, block):
            assert f'href="https://www.amazon.com/dp/{ASIN}?tag=demo-20"' in shown


def shows_as_text(page: Page, place: str) -> None:
    """The title and the brand can be read there, and nothing of them is markup."""
    shown = page.locator(place)
    for words in ("<img src=x onerror=harm()>", "</script>", "[gallery] $1", "& Söhne"):
        expect(shown).to_contain_text(words)
    unharmed(page)


def unharmed(page: Page) -> None:
    assert page.evaluate("window.harmed") is None
    assert page.locator("[onerror], [onload]:not(body)").count() == 0
