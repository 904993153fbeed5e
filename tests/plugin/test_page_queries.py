"""Database queries of pages with products: few, and without a call to the service."""

import socket

import pytest

from tests.plugin.backend import Backend
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

ASINS = [f"B0VISIT{number:03d}" for number in range(50)]
CREATE_POSTS = """
$boxes = array();
foreach ( $asins as $index => $asin ) {
    $boxes[] = 0 === $index % 2
        ? "<!-- wp:amzlinkr/product {\\"asin\\":\\"$asin\\"} /-->\\n"
        : "<!-- wp:shortcode -->[amzlinkr asin='$asin']<!-- /wp:shortcode -->\\n";
}
$create = static fn( $content, $title ) => wp_insert_post( array(
    'post_title'   => $title,
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
update_option( 'posts_per_page', 50 );
$term = wp_insert_term( 'Single box', 'category' );
foreach ( $boxes as $index => $box ) {
    wp_set_post_categories( $create( $box, "Post $index of fifty" ), array( $term['term_id'] ) );
}
return array_map( 'wp_make_link_relative', array(
    get_permalink( $create( implode( $boxes ), 'Fifty boxes' ) ),
    get_category_link( $term['term_id'] ),
) );
"""

SECOND_LOOP = """<?php
// Prints a category archive like a theme without blocks, then a second loop like a plugin.
add_filter( 'template_include', static function ( $template ) {
    if ( ! is_category() ) {
        return $template;
    }
    while ( have_posts() ) {
        the_post();
        the_content();
    }
    print_plugin_queries();
    echo '<!-- loop -->';
    AmzLinkr\\Products\\load( array(), true );
    $GLOBALS['plugin_queries'] = array();
    $second = new WP_Query( array( 'category_name' => 'single-box', 'posts_per_page' => 50 ) );
    while ( $second->have_posts() ) {
        $second->the_post();
        the_content();
    }
    print_plugin_queries();
    echo '<!-- loop -->';
    exit;
} );
"""
QUERY_COUNTER = """<?php
// Counts the queries that the plugin's code causes, and prints them below each page.
$GLOBALS['plugin_queries'] = array();
add_filter( 'query', static function ( $query ) {
    foreach ( debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ) as $frame ) {
        if ( isset( $frame['file'] ) && strpos( $frame['file'], 'plugins/amzlinkr/' ) ) {
            $GLOBALS['plugin_queries'][] = $query;
            break;
        }
    }
    return $query;
} );
function print_plugin_queries() {
    printf( '<!-- queries: %d -->', count( $GLOBALS['plugin_queries'] ) );
    foreach ( $GLOBALS['plugin_queries'] as $query ) {
        printf( "<!-- query: %s -->\\n", esc_html( substr( $query, 0, 200 ) ) );
    }
}
add_action( 'wp_footer', 'print_plugin_queries' );
"""
USE_SERVICE = """
$connection = get_option( 'amzlinkr_connection' );
$connection['service_url'] = $url;
update_option( 'amzlinkr_connection', $connection );
"""


def test_fifty_boxes_need_at_most_three_queries_and_no_service_call(
    site: Site, backend: Backend
) -> None:
    service = backend.join(site, sandbox=True)
    job = service.call("POST", "/import", {"items": ASINS})
    assert job.status == 202
    backend.finish(service, job)
    site.cron("amzlinkr_sync")
    (site.root / "wp-content/mu-plugins/query-counter.php").write_text(QUERY_COUNTER)
    (site.root / "wp-content/mu-plugins/second-loop.php").write_text(SECOND_LOOP)
    post_path, archive_path = site.php(CREATE_POSTS, asins=ASINS)

    # A listening socket in place of the service: a call would connect to it.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        site.php(USE_SERVICE, url=f"http://127.0.0.1:{port}/v1")
        sent = len(site.requests())
        post = site.get(post_path).body
        archive = site.get(archive_path).body
        with pytest.raises(BlockingIOError):
            listener.accept()

    assert post.count('<p class="amzlinkr-content-notice">') == 1
    first_loop, second_loop, _ = archive.split("<!-- loop -->")
    for html in (post, first_loop, second_loop):
        assert html.count('class="amzlinkr-box"') == 50
        assert html.count('class="amzlinkr-box__price"') == 50
        queries = int(html.split("<!-- queries: ")[1].split()[0])
        assert 1 <= queries <= 3, html[html.index("<!-- queries") :]
    assert len(site.requests()) == sent
