"""What a page with products costs a visitor: a query, and never a wait for the service."""

import socket

import pytest

from tests.wordpress.backend import Backend
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress

ASINS = [f"B0VISIT{number:03d}" for number in range(50)]
WRITE = """
$boxes = array();
foreach ( $asins as $place => $asin ) {
    $boxes[] = 0 === $place % 2
        ? "<!-- wp:amzlinkr/product {\\"asin\\":\\"$asin\\"} /-->\\n"
        : "<!-- wp:shortcode -->[amzlinkr asin='$asin']<!-- /wp:shortcode -->\\n";
}
$write = static fn( $content, $title ) => wp_insert_post( array(
    'post_title'   => $title,
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
update_option( 'posts_per_page', 50 );
$term = wp_insert_term( 'One in each', 'category' );
foreach ( $boxes as $place => $box ) {
    wp_set_post_categories( $write( $box, "One of fifty $place" ), array( $term['term_id'] ) );
}
return array_map( 'wp_make_link_relative', array(
    get_permalink( $write( implode( $boxes ), 'Fifty' ) ),
    get_category_link( $term['term_id'] ),
) );
"""

SECOND_LOOP = """<?php
// An archive as themes without blocks show it, and a loop of a plugin's beside it.
add_filter( 'template_include', static function ( $template ) {
    if ( ! is_category() ) {
        return $template;
    }
    while ( have_posts() ) {
        the_post();
        the_content();
    }
    print_ours();
    echo '<!-- loop -->';
    AmzLinkr\\Products\\load( array(), true );
    $GLOBALS['ours'] = array();
    $second = new WP_Query( array( 'category_name' => 'one-in-each', 'posts_per_page' => 50 ) );
    while ( $second->have_posts() ) {
        $second->the_post();
        the_content();
    }
    print_ours();
    echo '<!-- loop -->';
    exit;
} );
"""
COUNTING = """<?php
// Counts the queries that the plugin's code leads to, and says so below each page.
$GLOBALS['ours'] = array();
add_filter( 'query', static function ( $query ) {
    foreach ( debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ) as $step ) {
        if ( isset( $step['file'] ) && strpos( $step['file'], 'plugins/amzlinkr/' ) ) {
            $GLOBALS['ours'][] = $query;
            break;
        }
    }
    return $query;
} );
function print_ours() {
    printf( '<!-- ours: %d -->', count( $GLOBALS['ours'] ) );
    foreach ( $GLOBALS['ours'] as $query ) {
        printf( "<!-- query: %s -->\\n", esc_html( substr( $query, 0, 200 ) ) );
    }
}
add_action( 'wp_footer', 'print_ours' );
"""
USE_SERVICE = """
$connection = get_option( 'amzlinkr_connection' );
$connection['service_url'] = $url;
update_option( 'amzlinkr_connection', $connection );
"""


def test_fifty_boxes_cost_three_queries_at_most_and_no_call(site: Site, backend: Backend) -> None:
    service = backend.join(site, sandbox=True)
    job = service.call("POST", "/import", {"items": ASINS})
    assert job.status == 202
    backend.finish(service, job)
    site.cron("amzlinkr_sync")
    (site.root / "wp-content/mu-plugins/counting.php").write_text(COUNTING)
    (site.root / "wp-content/mu-plugins/second-loop.php").write_text(SECOND_LOOP)
    address, archive = site.php(WRITE, asins=ASINS)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        port = silent.getsockname()[1]
        site.php(USE_SERVICE, url=f"http://127.0.0.1:{port}/v1")
        asked = len(site.requests())
        page = site.get(address).body
        loops = site.get(archive).body
        with pytest.raises(BlockingIOError):
            silent.accept()

    # Fifty boxes in a post; one in each of fifty posts of an archive, and of a loop of its own.
    assert page.count('<p class="amzlinkr-content-notice">') == 1
    first, second, _ = loops.split("<!-- loop -->")
    for shown in (page, first, second):
        assert shown.count('class="amzlinkr-box"') == 50
        assert shown.count('class="amzlinkr-box__price"') == 50
        ours = int(shown.split("<!-- ours: ")[1].split()[0])
        assert 1 <= ours <= 3, shown[shown.index("<!-- ours") :]
    assert len(site.requests()) == asked
