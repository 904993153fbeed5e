"""The block “Amazon product” in the editor: imported products, several of them, and displays."""

import dataclasses
import re

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.plugin import pages
from tests.plugin.browser import Browser
from tests.plugin.display_site import CURRENT, OTHER, WAITING, display_site
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

CONTRIBUTOR = "contributor"
ADD_USER = """
$user = array( 'user_login' => $name, 'user_pass' => $name, 'role' => $name );
global $wpdb;
$preferences = array( 'core/edit-post' => array( 'welcomeGuide' => false ) );
update_user_meta( wp_insert_user( $user ), "{$wpdb->get_blog_prefix()}persisted_preferences", $preferences );
"""  # noqa: E501 -- PHP
INSERT_GRID = """() => {
    const block = wp.blocks.createBlock( 'amzlinkr/product', { display: 'grid' } );
    wp.data.dispatch( 'core/block-editor' ).insertBlocks( block );
    wp.data.dispatch( 'core/edit-post' ).openGeneralSidebar( 'edit-post/block' );
}"""
READ_ATTRIBUTES = "() => wp.data.select( 'core/block-editor' ).getSelectedBlock().attributes"
READ_VARIATIONS = """() => wp.blocks.getBlockVariations( 'amzlinkr/product', 'inserter' )
    .map( ( variation ) => variation.name )"""
SEARCH = """
wp_set_current_user( $user );
return array_map( static function ( $keywords ) {
    $request = new WP_REST_Request( 'GET', '/amzlinkr/v1/products' );
    $request->set_query_params( compact( 'keywords' ) );
    $response = rest_do_request( $request );
    return array( $response->get_status(), $response->get_data() );
}, $searches );
"""


def test_contributor_inserts_imported_products(version: str, browser: Browser) -> None:
    # The editor of WordPress requests what contributors may not read.
    browser.allow(r"^403 GET .*/wp-json/wp/v2/")
    with display_site(version) as site:
        site.php(ADD_USER, name=CONTRIBUTOR)
        writer = dataclasses.replace(site, admin_user=CONTRIBUTOR, admin_password=CONTRIBUTOR)
        owner = browser.log_in(writer)
        owner.goto(f"{site.url}/wp-admin/post-new.php")
        canvas = pages.editor_canvas(owner, site)
        canvas.get_by_role("textbox", name="Add title").wait_for()
        assert owner.evaluate(READ_VARIATIONS) == ["grid", "list", "table", "button"]
        owner.evaluate(INSERT_GRID)
        insert_two_products(canvas)
        browser.screenshot(owner, "grid")
        change_display(owner, canvas)
        browser.screenshot(owner, "table")
        assert owner.evaluate(READ_ATTRIBUTES) | {
            "asin": f"{OTHER},{CURRENT}",
            "marketplace": "US",
            "title": "|My grinder",
            "display": "table",
            "rows": "price *1\navailability\nWeight: *2 g | 1 g",
        } == owner.evaluate(READ_ATTRIBUTES)
        # The sync and the account play no part.
        assert [sent for sent in site.requests() if "/v1/" in sent["url"]] == []
        owner.context.close()  # the editor would poll the site after its end


def insert_two_products(canvas: FrameLocator | Page) -> None:
    """Choose two of the imported products, with a search for each."""
    search = canvas.get_by_label("Imported products")
    found = canvas.locator(".amzlinkr-imported-product")
    expect(found).to_have_count(7)
    for text, title in (("Title 1", "Title 1"), (OTHER.lower(), "Title 2")):
        search.fill(text)
        expect(found).to_have_text([re.compile(title)])
        found.click()
        expect(found).to_have_attribute("aria-pressed", "true")
    canvas.get_by_role("button", name="Insert 2 products").click()
    expect(canvas.locator(".amzlinkr-grid__item .amzlinkr-box__price")).to_have_count(2)


def change_display(owner: Page, canvas: FrameLocator | Page) -> None:
    """Change the settings of the block: its display, its rows, a title, and the order."""
    owner.get_by_label("Display", exact=True).select_option("table")
    expect(canvas.locator(".amzlinkr-table tbody tr")).to_have_count(3)
    owner.get_by_label("Best value of “Price”").select_option("2")
    expect(canvas.locator(".amzlinkr-table__best")).to_have_count(1)
    owner.get_by_label("Your own rows").fill("Weight: 1 g | *2 g")
    expect(canvas.locator(".amzlinkr-table")).to_contain_text("Weight")
    owner.get_by_role("button", name=f"Your own content for product 1: {CURRENT}").click()
    owner.get_by_label("Your title").fill("My grinder")
    expect(canvas.locator(".amzlinkr-table thead")).to_contain_text("My grinder")
    owner.get_by_role("button", name="Products", exact=True).click()
    owner.get_by_role("button", name=f"Move {CURRENT} down").click()
    expect(canvas.locator(".amzlinkr-table thead th").nth(1)).to_contain_text("My grinder")


def test_imported_products_are_found_by_title_and_asin() -> None:
    with display_site() as site:
        editor = search(site, 1, "title 1", OTHER[3:].lower(), "_", "", WAITING)
        assert [status for status, _ in editor] == [200] * 5
        by_title, by_asin, wildcard, everything, waiting = (data for _, data in editor)
        assert [each["asin"] for each in by_title["products"]] == [CURRENT]
        assert [each["asin"] for each in by_asin["products"]] == [OTHER]
        assert wildcard == {"products": [], "total": 7}
        # Products without a title are the last ones.
        titles = [each["title"] for each in everything["products"]]
        assert titles == [*sorted(filter(None, titles)), "", "", ""]
        assert waiting["products"][0]["note"] == "waiting for access to Amazon’s API"
        assert [status for status, _ in search(site, 0, "")] == [401]


def search(
    site: Site, user: int, *keywords: str
) -> list[tuple[int, dict[str, list[dict[str, str]]]]]:
    """Return the status and the data of searches for imported products."""
    found = site.php(SEARCH, user=user, searches=keywords)
    return [(status, data) for status, data in found]
