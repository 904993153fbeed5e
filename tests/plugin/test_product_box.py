"""The product box: which data it shows, its template, and the removal of expired prices."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from amzlinkr.domain.marketplaces import MARKETPLACES
from tests.plugin.backend import Backend
from tests.plugin.browser import Browser
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

# ASINs of the sandbox catalog; the end of each names its state.
PRICED, PRICE_HIDDEN, NO_OFFER, SOLD_OUT, DEAL, EXPIRED = (
    "B0TESTPLUS", "B0TESTHIDE", "B0TESTNONE", "B0TESTSOLD", "B0TESTDEAL", "B0TESTPAST",
)  # fmt: skip
CONTENT_NOTICE = "CERTAIN CONTENT THAT APPEARS ON THIS SITE COMES FROM AMAZON."
DISCLAIMER = "Product prices and availability are accurate as of"
RENDER_SOLD_OUT_WITHOUT_PRICE = """
$product = array(
    'asin'         => 'B0NOPRICE0',
    'marketplace'  => 'US',
    'title'        => 'Sold out',
    'availability' => 'out_of_stock',
    'price_status' => 'no_offer',
    'observed_at'  => gmdate( 'c' ),
    'disclaimer'   => 'Disclaimer of the service.',
);
AmzLinkr\\Products\\store( array( $product ), 1 );
$shortcode = "[amzlinkr asin=B0NOPRICE0 marketplace=US]";
$english   = do_shortcode( $shortcode );
add_filter( 'locale', static fn() => 'fr_FR' );
return array( $english, do_shortcode( $shortcode ) );
"""
CREATE_POST = """
update_option( 'rss_use_excerpt', 0 );
return get_permalink( wp_insert_post( array(
    'post_title'   => 'Two boxes',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) );
"""
MOVABLE_CLOCK = "const now = Date.now; window.later = 0; Date.now = () => now() + window.later;"
SHOW_PAGE_AFTER = """hours => {
    window.later = hours * 3600e3;
    document.dispatchEvent( new Event( 'visibilitychange' ) );
}"""
LINK_TEXT = "See price on Amazon.com As an Amazon Associate I earn from qualifying purchases."
RENDER_DEAL = """
$product = array(
    'asin'         => 'B0DEALENDS',
    'marketplace'  => 'US',
    'title'        => 'Acme Kettle',
    'availability' => 'in_stock',
    'price_status' => 'current',
    'price'        => array( 'display' => '$20.00' ),
    'condition'    => 'Used',
    'deal'         => array(
        'access'  => 'prime_exclusive',
        'badge'   => 'Limited time deal',
        'ends_at' => gmdate( 'c', time() + 2 * HOUR_IN_SECONDS ),
    ),
    'observed_at'  => gmdate( 'c' ),
);
AmzLinkr\\Products\\store( array( $product ), 1 );
"""
CREATE_POST_AS_AUTHOR = """
$product = array(
    'asin'         => 'B0GENUINE0',
    'marketplace'  => 'US',
    'title'        => 'Acme Kettle',
    'price_status' => 'current',
    'price'        => array( 'display' => '$20.00' ),
    'observed_at'  => gmdate( 'c' ),
);
AmzLinkr\\Products\\store( array( $product ), 0 );
$author = wp_insert_user( array( 'user_login' => 'author', 'user_pass' => 'x', 'role' => 'author' ) );
wp_set_current_user( $author );
kses_init();
$post = wp_insert_post( array(
    'post_title'   => 'Boxes of an author',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => $author,
) );
return array( get_permalink( $post ), get_post( $post )->post_content );
"""  # noqa: E501 -- PHP
HOSTILE_LINKS = (
    "javascript:attack()", "JaVaScRiPt://www.amazon.com/dp/B0DEMO0000%0Aattack()",
    "data:text/html,x", "http://www.amazon.com/dp/B0DEMO0000", "//www.amazon.com/dp/B0DEMO0000",
    "/dp/B0DEMO0000", "https://other.example/dp/B0DEMO0000", "https://other.example/www.amazon.com/",
    "https://www.amazon.com.other.example/", "https://www.amazon.com@other.example/",
    "https://www.amazon.com\\@other.example/", "https://notamazon.com/dp/B0DEMO0000",
    " https://other.example/https://www.amazon.com/",
)  # fmt: skip
RECORD_DELAYS = """
window.delays = [];
const start = window.setTimeout;
window.setTimeout = ( callback, delay ) => {
    window.delays.push( String( delay ) );
    return start( callback, delay );
};
"""
SANDBOX_OFFERS = {
    "B0TESTPRIM": "with Prime",
    "B0TESTWASP": "Was",
    "B0TESTLOWP": "Lowest price",
    "B0TESTUNIT": " / Count",
    "B0TESTUSED": "Condition: used",
    "B0TESTLEAD": "Minimum order quantity: 2",
}
THEME_TEMPLATE = "<?php echo 'theme template: ' . esc_html( $box['asin'] . ' ' . $box['price'] );"


@pytest.fixture
def boxes(site: Site, backend: Backend) -> dict[str, str]:
    """Import the sandbox products and return the HTML of their boxes by ASIN."""
    service = backend.join(site, sandbox=True)
    asins = [PRICED, PRICE_HIDDEN, NO_OFFER, SOLD_OUT, DEAL, EXPIRED]
    for asin in asins:
        assert service.call("POST", "/import", {"items": [asin]}).status == 200
    site.cron("amzlinkr_sync")
    return {asin: render_box(site, asin) for asin in asins}


def render_box(site: Site, asin: str) -> str:
    """Return the HTML of a product's box."""
    html: str = site.php("return do_shortcode( \"[amzlinkr asin='$asin']\" );", asin=asin)
    return html


@pytest.mark.parametrize("version", ["6.5"])
def test_box_shows_a_price_only_if_amazon_allows_it(boxes: dict[str, str]) -> None:
    for asin in (PRICED, SOLD_OUT, DEAL):
        assert " USD</strong>" in boxes[asin]
        assert "as of " in boxes[asin]
        assert DISCLAIMER in boxes[asin]
        assert "Buy on Amazon" in boxes[asin]
    for asin in (PRICE_HIDDEN, NO_OFFER, EXPIRED):
        assert "USD" not in boxes[asin]
        assert "amzlinkr-box__price" not in boxes[asin]
        assert "See price on Amazon" in boxes[asin]
    assert "Out of stock" in boxes[SOLD_OUT]
    assert "<del>" in boxes[DEAL]
    assert "Test product" not in boxes[EXPIRED]
    for html in boxes.values():
        assert "As an Amazon Associate I earn from qualifying purchases." in html
        assert 'rel="sponsored nofollow noopener"' in html


@pytest.mark.parametrize("version", ["6.5"])
def test_box_shows_the_offers_of_the_sandbox(site: Site, backend: Backend) -> None:
    service = backend.join(site, sandbox=True)
    service.call("POST", "/import", {"items": list(SANDBOX_OFFERS)})
    site.cron("amzlinkr_sync")
    for asin, text in SANDBOX_OFFERS.items():
        box = render_box(site, asin)
        assert "amzlinkr-box__price" in box, asin
        assert text in box, asin


@pytest.mark.parametrize("version", ["6.5"])
def test_theme_template_replaces_the_box_and_unknown_products_are_hidden_from_visitors(
    site: Site, boxes: dict[str, str]
) -> None:
    theme = site.php("return get_stylesheet_directory();")
    templates = site.root / "wp-content/themes" / theme.rpartition("/")[2] / "amzlinkr"
    templates.mkdir()
    (templates / "product-box.php").write_text(THEME_TEMPLATE)
    assert render_box(site, PRICED).startswith(f"theme template: {PRICED} 44.24")
    assert boxes[PRICED] != render_box(site, PRICED)

    assert render_box(site, "B0MISSING1") == ""
    as_editor = "wp_set_current_user( 1 ); return do_shortcode( '[amzlinkr asin=B0MISSING1]' );"
    assert "is not imported" in site.php(as_editor)


@pytest.mark.parametrize("version", ["6.5"])
def test_expired_prices_are_removed_from_cached_pages_and_feeds(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site, sandbox=True)
    service.call("POST", "/import", {"items": [PRICED, SOLD_OUT]})
    site.cron("amzlinkr_sync")
    block = f'<!-- wp:amzlinkr/product {{"asin":"{PRICED}"}} /-->'
    post_url = site.php(CREATE_POST, content=f"{block}\n[amzlinkr asin={SOLD_OUT}]")

    # A page that stays open for a day.
    visitor = browser.new_visitor()
    visitor.add_init_script(MOVABLE_CLOCK)
    visitor.goto(post_url)
    boxes = visitor.locator(".amzlinkr-box")
    expect(visitor.locator(".amzlinkr-box__price")).to_have_count(2)
    expect(visitor.get_by_text(CONTENT_NOTICE)).to_have_count(1)
    visitor.evaluate(SHOW_PAGE_AFTER, 23)
    expect(visitor.locator(".amzlinkr-box__price")).to_have_count(2)
    visitor.evaluate(SHOW_PAGE_AFTER, 24)
    expect(boxes).to_have_count(0)
    links = visitor.locator(".amzlinkr-link")
    expect(links).to_have_count(2)
    for index, asin in enumerate((PRICED, SOLD_OUT)):
        expect(links.nth(index)).to_have_text(LINK_TEXT)
        link = links.nth(index).get_by_role("link")
        expect(link).to_have_attribute("rel", "sponsored nofollow noopener")
        href = link.get_attribute("href") or ""
        assert href.startswith(f"https://www.amazon.com/dp/{asin}?tag=")
    assert "USD" not in visitor.content()
    assert "Test product" not in visitor.content()
    browser.screenshot(visitor, "expired")

    # A page that comes from a cache after a day.
    late_visitor = browser.new_visitor()
    late_visitor.add_init_script(MOVABLE_CLOCK.replace("later = 0", "later = 24 * 3600e3"))
    late_visitor.goto(post_url)
    expect(late_visitor.locator(".amzlinkr-box")).to_have_count(0)
    expect(late_visitor.locator(".amzlinkr-link")).to_have_count(2)
    assert "product-box.js" not in site.get("/wp-login.php").body
    assert "product-box.js" not in site.get("/no-such-page/").body

    # Feed readers store a feed without a time limit, so it contains links only.
    feed = site.get("/feed/").body
    assert feed.count("See price on Amazon") == 2
    for text in ("USD", "as of ", "Out of stock", "amzlinkr-box__title", "<img"):
        assert text not in feed

    # Visitors of the page see the same links when the site has no data.
    backend.age_products(site, hours=24)
    page = site.get(post_url.removeprefix(site.url)).body
    assert page.count("See price on Amazon") == 2
    for text in ("USD", "amzlinkr-box", "Test product", CONTENT_NOTICE):
        assert text not in page.partition("<main")[2]

    # Availability without a price also has its time and a disclaimer in the language of the page.
    english, french = site.php(RENDER_SOLD_OUT_WITHOUT_PRICE)
    assert "Out of stock" in english
    assert "as of " in english
    assert "Disclaimer of the service." in english
    assert "Disclaimer of the service." not in french
    assert f"{DISCLAIMER} the date/time indicated" in french
    assert "displayed on www.amazon.com at the time" in french


@pytest.mark.parametrize("version", ["6.5"])
def test_offer_is_removed_from_an_open_page_when_its_deal_ends(
    site: Site, browser: Browser, backend: Backend
) -> None:
    backend.join(site, sandbox=True)
    site.php(RENDER_DEAL)
    post_url = site.php(CREATE_POST, content="[amzlinkr asin=B0DEALENDS title='My kettle']")
    visitor = browser.new_visitor()
    visitor.add_init_script(MOVABLE_CLOCK)
    visitor.goto(post_url)
    box = visitor.locator(".amzlinkr-box")
    visitor.evaluate(SHOW_PAGE_AFTER, 1.9)
    expect(box).to_contain_text("$20.00 with Prime")
    expect(box).to_contain_text("Condition: used")
    browser.screenshot(visitor, "deal")

    visitor.evaluate(SHOW_PAGE_AFTER, 2)
    expect(box).to_contain_text("My kettle")
    expect(box).to_contain_text("In stock")
    expect(box).to_contain_text("See price on Amazon")
    for text in ("$20.00", "Prime", "Limited time deal", "Condition"):
        expect(box).not_to_contain_text(text)
    browser.screenshot(visitor, "deal-ended")

    visitor.evaluate(SHOW_PAGE_AFTER, 24)
    expect(box).to_have_text(re.compile(r"\s*My kettle\s+See price on Amazon\s+As an Amazon .*"))


@pytest.mark.parametrize("version", ["6.5"])
def test_links_of_expired_boxes_lead_to_amazon_only(
    site: Site, browser: Browser, service: RecordingService
) -> None:
    service.join(site)
    start = '<div class="amzlinkr-box" data-until="1" data-link-text="Click"'
    boxes = [f'{start} data-link="{link}">x</div>' for link in HOSTILE_LINKS]
    content = "\n".join(["[amzlinkr asin=B0GENUINE0 marketplace=US]", *boxes])
    post_url, stored = site.php(CREATE_POST_AS_AUTHOR, content=content)
    # WordPress keeps these attributes, although an author may not add scripts.
    assert stored.count("data-link=") == len(HOSTILE_LINKS)
    assert "javascript:attack()" in stored
    visitor = browser.new_visitor()
    visitor.add_init_script(MOVABLE_CLOCK)
    visitor.goto(post_url)
    expect(visitor.locator(".amzlinkr-box")).to_have_count(1)
    visitor.evaluate(SHOW_PAGE_AFTER, 24)
    expect(visitor.locator(".amzlinkr-box")).to_have_count(0)
    links = visitor.locator(".amzlinkr-link a")
    expect(links).to_have_count(1)
    assert links.get_attribute("href") == "https://www.amazon.com/dp/B0GENUINE0?tag=demo-20"
    assert visitor.get_by_text("Click").count() == 0


@pytest.mark.parametrize("version", ["6.5"])
def test_links_of_all_marketplaces_replace_expired_boxes(
    browser: Browser, plugin_dir: Path, version: str
) -> None:
    links = [f"https://{each.domain}/dp/B0DEMO0000?tag=demo-20" for each in MARKETPLACES.values()]
    page = browser.new_visitor()
    page.set_content(
        "".join(
            f'<div class="amzlinkr-box" data-until="1" data-link="{link}"></div>' for link in links
        )
    )
    page.add_script_tag(path=plugin_dir / "assets/product-box.js")
    shown = page.locator(".amzlinkr-link a")
    assert [link.get_attribute("href") for link in shown.all()] == links


@pytest.mark.parametrize("version", ["6.5"])
def test_boxes_without_a_valid_time_are_not_checked_again_at_once(
    browser: Browser, plugin_dir: Path, version: str
) -> None:
    page = browser.new_visitor()
    page.add_init_script(RECORD_DELAYS)
    page.goto("about:blank")
    page.evaluate("document.body.innerHTML = '<div class=amzlinkr-box>x</div>'")
    for time in ("x", "NaN", "1e999"):
        for name in ("data-until", "data-offer-until"):
            page.evaluate(
                "( [ name, time ] ) => document.querySelector( 'div' ).setAttribute( name, time )",
                [name, time],
            )
            page.evaluate("window.delays.length = 0")
            page.add_script_tag(path=plugin_dir / "assets/product-box.js")
            assert page.evaluate("window.delays") == ["60000"], (name, time)
            page.evaluate("name => document.querySelector( 'div' ).removeAttribute( name )", name)
    expect(page.locator(".amzlinkr-box")).to_have_text("x")
