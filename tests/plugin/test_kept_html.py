"""HTML that is kept without its page: links in place of displays, and no data from Amazon."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from xmlrpc.client import dumps

import pytest

from tests.plugin.display_site import AMAZONS, CURRENT, DISPLAYS, OTHER, display_site, text_of
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

CREATE_POST = """
return wp_insert_post( array(
    'post_title'   => 'Displays',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""
READ_BY_REST = """
wp_set_current_user( 1 );
$request = new WP_REST_Request( 'GET', "/wp/v2/posts/$id" );
$request->set_param( 'context', $context );
$data = rest_do_request( $request )->get_data();
return array( $data['content']['rendered'], $data['excerpt']['rendered'], do_shortcode( "[amzlinkr asin=$asin]" ) );
"""  # noqa: E501 -- PHP
PREVIEW = """
wp_set_current_user( 1 );
$request = new WP_REST_Request( 'POST', '/wp/v2/block-renderer/amzlinkr/product' );
$request->set_param( 'context', 'edit' );
$request->set_param( 'attributes', array( 'asin' => $asin ) );
return rest_do_request( $request )->get_data()['rendered'];
"""
PREVIEW_IN_ROUTE = """
add_action( 'rest_api_init', static function () use ( $asin ) {
    register_rest_route( 'test/v1', '/outer', array(
        'permission_callback' => '__return_true',
        'callback'            => static function () use ( $asin ) {
            rest_do_request( new WP_REST_Request( 'GET', '/wp/v2/block-renderer/amzlinkr/none' ) );
            rest_do_request( new WP_REST_Request( 'GET', '/wp/v2/none' ) );
            return do_shortcode( "[amzlinkr asin=$asin]" );
        },
    ) );
} );
return rest_do_request( new WP_REST_Request( 'GET', '/test/v1/outer' ) )->get_data();
"""
RENDER = """
define( $constant, true );
return do_shortcode( "[amzlinkr asin=$asin]" );
"""
RENDER_BY_AJAX = """
define( 'WP_ADMIN', true );
define( 'DOING_AJAX', true );
foreach ( $server as $name => $value ) {
    $_SERVER[ $name ] = $value;
}
foreach ( $fields as $name => $value ) {
    $_REQUEST[ $name ] = $value;
}
return do_shortcode( "[amzlinkr asin=$asin]" );
"""
RENDER_ON_SAVE = """
$found = array();
$text  = "[amzlinkr asin=$asin]";
foreach ( $hooks as $hook ) {
    add_action( $hook, static function () use ( &$found, $hook, $text ) {
        $found[ $hook ] = do_shortcode( $text );
    } );
}
$post = array( 'post_title' => 'Saved', 'post_status' => 'publish' );
wp_insert_post( $post );
return array( $found, do_shortcode( $text ) );
"""
SAVE_HOOKS = (
    "transition_post_status", "new_to_publish", "publish_post", "save_post_post", "save_post",
    "wp_insert_post", "wp_after_insert_post",
)  # fmt: skip
NEWSLETTER = """<?php
add_action( 'transition_post_status', static function ( $new, $old, $post ) {
    if ( 'publish' === $new && 'post' === $post->post_type ) {
        $content = apply_filters( 'the_content', $post->post_content );
        wp_mail( 'reader@example.com', 'Newsletter', $content );
    }
}, 10, 3 );
"""
ALLOW = """
add_filter( 'amzlinkr_is_kept_html', static function ( $is_kept, $route ) {
    return 0 !== strpos( $route, '/wp/v2/posts' );
}, 10, 2 );
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one site for all tests of this module."""
    with display_site("6.1") as running:
        yield running


def test_rest_responses_contain_links_only(site: Site) -> None:
    parts = [f"[amzlinkr asin='{CURRENT},{OTHER}' display={display}]" for display in DISPLAYS]
    block = f'<!-- wp:amzlinkr/product {{"asin":"{CURRENT}"}} /-->'
    post = site.php(CREATE_POST, content="\n\n".join([*parts, block]))
    for context in ("view", "edit"):
        content, excerpt, after = site.php(READ_BY_REST, id=post, context=context, asin=CURRENT)
        for text in AMAZONS:
            assert text not in content, (context, text)
            assert text not in excerpt, (context, text)
        assert content.count(f"/dp/{CURRENT}?tag=demo-20") == len(DISPLAYS)
        assert "data-until" not in content
        # A page that calls a route inside itself shows its own displays.
        assert "amzlinkr-box__price" in after
    content, _, _ = site.php(ALLOW + READ_BY_REST, id=post, context="view", asin=CURRENT)
    assert "amzlinkr-box__price" in content


def test_previews_in_the_editor_are_complete(site: Site) -> None:
    assert "amzlinkr-box__price" in site.php(PREVIEW, asin=CURRENT)
    assert "$" not in text_of(site.php(PREVIEW_IN_ROUTE, asin=CURRENT))


@pytest.mark.parametrize(
    "constant", ["DOING_CRON", "WP_ADMIN", "XMLRPC_REQUEST", "REST_REQUEST", "WP_CLI"]
)
def test_requests_without_a_page_contain_links_only(site: Site, constant: str) -> None:
    markup = site.php(RENDER, constant=constant, asin=CURRENT)
    assert f"/dp/{CURRENT}?tag=demo-20" in markup
    assert not any(text in markup for text in AMAZONS)


@pytest.mark.parametrize(
    ("referrer", "field", "is_page"),
    [
        ("{site}/2026/11/a-post/", "", True),
        ("{site}/?s=/wp-admin/", "", True),
        ("{site}/a-post/", "/a-post/", True),
        ("{site}/wp-admin/admin.php?page=x", "", False),
        ("{site}/wp-admin", "", False),
        ("https://other.example/blog/wp-admin/network/", "", False),
        ("{site}/a-post/", "/wp-admin/post.php", False),
        ("{site}/a-post/", ["x"], False),
        # Plugins begin work in the background with a call by the server.
        ("", "", False),
    ],
    ids=str,
)
def test_ajax_contains_prices_only_for_pages(
    referrer: str, field: object, is_page: bool, site: Site
) -> None:
    server = {"HTTP_REFERER": referrer.format(site=site.url)} if referrer else {}
    fields = {"_wp_http_referer": field} if field else {}
    markup = site.php(RENDER_BY_AJAX, server=server, fields=fields, asin=CURRENT)
    assert ("amzlinkr-box__price" in markup) is is_page
    assert f"/dp/{CURRENT}?tag=demo-20" in markup


def test_saving_a_post_renders_links_only(site: Site) -> None:
    found, after = site.php(RENDER_ON_SAVE, hooks=SAVE_HOOKS, asin=CURRENT)
    assert sorted(found) == sorted(SAVE_HOOKS)
    for hook, markup in found.items():
        assert f"/dp/{CURRENT}?tag=demo-20" in markup, hook
        assert not any(text in markup for text in AMAZONS), hook
    # The page that follows is a page for visitors.
    assert "amzlinkr-box__price" in after


def test_newsletter_of_a_remote_post_contains_no_price() -> None:
    post = {
        "post_title": "Remote",
        "post_status": "publish",
        "post_content": f"[amzlinkr asin={CURRENT}]",
    }
    # PHP reports deprecated code of older versions of WordPress here.
    with display_site("newest") as site:
        (site.root / "wp-content/mu-plugins/newsletter.php").write_text(NEWSLETTER)
        body = dumps((1, site.admin_user, site.admin_password, post), "wp.newPost")
        with closing(http.client.HTTPConnection(site.address, timeout=60)) as connection:
            connection.request("POST", "/xmlrpc.php", body, {"Content-Type": "text/xml"})
            response = connection.getresponse()
            assert (response.status, b"faultCode" in response.read()) == (200, False)
        (mail,) = (mail for mail in site.mails() if mail["subject"] == "Newsletter")
    assert f"/dp/{CURRENT}?tag=demo-20" in mail["message"]
    assert not any(text in mail["message"] for text in AMAZONS)
