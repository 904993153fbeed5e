"""Long posts and failing page caches: limited memory, and purges that continue."""

from typing import Any

import pytest

from tests.plugin.list_bodies import CREATE_POST, entry, run_sync, saved_list
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site, SiteError

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

MAX_BYTES = 25_000_000
"""The memory of a page. The content of all long posts together takes more than twice as much."""
PRODUCTS = [f"B0LONG{number:04d}" for number in range(10)]
STORE = """
foreach ( $asins as $asin ) {
    $product = array( 'asin' => $asin, 'marketplace' => 'US', 'price_status' => 'missing' );
    AmzLinkr\\Products\\store( array( $product ), 0 );
}
$product = array(
    'asin'         => 'B0GOOD0000',
    'marketplace'  => 'US',
    'title'        => 'Good',
    'price_status' => 'current',
    'observed_at'  => gmdate( 'c' ),
);
AmzLinkr\\Products\\store( array( $product ), 0 );
"""
CREATE_LONG = """
global $wpdb;
$id = wp_insert_post( array( 'post_title' => $title, 'post_status' => 'draft' ) );
$wpdb->query( $wpdb->prepare(
    "UPDATE $wpdb->posts SET post_content = CONCAT( %s, REPEAT( 'x ', %d ) ) WHERE ID = %d",
    $start, 1000000, $id
) );
clean_post_cache( $id );
return $id;
"""
RENDER = """
wp_set_current_user( 1 );
foreach ( array( 'admin', 'actions', 'replacement-action' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
$_GET = $query;
memory_reset_peak_usage();
$bytes = memory_get_usage();
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/' . $page . '.php';
return array( ob_get_clean(), memory_get_peak_usage() - $bytes );
"""
REPLACE = """
wp_set_current_user( 1 );
list( $old, $new ) = array_map( 'AmzLinkr\\Replacement\\parse_key', array( $old, $new ) );
list( $found ) = AmzLinkr\\Uses\\find( array( $old ), false );
$posts   = $found[ AmzLinkr\\Uses\\get_key( $old ) ];
$plan    = AmzLinkr\\Replacement\\plan( $posts, $old, $new );
$results = AmzLinkr\\Replacement\\replace_in_posts( $old, $new, array_column_keyed( $plan ) );
return array( array_map( static fn( $post ) => $post['problem'], $plan ), $results );
"""
COLUMN = """
function array_column_keyed( $plan ) {
    return array_map( static fn( $post ) => $post['hash'], $plan );
}
"""
RECORD = """
add_action( 'amzlinkr_lists_changed', static function ( $posts ) {
    update_option( 'recorded', array_merge( get_option( 'recorded', array() ), $posts ) );
} );
"""
READ_RECORDED = "return get_option( 'recorded', array() );"
READ_STATE = "return AmzLinkr\\Sync\\get_state();"
RUN = f"{RECORD} delete_option( AmzLinkr\\Sync\\LOCK ); AmzLinkr\\Sync\\run();"
EXIT_AT_POST = """
add_action( 'clean_post_cache', static function ( $post ) use ( $at ) {
    if ( $at === $post ) {
        exit;
    }
} );
"""
CHANGE_LIST = """
AmzLinkr\\Sync\\save_state( AmzLinkr\\Sync\\acquire_lock(), array(
    'pending_list_purges' => array( 'tea' ),
) );
delete_option( AmzLinkr\\Sync\\LOCK );
"""
CHANGE_PRODUCT = """
AmzLinkr\\Sync\\save_state( AmzLinkr\\Sync\\acquire_lock(), array(
    'pending_cache_purges' => array(
        'US:B0LONG0000' => array( 'asin' => 'B0LONG0000', 'marketplace' => 'US' ),
    ),
) );
delete_option( AmzLinkr\\Sync\\LOCK );
"""


def create_long(site: Site, start: str) -> int:
    """Create a draft with two million characters after the start of its content."""
    post: int = site.php(CREATE_LONG, title="Long", start=start)
    return post


def render(site: Site, page: str, **query: str) -> tuple[str, int]:
    """Return a page of the admin, and the memory that it takes."""
    html, used = site.php(RENDER, page=page, query=query)
    return html, used


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a connected site with products that Amazon no longer returns, and one that it does."""
    service.join(site)
    site.php(STORE, asins=PRODUCTS)
    return site


def test_pages_do_not_keep_long_posts_in_memory(connected: Site, service: RecordingService) -> None:
    run_sync(connected, service, entry(saved_list()))
    connected.php(STORE, asins=PRODUCTS)
    for asin in PRODUCTS:
        for _ in range(3):
            boxes = f"[amzlinkr asin={asin} marketplace=US] [amzlinkr asin={PRODUCTS[0]}]"
            create_long(connected, f"{boxes} [amzlinkr_list name=tea]")
    page, used = render(connected, "attention")
    assert page.count("Long</a>") == 5 + 3 * (len(PRODUCTS) - 1)
    assert used < MAX_BYTES
    keys = {"replace": f"US:{PRODUCTS[0]}", "with": "US:B0GOOD0000"}
    page, used = render(connected, "attention", **keys)
    assert page.count("It is too long to be changed here.") == 3 * len(PRODUCTS)
    assert used < MAX_BYTES
    page, used = render(connected, "lists")
    assert page.count("Long</a>") == 10
    assert used < MAX_BYTES


def test_long_post_is_not_replaced(connected: Site) -> None:
    box = f"[amzlinkr asin={PRODUCTS[0]} marketplace=US]"
    long = create_long(connected, box)
    short = connected.php(CREATE_POST, content=box)
    keys = {"old": f"US:{PRODUCTS[0]}", "new": "US:B0GOOD0000"}
    plan, results = connected.php(COLUMN + REPLACE, **keys)
    # Posts with a page come first.
    assert list(plan.items()) == [(str(short), ""), (str(long), "too_long")]
    assert results == plan
    content = "return substr( get_post( $id )->post_content, 0, 50 );"
    assert "B0GOOD0000" in connected.php(content, id=short)
    assert "B0GOOD0000" not in connected.php(content, id=long)


def test_posts_of_lists_are_found_by_nested_patterns(connected: Site) -> None:
    ids: list[int] = []
    content = "[amzlinkr_list name=tea]"
    for kind in ("wp_block", "wp_block", "page"):
        ids.append(connected.php(CREATE_POST, content=content, type=kind))
        content = f'<!-- wp:block {{"ref":{ids[-1]}}} /-->'
    connected.php(CREATE_POST, content="[amzlinkr_list name=other]")
    code = "return AmzLinkr\\ListPlacements\\find_uses( $names )[0];"
    uses: Any = connected.php(code, names=["tea", "absent"])
    assert uses == {"tea": ids, "absent": []}


def test_purge_of_lists_is_continued_at_the_next_post(
    connected: Site, service: RecordingService
) -> None:
    run_sync(connected, service, entry(saved_list()))
    ids = [connected.php(CREATE_POST, content="[amzlinkr_list name=tea]") for _ in range(3)]
    connected.php(CHANGE_LIST)
    with pytest.raises(SiteError, match="exited early"):
        connected.php(EXIT_AT_POST + RUN, at=ids[1])
    assert connected.php(READ_STATE)["current_list_purge"] == ["tea"]
    # A post at which a plugin has failed is not purged again: it would stop all later runs.
    connected.php(EXIT_AT_POST + RUN, at=ids[1])
    assert ids[2] in connected.php(READ_RECORDED)
    assert connected.php(READ_STATE)["current_list_purge"] == []


def test_failing_purge_of_products_does_not_stop_that_of_lists(
    connected: Site, service: RecordingService
) -> None:
    run_sync(connected, service, entry(saved_list()))
    post = connected.php(CREATE_POST, content="[amzlinkr_list name=tea]")
    box = "[amzlinkr asin=B0LONG0000 marketplace=US]"
    boxes = [connected.php(CREATE_POST, content=box) for _ in range(2)]
    connected.php(CHANGE_LIST)
    connected.php(CHANGE_PRODUCT)
    # A plugin ends each of two runs at a post with a product.
    for at in boxes:
        with pytest.raises(SiteError, match="exited early"):
            connected.php(EXIT_AT_POST + RUN, at=at)
    assert post in connected.php(READ_RECORDED)
