"""A network of sites in a browser: each site has its own connection, products, and clicks."""

import pytest
from playwright.sync_api import expect

from tests.plugin.browser import Browser
from tests.plugin.list_bodies import asin_of, product
from tests.plugin.network import make_network
from tests.plugin.recording_service import API_KEY, CONNECT, RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5", "newest"])]

CREATE_SITE = """
$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
$host = preg_replace( '~^https?://~', '', home_url() );
$blog = wpmu_create_blog( 'two.example', '/two/', 'Two', 1 );
if ( is_wp_error( $blog ) ) {
    return $blog->get_error_message();
}
// WordPress removes the port from the domain of a new site.
global $wpdb;
$wpdb->update( $wpdb->blogs, array( 'domain' => $host ), array( 'blog_id' => $blog ) );
clean_blog_cache( $blog );
switch_to_blog( $blog );
update_option( 'siteurl', "http://$host/two" );
update_option( 'home', "http://$host/two" );
return $blog;
"""
FILL = """
switch_to_blog( $blog );
%s
AmzLinkr\\Products\\store( $products, 0 );
return wp_insert_post( array(
    'post_title'   => 'Kettles',
    'post_name'    => 'kettles',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""
TABLES = """
global $wpdb;
return $wpdb->get_col( "SHOW TABLES LIKE '%amzlinkr%'" );
"""
DELETE_SITE = """
require_once ABSPATH . 'wp-admin/includes/ms.php';
wpmu_delete_blog( $blog, true );
"""
SITES = {1: "", 2: "/two"}


def test_sites_of_a_network_are_apart(
    site: Site, browser: Browser, service: RecordingService
) -> None:
    network = make_network(site, is_served=True)
    assert network.php(CREATE_SITE) == 2
    owner = browser.log_in(network)
    owner.goto(f"{network.url}/wp-admin/network/plugins.php")
    owner.get_by_role("link", name="Network Activate AmzLinkr").click()
    owner.get_by_text("Plugin activated.").wait_for()
    for blog, path in SITES.items():
        owner.goto(f"{network.url}{path}/wp-admin/admin.php?page=amzlinkr")
        expect(owner.get_by_label("Service URL")).to_be_visible()
        values = {"url": service.url, "api_key": API_KEY, "products": [product(blog)]}
        content = f"[amzlinkr asin={asin_of(blog)}]"
        network.php(FILL % CONNECT, blog=blog, content=content, **values)
    browser.screenshot(owner, "connect")

    for blog, path in SITES.items():
        owner.goto(f"{network.url}{path}/wp-admin/admin.php?page=amzlinkr")
        products = owner.locator("#amzlinkr-products tbody")
        expect(products).to_contain_text(f"Product {blog}")
        expect(products).not_to_contain_text(f"Product {3 - blog}")
        visitor = browser.new_visitor()
        post = visitor.goto(f"{network.url}{path}/?name=kettles")
        assert post is not None
        expect(visitor.locator(".amzlinkr-box")).to_contain_text(f"Product {blog}")
    browser.screenshot(owner, "products")

    owner.goto(f"{network.url}/two/wp-admin/admin.php?page=amzlinkr-settings&tab=display")
    owner.get_by_label("Count clicks on links to Amazon").check()
    owner.locator("form", has=owner.locator("[name=clicks]")).get_by_role("button").click()
    owner.get_by_text("Saved.").wait_for()
    owner.goto(f"{network.url}/two/wp-admin/admin.php?page=amzlinkr-clicks")
    expect(owner.get_by_role("heading", name="By product")).to_be_visible()
    browser.screenshot(owner, "clicks")

    first = ["wp_amzlinkr_lists", "wp_amzlinkr_products"]
    second = ["wp_2_amzlinkr_clicks", "wp_2_amzlinkr_lists", "wp_2_amzlinkr_products"]
    assert network.php(TABLES) == [*second, *first]
    network.php(DELETE_SITE, blog=2)
    assert network.php(TABLES) == first
