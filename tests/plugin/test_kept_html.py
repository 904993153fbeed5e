"""HTML that is kept without its page: links in place of displays, and no data from Amazon."""

from collections.abc import Iterator

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


@pytest.mark.parametrize("constant", ["DOING_CRON", "WP_ADMIN"])
def test_scheduled_runs_and_the_dashboard_contain_links_only(site: Site, constant: str) -> None:
    markup = site.php(RENDER, constant=constant, asin=CURRENT)
    assert f"/dp/{CURRENT}?tag=demo-20" in markup
    assert not any(text in markup for text in AMAZONS)
