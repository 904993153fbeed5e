"""A site full of AAWP's shortcodes moves in: from 200 posts without boxes to 200 with them."""

import pytest
from playwright.sync_api import expect

from tests.plugin import pages
from tests.plugin.backend import Backend
from tests.plugin.browser import Browser
from tests.plugin.site import Site
from tests.plugin.test_before_access import check_widths

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

POSTS = 200
PRODUCTS = 40
STORE = """
for ( $number = 0; $number < $posts; $number++ ) {
    $asin   = sprintf( 'B0AAWP%04d', $number % $products );
    $second = sprintf( 'B0AAWP%04d', ( $number + 1 ) % $products );
    $texts  = array(
        "<!-- wp:shortcode -->[amazon box=\\"$asin\\"]<!-- /wp:shortcode -->",
        "Text before.\\n\\n[amazon box=\\"$asin,$second\\" grid=\\"2\\"]\\n\\nText after.",
        "<!-- wp:aawp/aawp-block {\\"look\\":\\"box\\",\\"asin\\":\\"$asin\\"} /-->",
        "[aawp box='$asin' title='My pick no. $number' button_text='Look']",
    );
    wp_insert_post( array(
        'post_title'   => "Review $number",
        'post_content' => wp_slash( $texts[ $number % 4 ] ),
        'post_status'  => 'publish',
        'post_author'  => 1,
    ) );
}
wp_insert_post( array( 'post_title' => 'Table', 'post_content' => '[amazon table="12"] https://amzn.to/x', 'post_status' => 'publish', 'post_author' => 1 ) );
"""  # noqa: E501 -- PHP
COUNT_BOXES = """
wp_set_current_user( 0 );
$counts = array();
foreach ( get_posts( array( 'numberposts' => -1 ) ) as $post ) {
    $GLOBALS['post'] = $post;
    setup_postdata( $post );
    $html     = apply_filters( 'the_content', $post->post_content );
    $counts[] = preg_match( '~\\[(amazon box|aawp)~', $html ) ? 'raw' : substr_count( $html, 'class="amzlinkr-box__title"' );
}
return (object) array_count_values( $counts );
"""  # noqa: E501 -- PHP
READ_CONTENTS = "return array_column( get_posts( array( 'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC' ) ), 'post_content' );"  # noqa: E501 -- PHP


def test_two_hundred_posts_move_in(site: Site, browser: Browser, backend: Backend) -> None:
    backend.join(site)
    site.php(STORE, posts=POSTS, products=PRODUCTS)
    before = site.php(READ_CONTENTS)
    # The shortcodes of the plugin that is gone are text; its blocks are nothing.
    assert site.php(COUNT_BOXES) == {"raw": 150, "0": 52}
    owner = browser.log_in(site)

    pages.open_page(owner, site, "amzlinkr-migration")
    owner.get_by_role("button", name="Search my site").click()
    owner.get_by_text("Products to import: 40. Already imported: 0.").wait_for()
    check_widths(owner)
    browser.screenshot(owner, "found")

    owner.get_by_role("button", name="Import these products (40)").click()
    expect(owner.locator("#amzlinkr-imported")).to_contain_text("40 of 40 products imported.")

    # The first way: the posts stay as they are.
    owner.get_by_label("AAWP").check()
    owner.get_by_role("button", name="Save").click()
    owner.get_by_text("Saved.").wait_for()
    expect(owner.get_by_label("AAWP")).to_be_checked()
    assert site.php(COUNT_BOXES) == {"1": 150, "2": 50, "0": 2}
    assert site.php(READ_CONTENTS) == before

    # The second way: the posts have boxes of this plugin.
    owner.get_by_label("AAWP").uncheck()
    owner.get_by_role("button", name="Save").click()
    owner.get_by_text("Saved.").wait_for()
    owner.get_by_role("link", name="Not supported (1)").click()
    places = owner.locator(".amzlinkr-places")
    expect(places).to_contain_text("Its table is stored by the other plugin.")
    expect(places).to_contain_text("Short link to an unknown product.")
    for left in (200, 150, 100, 50):
        owner.get_by_role("link", name=f"Can be replaced ({left})").click()
        expect(owner.locator(".amzlinkr-places > li")).to_have_count(50)
        if left == POSTS:
            expect(places).to_contain_text('[amazon box="B0AAWP0000"]')
            expect(places).to_contain_text('[amzlinkr asin="B0AAWP0000"]')
            expect(places).to_contain_text('display="grid" columns="2"]')
            check_widths(owner)
            browser.screenshot(owner, "plan")
        owner.get_by_role("button", name="Replace in the checked posts on this page (50)").click()
        owner.get_by_text("Posts that were changed: 50").wait_for()
    check_widths(owner)
    browser.screenshot(owner, "changed")
    assert site.php(COUNT_BOXES) == {"1": 150, "2": 50, "0": 2}
    assert not any(
        "[amazon box" in content or "aawp" in content for content in site.php(READ_CONTENTS)
    )

    visitor = browser.new_visitor()
    visitor.goto(
        site.php("return get_permalink( get_page_by_path( 'review-3', OBJECT, 'post' ) );")
    )
    expect(visitor.locator(".amzlinkr-box__title")).to_have_text("My pick no. 3")
    expect(visitor.locator(".amzlinkr-box__price")).to_be_visible()
    check_widths(visitor)

    for _ in range(4):
        owner.get_by_role("button", name="Undo the change of these posts").click()
        owner.get_by_text("Posts with an undone change: 50").wait_for()
    expect(owner.get_by_role("button", name="Undo the change of these posts")).to_have_count(0)
    assert site.php(READ_CONTENTS) == before
    assert not any("amzn.to" in url for url in browser.outside_urls)
