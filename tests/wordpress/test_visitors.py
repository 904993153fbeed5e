"""What a page with products costs a visitor: a query, and never a wait for the service."""

import socket

import pytest

from tests.wordpress.backend import Backend
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress

ASINS = [f"B0VISIT{number:03d}" for number in range(50)]
WRITE = """
$boxes = '';
foreach ( $asins as $place => $asin ) {
    $boxes .= 0 === $place % 2
        ? "<!-- wp:amzlinkr/product {\\"asin\\":\\"$asin\\"} /-->\\n"
        : "<!-- wp:shortcode -->[amzlinkr asin='$asin']<!-- /wp:shortcode -->\\n";
}
return wp_make_link_relative( get_permalink( wp_insert_post( array(
    'post_title'   => 'Fifty',
    'post_content' => $boxes,
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) ) );
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
add_action( 'wp_footer', static function () {
    printf( '<!-- ours: %d -->', count( $GLOBALS['ours'] ) );
    foreach ( $GLOBALS['ours'] as $query ) {
        printf( "<!-- query: %s -->\\n", esc_html( substr( $query, 0, 200 ) ) );
    }
} );
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
    address = site.php(WRITE, asins=ASINS)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        port = silent.getsockname()[1]
        site.php(USE_SERVICE, url=f"http://127.0.0.1:{port}/v1")
        asked = len(site.requests())
        page = site.get(address).body
        with pytest.raises(BlockingIOError):
            silent.accept()

    assert page.count('class="amzlinkr-box"') == 50
    assert page.count('class="amzlinkr-box__price"') == 50
    ours = int(page.split("<!-- ours: ")[1].split()[0])
    assert 1 <= ours <= 3, page[page.index("<!-- ours") :]
    assert len(site.requests()) == asked
