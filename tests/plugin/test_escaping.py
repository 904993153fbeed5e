"""Escaping of data from Amazon: it is shown as text, and links lead to Amazon only."""

import pytest
from playwright.sync_api import Page, expect

from tests.plugin import pages
from tests.plugin.backend import Backend
from tests.plugin.browser import Browser
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

ASIN = "B0DEMO0003"
TITLE = """<img src=x onerror=attack()> "quoted" 'single' & </a></script> [gallery] $1"""
BRAND = "<script>attack()</script> & Söhne"
DEFINE_ATTACK = "window.attack = () => { window.attacked = true; };"

CREATE_POST = """
return get_permalink( wp_insert_post( array(
    'post_title'   => 'Untrusted',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) );
"""
RENDER_PRODUCT = """
$product = array(
    'asin'         => $asin,
    'marketplace'  => 'US',
    'title'        => 'Title',
    'url'          => $url,
    'image'        => array( 'url' => $url, 'width' => '1" onload="attack()', 'height' => -1 ),
    'condition'    => array( 'not', 'text' ),
    'brand'        => "first\\x00\\xff\\nsecond",
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
UNSAFE_URLS = [
    "javascript:attack()",
    " javascript:attack()",
    "java\tscript:attack()",
    "data:text/html,<script>attack()</script>",
    "http://www.amazon.com/dp/B0DEMO0003",
    "//evil.example/",
    'https://www.amazon.com/"onmouseover="attack()',
    "https://www.amazon.com/<script>",
]


def test_markup_in_product_data_is_shown_as_text(
    site: Site, browser: Browser, backend: Backend
) -> None:
    backend.join(site)
    names = {"asin": ASIN, "marketplace": "US", "title": TITLE, "brand": BRAND}
    backend.amazon.send("POST", "names", names)
    owner = browser.log_in(site)
    owner.add_init_script(DEFINE_ATTACK)

    pages.open_page(owner, site, "amzlinkr-search")
    owner.get_by_label("Keywords").fill(ASIN)
    owner.get_by_role("button", name="Search").click()
    assert_shown_as_text(owner, ".amzlinkr-card")
    browser.screenshot(owner, "search")

    pages.start_import(owner, site, [ASIN, TITLE])
    expect(owner.locator("#amzlinkr-imported")).to_contain_text("1 of ")
    assert_not_attacked(owner)
    browser.screenshot(owner, "import")

    pages.open_page(owner, site, "amzlinkr")
    assert_shown_as_text(owner, "#amzlinkr-products tbody tr")
    browser.screenshot(owner, "products")

    block = f'<!-- wp:amzlinkr/product {{"asin":"{ASIN}","marketplace":"US"}} /-->'
    shortcode = f"<!-- wp:shortcode -->[amzlinkr asin={ASIN}]<!-- /wp:shortcode -->"
    post_url = site.php(CREATE_POST, content=f"{block}\n{shortcode}\n")
    visitor = browser.new_visitor()
    visitor.add_init_script(DEFINE_ATTACK)
    visitor.goto(post_url)
    boxes = visitor.locator(".amzlinkr-box")
    expect(boxes).to_have_count(2)
    for index in range(2):
        assert_shown_as_text(visitor, f".amzlinkr-box >> nth={index}")
        alt = boxes.nth(index).locator("img").get_attribute("alt") or ""
        assert "onerror=attack()" in alt
        assert "[gallery]" in alt
    browser.screenshot(visitor, "post")


@pytest.mark.parametrize("version", ["6.5"])
def test_unsafe_urls_are_replaced_by_a_link_to_amazon(site: Site, backend: Backend) -> None:
    backend.join(site)
    for url in UNSAFE_URLS:
        box, block, page, image = site.php(RENDER_PRODUCT, asin=ASIN, url=url)
        assert image == '""'
        for html in (box, block, page):
            assert "attack" not in html
            assert "evil" not in html
            assert "<script" not in html
            assert "<img" not in html
            assert "&lt;b&gt;$1&lt;/b&gt;" in html
        for html in (box, block):
            assert f'href="https://www.amazon.com/dp/{ASIN}?tag=demo-20"' in html


def assert_shown_as_text(page: Page, selector: str) -> None:
    """Check that the title and the brand are visible as text and are not parsed as markup."""
    element = page.locator(selector)
    for text in ("<img src=x onerror=attack()>", "</script>", "[gallery] $1", "& Söhne"):
        expect(element).to_contain_text(text)
    assert_not_attacked(page)


def assert_not_attacked(page: Page) -> None:
    """Check that no script of the product data ran."""
    assert page.evaluate("window.attacked") is None
    assert page.locator("[onerror], [onload]:not(body)").count() == 0
