"""The search form and the import page: each filter is sent, and each entry fails alone."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.plugin import pages
from tests.plugin.backend import Backend
from tests.plugin.browser import Browser
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

ENTRIES = {
    "B0DEMO0001": "",
    "https://amzn.to/3abcDEF": "short link",
    "https://www.amazon.de/dp/B0DEMO0002": "The DE marketplace has no connection",
    "https://www.example.com/dp/B0DEMO0003": "is not one of",
    "B0NONE0001": "Amazon has no product B0NONE0001",
    "not-a-product": "not-a-product",
}
UPGRADE_FROM_VERSION_3 = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
foreach ( $wpdb->get_results( "SELECT asin, product FROM $table", ARRAY_A ) as $row ) {
    $known   = array( 'seen_at', 'asin', 'marketplace', 'title', 'url', 'image', 'image_width',
        'image_height', 'brand', 'price', 'list_price', 'savings_percent', 'availability',
        'price_status', 'disclaimer' );
    $product = array_intersect_key( json_decode( $row['product'], true ), array_flip( $known ) );
    $values  = array( 'product' => wp_json_encode( $product ) );
    $wpdb->update( $table, $values, array( 'asin' => $row['asin'] ) );
}
$wpdb->query( "ALTER TABLE $table DROP COLUMN price_status, DROP COLUMN offer_until,
    DROP COLUMN availability, DROP COLUMN brand, DROP COLUMN added_at" );
update_option( 'amzlinkr_table', 3 );
"""
READ_ROWS = "return AmzLinkr\\Products\\get_rows( '1 = %d', array( 1 ) );"
SELECT_STATUSES = "SELECT price_status FROM wp_amzlinkr_products"


@pytest.mark.parametrize("version", ["6.5"])
def test_search_form_sends_each_filter(site: Site, browser: Browser, backend: Backend) -> None:
    backend.join(site, sandbox=True)
    owner = browser.log_in(site)
    pages.open_page(owner, site, "amzlinkr-search")
    owner.get_by_label("Brand").fill("Acme")
    owner.get_by_label("Sort by").select_option("NewestArrivals")
    owner.get_by_label("Price from").fill("1.50")
    owner.get_by_label("to", exact=True).fill("90")
    owner.get_by_label("Minimum saving").fill("10")
    owner.locator("[name=min_rating]").select_option("4")
    owner.get_by_label("Condition").select_option("New")
    owner.get_by_label("In stock").uncheck()
    owner.get_by_label("Prime delivery").check()
    owner.get_by_role("button", name="Search").click()
    owner.locator("#amzlinkr-found .amzlinkr-card, #amzlinkr-found .notice-info").first.wait_for()
    browser.screenshot(owner, "search")

    (url,) = [each["url"] for each in site.requests() if "/search?" in each["url"]]
    assert parse_qs(urlsplit(url).query) == {
        name: [value]
        for name, value in {
            "marketplace": "US",
            "page": "1",
            "sort": "NewestArrivals",
            "brand": "Acme",
            "min_price": "150",
            "max_price": "9000",
            "min_rating": "4",
            "min_saving": "10",
            "in_stock": "false",
            "condition": "New",
            "delivery": "Prime",
        }.items()
    }


@pytest.mark.parametrize("version", ["6.5"])
def test_import_shows_the_problem_beside_the_entry(
    site: Site, browser: Browser, backend: Backend
) -> None:
    backend.join(site)
    owner = browser.log_in(site)
    pages.start_import(owner, site, list(ENTRIES))
    summary = owner.locator("#amzlinkr-imported")
    expect(summary).to_contain_text("1 of 6 products imported.")
    browser.screenshot(owner, "import")
    rows = summary.locator("tbody tr")
    expect(rows).to_have_count(5)
    for index, (entry, problem) in enumerate(list(ENTRIES.items())[1:]):
        cells = rows.nth(index).locator("td")
        expect(cells.nth(0)).to_have_text(entry)
        expect(cells.nth(1)).to_contain_text(problem)
        expect(cells.nth(2)).not_to_be_empty()

    # An entry fails alone, also if it is the only one.
    pages.start_import(owner, site, ["https://www.amazon.de/dp/B0DEMO0002"])
    expect(summary).to_contain_text("0 of 1 products imported.")
    expect(summary.locator("tbody tr")).to_contain_text("The DE marketplace has no connection")


@pytest.mark.parametrize("version", ["6.5"])
def test_table_of_an_earlier_version_is_upgraded(site: Site, backend: Backend) -> None:
    service = backend.join(site, sandbox=True)
    service.call("POST", "/import", {"items": ["B0TESTPLUS", "B0TESTDEAL"]})
    site.cron("amzlinkr_sync")
    before = site.php(READ_ROWS)
    assert len(before) == 2
    site.php(UPGRADE_FROM_VERSION_3)

    # A box is shown before and after the sync has read all products again.
    render = "return do_shortcode( '[amzlinkr asin=B0TESTDEAL]' );"
    assert "amzlinkr-box__price" in site.php(render)
    site.cron("amzlinkr_sync")
    assert "amzlinkr-box__price" in site.php(render)
    generation = {"feed_generation": 0, "seen_at": 0}
    assert [row | generation for row in site.php(READ_ROWS)] == [row | generation for row in before]
    select = "global $wpdb; return $wpdb->get_col( $query );"
    assert site.php(select, query=SELECT_STATUSES) == ["current", "current"]
