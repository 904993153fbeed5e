"""The purge of caches: memory and queries are limited, and no post or plugin can stop the sync."""

from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site, SiteError

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

SHORTCODE = "[amzlinkr asin=B0DEMO0000 marketplace=US]"
LONG_POSTS = 40
MAX_BYTES = 25_000_000
"""The memory of a purge. The content of all long posts together takes more than twice as much."""
MAX_QUERIES = 30
"""The queries of a purge. Two for each pattern would be more."""
PRODUCTS = "array( array( 'asin' => 'B0DEMO0000', 'marketplace' => 'US' ) )"
CREATE = """
$ids = array();
foreach ( $posts as list( $type, $status, $content ) ) {
    $ids[] = wp_insert_post( array(
        'post_title'   => 'P',
        'post_type'    => $type,
        'post_status'  => $status,
        'post_content' => wp_slash( str_replace( 'LAST', end( $ids ), $content ) ),
    ) );
}
return $ids;
"""
CREATE_LONG = """
global $wpdb;
$id = wp_insert_post( array( 'post_title' => 'P', 'post_status' => 'publish' ) );
$wpdb->query( $wpdb->prepare(
    "UPDATE $wpdb->posts SET post_status = %s, post_content = CONCAT( '[amzlinkr', REPEAT( 'x ', %d ), %s )
    WHERE ID = %d", $status, $chars / 2, $end, $id
) );
return $id;
"""  # noqa: E501 -- PHP
RECORD = """
add_action( 'amzlinkr_products_changed', static function ( $posts ) {
    update_option( 'recorded', array_merge( get_option( 'recorded', array() ), $posts ) );
} );
"""
PURGE = f"""
{RECORD}
memory_reset_peak_usage();
$bytes   = memory_get_usage();
$queries = $GLOBALS['wpdb']->num_queries;
AmzLinkr\\Placements\\purge_post_caches( {PRODUCTS} );
return array(
    get_option( 'recorded' ),
    memory_get_peak_usage() - $bytes,
    $GLOBALS['wpdb']->num_queries - $queries,
);
"""
RECORD_CHANGE = f"""
AmzLinkr\\Sync\\save_state( AmzLinkr\\Sync\\acquire_lock(), array(
    'ran_at'               => 0,
    'pending_cache_purges' => AmzLinkr\\Sync\\key_products( {PRODUCTS} ),
) );
delete_option( AmzLinkr\\Sync\\LOCK );
"""
RUN = f"{RECORD} delete_option( AmzLinkr\\Sync\\LOCK ); AmzLinkr\\Sync\\run();"
AT_POST = """
add_action( 'clean_post_cache', static function ( $post ) use ( $at ) {
    if ( $at === $post ) {
        %s;
    }
} );
"""
READ_STATE = "return AmzLinkr\\Sync\\get_state();"
READ_RECORDED = "return get_option( 'recorded', array() );"
FIND_IN_STEPS = f"""
$contains = AmzLinkr\\Placements\\get_condition( {PRODUCTS} );
$after    = 0;
$steps    = 0;
$found    = array();
do {{
    list( $posts, $after, $is_complete ) = AmzLinkr\\CachePurge\\find_posts( $contains, '__return_false', $after, 0 );
    $found = array_merge( $found, $posts );
}} while ( ++$steps < 100 && ! $is_complete );
return array( $found, $steps );
"""  # noqa: E501 -- PHP


def create(site: Site, *posts: tuple[str, str, str]) -> list[int]:
    """Create posts of a type, status and content, and return their IDs."""
    ids: list[int] = site.php(CREATE, posts=posts)
    return ids


def create_long(site: Site, status: str = "publish", chars: int = 1_000_000, end: str = "") -> Any:
    """Create a post with many characters before the end of its content, and return its ID."""
    return site.php(CREATE_LONG, status=status, chars=chars, end=end)


def test_memory_does_not_depend_on_the_length_of_posts(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    for number in range(LONG_POSTS):
        create_long(site, "draft" if number % 2 else "publish")
    shown = create_long(site, chars=3_000_000, end=f"] {SHORTCODE}")
    posts, used, _ = site.php(PURGE)
    assert posts == [shown]
    assert used < MAX_BYTES


def test_posts_without_a_page_are_not_purged(site: Site, service: RecordingService) -> None:
    service.join(site)
    statuses = ("draft", "pending", "publish", "private", "trash")
    ids = create(site, *(("post", status, SHORTCODE) for status in statuses))
    assert site.php(PURGE)[0] == ids[2:4]


def test_posts_of_nested_patterns_are_found_with_two_searches(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    patterns = create(
        site,
        ("wp_block", "publish", SHORTCODE),
        *[("wp_block", "publish", '<!-- wp:block {"ref":LAST} /-->')] * 30,
    )
    post, *_ = create(
        site,
        ("post", "publish", f'<!-- wp:block {{"ref":{patterns[-1]}}} /-->'),
        ("post", "publish", f'<!-- wp:block {{"ref":{patterns[-1]}0}} /-->'),
        ("post", "publish", "[amzlinkr asin=B0DEMO0001 marketplace=US]"),
    )
    site.php("foreach ( $ids as $id ) clean_post_cache( $id );", ids=[*patterns, post])
    posts, _, _ = site.php(PURGE)
    assert posts == [*patterns, post]
    code = (
        "$queries = $GLOBALS['wpdb']->num_queries;"
        f"$contains = AmzLinkr\\Placements\\get_condition( {PRODUCTS} );"
        "$affected = AmzLinkr\\CachePurge\\find_affected_patterns( $contains, INF );"
        "AmzLinkr\\CachePurge\\find_posts( $contains, $affected, 0, INF );"
        "return $GLOBALS['wpdb']->num_queries - $queries;"
    )
    assert site.php(code) < MAX_QUERIES


def test_patterns_that_are_not_searched_count_as_affected(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    first, second = create(
        site, *[("wp_block", "publish", "[amzlinkr asin=B0DEMO0009 marketplace=US]")] * 2
    )
    code = "return array_map( AmzLinkr\\CachePurge\\find_affected_patterns( '__return_false', $until ), $ids );"  # noqa: E501 -- PHP
    values = {"ids": [first, second, second + 1]}
    assert site.php(code, until=9e12, **values) == [False, False, False]
    assert site.php(code, until=0, **values)[2] is True


def test_search_is_continued_until_its_end(site: Site, service: RecordingService) -> None:
    service.join(site)
    ids = create(site, *[("post", "publish", f"{SHORTCODE} " + "x " * 70_000)] * 4)
    found, steps = site.php(FIND_IN_STEPS)
    assert found == ids
    assert 1 < steps < 100


@pytest.mark.parametrize("failure", ["exit", "sleep( 5 )"])
def test_purge_is_continued_at_the_next_post(
    failure: str, site: Site, service: RecordingService
) -> None:
    service.join(site)
    ids = create(site, *[("post", "publish", SHORTCODE)] * 3)
    site.php(RECORD_CHANGE)
    run = AT_POST % failure + RUN
    if failure == "exit":
        with pytest.raises(SiteError, match="exited early"):
            site.php(run, at=ids[1])
    else:
        site.php(run, at=ids[0])
        assert site.php(READ_RECORDED) == ids[:1]
        assert site.php("return (bool) wp_next_scheduled( AmzLinkr\\Sync\\CONTINUE_HOOK );")

    state = site.php(READ_STATE)
    # The result of the run is saved before its purge.
    assert state["ran_at"] > 0
    assert state["current_cache_purge"] != []
    # A post at which a plugin has failed is not purged again: it would stop all later runs.
    if failure == "exit":
        site.php(run, at=ids[1])
    else:
        site.php(RUN)
    assert site.php(READ_RECORDED) == ids
    assert site.php(READ_STATE)["current_cache_purge"] == []


def test_failing_page_cache_does_not_stop_the_purge(site: Site, service: RecordingService) -> None:
    service.join(site)
    create(site, ("post", "publish", SHORTCODE))
    site.php(RECORD_CHANGE)
    failing = "add_action( 'amzlinkr_products_changed', static function () { exit; } );"
    with pytest.raises(SiteError, match="exited early"):
        site.php(failing + RUN)
    site.php(failing + RUN)
    assert site.php(READ_STATE)["current_cache_purge"] == []
