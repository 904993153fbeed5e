"""Products that Amazon no longer returns, and products that the site itself has withheld."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from tests.plugin import pages
from tests.plugin.backend import CONNECT, Backend
from tests.plugin.browser import Browser
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

# B0DEMO0008 has no offer.
ASINS = [f"B0DEMO{number:04d}" for number in range(13) if number != 8]
NAMED, SILENT, *REMAINING = ASINS
READ_SHOWN_PRICES = """
$prices = array();
foreach ( $asins as $asin ) {
    $product         = AmzLinkr\\Products\\find( $asin, 'US' );
    $prices[ $asin ] = AmzLinkr\\Box\\get_template_data( $product )['price'];
}
return $prices;
"""
READ_ROWS = "return AmzLinkr\\Products\\get_rows( '1 = %d', array( 1 ) );"
READ_STATUSES = """
$found = AmzLinkr\\Products\\get_rows( '1 = %d', array( 1 ) );
return array_column( $found, 'price_status', 'asin' );
"""
RENDER = "return do_shortcode( \"[amzlinkr asin='$asin' title='$title']\" );"
RENDER_AS_EDITOR = f"wp_set_current_user( 1 ); {RENDER}"
RUN_SITE_HEALTH_TEST = "return AmzLinkr\\AttentionHealth\\run_test();"
READ_CONNECTION = "return get_option( 'amzlinkr_connection' );"
WRITE_CONNECTION = "update_option( 'amzlinkr_connection', $connection );"
AGE_SITE_BY_A_DAY = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
$wpdb->query( "UPDATE $table SET seen_at = seen_at - 86400 WHERE seen_at > 0" );
delete_option( 'amzlinkr_checked' );
"""
STORE_UNKNOWN_WITHHELD_PRODUCT = """
$product = array( 'asin' => 'B0UNKNOWN0', 'marketplace' => 'US' );
AmzLinkr\\Products\\store( array( AmzLinkr\\Products\\strip_to_asin( $product ) ), 0 );
"""
READ_PROBLEM = "return AmzLinkr\\Sync\\get_state()['problem'];"
STORE_WITH_DEAL = """
$product = array(
    'asin'         => 'B0DEALENDS',
    'marketplace'  => 'US',
    'title'        => 'Acme Kettle',
    'availability' => 'in_stock',
    'price_status' => 'current',
    'price'        => array( 'display' => '$20.00' ),
    'deal'         => array( 'access' => 'all', 'ends_at' => gmdate( 'c', time() + 3600 ) ),
    'observed_at'  => gmdate( 'c' ),
);
AmzLinkr\\Products\\store( array( $product ), AmzLinkr\\Sync\\get_state()['feed_generation'] );
"""
END_DEALS = """
global $wpdb;
$wpdb->query( "UPDATE wp_amzlinkr_products SET offer_until = 1,
    product = JSON_SET( product, '$.offer_until', 1 ) WHERE offer_until > 0" );
"""
CREATE_POST = """
return wp_insert_post( array(
    'post_title'   => 'A post',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""
RECORD_PURGED_POSTS = """<?php
add_action( 'clean_post_cache', static function ( $post ) {
    $posts = array_merge( get_option( 'purged_posts', array() ), array( $post ) );
    update_option( 'purged_posts', $posts );
} );
"""


def read_shown_prices(site: Site, asins: list[str]) -> dict[str, str]:
    """Return the prices that boxes show now, by ASIN."""
    prices: dict[str, str] = site.php(READ_SHOWN_PRICES, asins=asins)
    return prices


def import_products(site: Site, backend: Backend, asins: list[str]) -> Any:
    """Connect the site, import products into its table, and return the client of the service."""
    service = backend.join(site)
    job = service.call("POST", "/import", {"items": asins})
    if job.status == 202:
        backend.finish(service, job)
    site.cron("amzlinkr_sync")
    assert all(read_shown_prices(site, asins).values())
    return service


@pytest.mark.parametrize("version", ["6.5"])
def test_vanished_products_do_not_hide_others_and_return(
    site: Site, browser: Browser, backend: Backend
) -> None:
    import_products(site, backend, ASINS)
    backend.amazon.send("POST", "gone", {"asin": NAMED})
    backend.amazon.send("POST", "gone", {"asin": SILENT, "silently": True})

    for hour in range(25):
        backend.age_products(site, hours=1)
        backend.refresh_prices(site, seen=REMAINING)
        site.cron("amzlinkr_sync")
        shown = read_shown_prices(site, ASINS)
        assert all(shown[asin] for asin in REMAINING), f"A price is lost after {hour} hours"
        assert shown[NAMED] == ""
        if hour:
            assert shown[SILENT] == ""

    statuses = site.php(READ_STATUSES)
    assert [statuses.pop(asin) for asin in (NAMED, SILENT)] == ["missing", "missing"]
    assert set(statuses.values()) == {"current"}
    health = site.php(RUN_SITE_HEALTH_TEST)
    assert health["status"] == "recommended"
    assert "Missing: 2." in health["description"]

    # Visitors see nothing, or the author's title with a link. Editors see the reason.
    assert site.php(RENDER, asin=NAMED, title="") == ""
    link = site.php(RENDER, asin=NAMED, title="My grinder")
    assert ">My grinder</a>" in link
    assert "amzlinkr-box__price" not in link
    assert "Amazon no longer returns it" in site.php(RENDER_AS_EDITOR, asin=NAMED, title="")
    owner = browser.log_in(site)
    pages.open_page(owner, site, "amzlinkr-settings")
    expect(owner.locator(".amzlinkr-withheld")).to_contain_text(f"{NAMED} (US), {SILENT} (US)")
    browser.screenshot(owner, "settings")
    pages.open_page(owner, site, "amzlinkr")
    expect(owner.locator("tr", has_text=SILENT).first).to_contain_text("Amazon no longer returns")
    browser.screenshot(owner, "products")

    backend.amazon.send("POST", "gone", {"asin": NAMED, "gone": False})
    backend.amazon.send("POST", "gone", {"asin": SILENT, "gone": False})
    backend.age_products(site, hours=1)
    backend.refresh_prices(site, seen=ASINS)
    site.cron("amzlinkr_sync")
    assert all(read_shown_prices(site, ASINS).values())
    assert "amzlinkr-box__price" in site.php(RENDER, asin=NAMED, title="")
    assert site.php(RUN_SITE_HEALTH_TEST)["status"] == "good"


@pytest.mark.parametrize("version", ["6.5"])
def test_products_that_the_site_has_withheld_are_read_again(site: Site, backend: Backend) -> None:
    asins = ASINS[:3]
    service = import_products(site, backend, asins)
    expected = read_shown_prices(site, asins)

    # A day without the service, which refreshes the products and finds no changes.
    connection = site.php(READ_CONNECTION)
    unreachable = connection | {"service_url": "http://127.0.0.1:9/v1"}
    site.php(WRITE_CONNECTION, connection=unreachable)
    site.php(AGE_SITE_BY_A_DAY)
    site.cron("amzlinkr_sync")
    assert set(read_shown_prices(site, asins).values()) == {""}
    assert "Expired: 3." in site.php(RUN_SITE_HEALTH_TEST)["description"]

    # The service removes one product and does not hold another.
    assert service.call("DELETE", f"/products/{asins[0]}").status == 204
    site.php(STORE_UNKNOWN_WITHHELD_PRODUCT)
    site.php(WRITE_CONNECTION, connection=connection)
    sent = len(site.requests())
    site.cron("amzlinkr_sync")
    requests = [each["url"].removeprefix(backend.url) for each in site.requests()[sent:]]
    (changes, products) = [path for path in requests if not path.startswith("/site")]
    assert changes.startswith("/changes?")
    assert "cursor=" in changes
    assert products == f"/products?marketplace=US&asins={'%2C'.join([*asins[1:], 'B0UNKNOWN0'])}"
    assert read_shown_prices(site, asins[1:]) == {asin: expected[asin] for asin in asins[1:]}
    assert site.php(READ_STATUSES).keys() == {*asins[1:]}

    # They are read once.
    sent = len(site.requests())
    site.cron("amzlinkr_sync")
    assert [each["url"] for each in site.requests()[sent:] if "/products?" in each["url"]] == []
    assert site.php(READ_PROBLEM) is None


@pytest.mark.parametrize("version", ["6.5"])
def test_missing_product_does_not_block_the_import_after_a_move(
    site: Site, backend: Backend
) -> None:
    import_products(site, backend, ASINS[:2])
    site.move_to(site.url.replace("127.0.0.1", "localhost"))
    assert site.php(CONNECT, url=backend.url) is True
    service = backend.service_of(site)
    assert service.call("POST", "/validate", CREATORS_CREDENTIALS).json["status"] == "valid"
    backend.amazon.send("POST", "gone", {"asin": NAMED})
    site.cron("amzlinkr_sync")
    assert site.php(READ_STATUSES) == {NAMED: "missing", SILENT: "current"}
    assert site.php("return AmzLinkr\\Sync\\get_state()['must_reimport'];") is False


@pytest.mark.parametrize("version", ["6.5"])
def test_offer_is_removed_when_its_deal_has_ended(site: Site, backend: Backend) -> None:
    import_products(site, backend, ASINS[:1])
    site.php(STORE_WITH_DEAL)
    post = site.php(CREATE_POST, content="[amzlinkr asin=B0DEALENDS]")
    site.php(CREATE_POST, content=f"[amzlinkr asin={ASINS[0]}]")
    (site.root / "wp-content/mu-plugins/recorder.php").write_text(RECORD_PURGED_POSTS)
    site.cron("amzlinkr_sync")
    assert "$20.00" in site.php(RENDER, asin="B0DEALENDS", title="")
    assert site.php("return get_option( 'purged_posts' );") is False

    site.php(END_DEALS)
    site.cron("amzlinkr_sync")
    box = site.php(RENDER, asin="B0DEALENDS", title="")
    assert "Acme Kettle" in box
    assert "In stock" in box
    assert "$20.00" not in json.dumps(site.php(READ_ROWS))
    assert site.php("return get_option( 'purged_posts' );") == [post]
    assert read_shown_prices(site, ASINS[:1])[ASINS[0]]
