"""What a box shows of a product, and what it must not."""

import pytest
from playwright.sync_api import expect

from tests.wordpress.backend import Backend
from tests.wordpress.browser import Browser
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress

PRICED, HIDDEN, UNOFFERED, SOLD_OUT, DEAL, OLD = (
    "B0TESTPLUS", "B0TESTHIDE", "B0TESTNONE", "B0TESTSOLD", "B0TESTDEAL", "B0TESTPAST",
)  # fmt: skip
NOTICE = "CERTAIN CONTENT THAT APPEARS ON THIS SITE COMES FROM AMAZON."
DISCLAIMER = "Product prices and availability are accurate as of"
SOLD_OUT_WITHOUT_A_PRICE = """
$product = array(
    'asin'         => 'B0NOPRICE0',
    'marketplace'  => 'US',
    'title'        => 'Sold out',
    'availability' => 'out_of_stock',
    'price_status' => 'no_offer',
    'observed_at'  => gmdate( 'c' ),
    'disclaimer'   => 'Said by the service.',
);
AmzLinkr\\Products\\store( array( $product ), 1 );
$shortcode = "[amzlinkr asin=B0NOPRICE0 marketplace=US]";
$shown     = array( do_shortcode( $shortcode ) );
add_filter( 'locale', static fn() => 'fr_FR' );
return array_merge( $shown, array( do_shortcode( $shortcode ) ) );
"""
WRITE = """
update_option( 'rss_use_excerpt', 0 );
return get_permalink( wp_insert_post( array(
    'post_title'   => 'Two boxes',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) );
"""
CLOCK = "const now = Date.now; window.later = 0; Date.now = () => now() + window.later;"
LOOKED_AT_AFTER = """hours => {
    window.later = hours * 3600e3;
    document.dispatchEvent( new Event( 'visibilitychange' ) );
}"""
OWN_TEMPLATE = "<?php echo 'my own: ' . esc_html( $box['asin'] . ' ' . $box['price'] );"


@pytest.fixture
def boxes(site: Site, backend: Backend) -> dict[str, str]:
    """The boxes of the sandbox's products, by ASIN."""
    service = backend.join(site, sandbox=True)
    asins = [PRICED, HIDDEN, UNOFFERED, SOLD_OUT, DEAL, OLD]
    for asin in asins:
        assert service.call("POST", "/import", {"items": [asin]}).status == 200
    site.cron("amzlinkr_sync")
    return {asin: box(site, asin) for asin in asins}


def box(site: Site, asin: str) -> str:
    shown: str = site.php("return do_shortcode( \"[amzlinkr asin='$asin']\" );", asin=asin)
    return shown


@pytest.mark.parametrize("version", ["6.5"])
def test_a_price_is_shown_only_where_there_is_one_to_show(boxes: dict[str, str]) -> None:
    for asin in (PRICED, SOLD_OUT, DEAL):
        assert " USD</strong>" in boxes[asin]
        assert "as of " in boxes[asin]
        assert DISCLAIMER in boxes[asin]
        assert "Buy on Amazon" in boxes[asin]
    for asin in (HIDDEN, UNOFFERED, OLD):
        assert "USD" not in boxes[asin]
        assert "amzlinkr-box__price" not in boxes[asin]
        assert "See price on Amazon" in boxes[asin]
    assert "Out of stock" in boxes[SOLD_OUT]
    assert "<del>" in boxes[DEAL]
    assert "Test product" not in boxes[OLD]
    for shown in boxes.values():
        assert "As an Amazon Associate I earn from qualifying purchases." in shown
        assert 'rel="sponsored nofollow noopener"' in shown


@pytest.mark.parametrize("version", ["6.5"])
def test_a_theme_brings_its_own_box_and_strangers_see_no_gap(
    site: Site, boxes: dict[str, str]
) -> None:
    theme = site.php("return get_stylesheet_directory();")
    own = site.root / "wp-content/themes" / theme.rpartition("/")[2] / "amzlinkr"
    own.mkdir()
    (own / "product-box.php").write_text(OWN_TEMPLATE)
    assert box(site, PRICED).startswith(f"my own: {PRICED} 44.24")
    assert boxes[PRICED] != box(site, PRICED)

    assert box(site, "B0MISSING1") == ""
    as_editor = "wp_set_current_user( 1 ); return do_shortcode( '[amzlinkr asin=B0MISSING1]' );"
    assert "is not imported" in site.php(as_editor)


@pytest.mark.parametrize("version", ["6.5"])
def test_prices_are_taken_back_wherever_they_were_kept(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site, sandbox=True)
    service.call("POST", "/import", {"items": [PRICED, SOLD_OUT]})
    site.cron("amzlinkr_sync")
    block = f'<!-- wp:amzlinkr/product {{"asin":"{PRICED}"}} /-->'
    address = site.php(WRITE, content=f"{block}\n[amzlinkr asin={SOLD_OUT}]")

    # In a page that is a day old, and in one that has been open for as long.
    visitor = browser.person()
    visitor.add_init_script(CLOCK)
    visitor.goto(address)
    boxes = visitor.locator(".amzlinkr-box")
    expect(visitor.locator(".amzlinkr-box__price")).to_have_count(2)
    expect(visitor.get_by_text(NOTICE)).to_have_count(1)
    visitor.evaluate(LOOKED_AT_AFTER, 23)
    expect(visitor.locator(".amzlinkr-box__price")).to_have_count(2)
    visitor.evaluate(LOOKED_AT_AFTER, 24)
    for gone in ("price", "time", "availability"):
        expect(visitor.locator(f".amzlinkr-box__{gone}")).to_have_count(0)
    for place in range(2):
        expect(boxes.nth(place)).to_contain_text("See price on Amazon")
        expect(boxes.nth(place)).not_to_contain_text("USD")
    browser.picture(visitor, "taken-back")
    kept = browser.person()
    kept.add_init_script(CLOCK.replace("later = 0", "later = 24 * 3600e3"))
    kept.goto(address)
    expect(kept.locator(".amzlinkr-box__price")).to_have_count(0)
    assert "product-box.js" not in site.get("/wp-login.php").body
    assert "product-box.js" not in site.get("/no-such-page/").body

    # Whoever reads a feed keeps it: there is a link in it, and nothing else.
    feed = site.get("/feed/").body
    assert feed.count("See price on Amazon") == 2
    for word in ("USD", "as of ", "Out of stock", "amzlinkr-box__title", "<img"):
        assert word not in feed

    # Availability is dated like a price; where the page is not in English, nor is the disclaimer.
    english, french = site.php(SOLD_OUT_WITHOUT_A_PRICE)
    assert "Out of stock" in english
    assert "as of " in english
    assert "Said by the service." in english
    assert "Said by the service." not in french
    assert f"{DISCLAIMER} the date/time indicated" in french
    assert "displayed on www.amazon.com at the time" in french
