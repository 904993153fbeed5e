"""Searches for the posts that show something end in time, and pages state what was not searched."""

import re
from typing import Any

import pytest

from tests.plugin.list_bodies import entry as listed
from tests.plugin.list_bodies import run_sync, saved_list
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

OLD = "US:B0DEMO0000"
NEW = "US:B0DEMO0001"
BOX = "[amzlinkr asin=B0DEMO0000 marketplace=US]"
LONG_CHARS = 700_000
"""The length of a post that is read in three parts."""
INCOMPLETE = "Not all posts were searched"
LINK = re.compile(r'<a class="button" href="[^"]*after=([^"&]*)"')
STORE = """
foreach ( array( 'B0DEMO0000' => 'missing', 'B0DEMO0001' => 'current' ) as $asin => $status ) {
    $product = array(
        'asin'         => $asin,
        'marketplace'  => 'US',
        'title'        => "Product $asin",
        'price_status' => $status,
        'observed_at'  => gmdate( 'c' ),
    );
    AmzLinkr\\Products\\store( array( $product ), 0 );
}
"""
CREATE = """
global $wpdb;
$id = wp_insert_post( array(
    'post_title'   => 'P',
    'post_status'  => $status,
    'post_type'    => $type,
    'post_content' => wp_slash( $content ),
) );
if ( $chars ) {
    $wpdb->query( $wpdb->prepare(
        "UPDATE $wpdb->posts SET post_content = RPAD( post_content, %d, '[amzlinkr a]' ) WHERE ID = %d",
        $chars, $id
    ) );
    clean_post_cache( $id );
}
return $id;
"""  # noqa: E501 -- PHP
NO_TIME = "<?php add_filter( 'amzlinkr_search_seconds', '__return_zero' );"
VISIT = """
$parts  = 0;
$count  = static function () use ( &$parts ) { ++$parts; };
$result = AmzLinkr\\PostSearch\\visit( '1 = 1', array( 'amzlinkr' ), $count, 0, $until );
return array( $parts, $result );
"""
SLOW_QUERIES = """
$searched = array();
add_filter( 'query', static function ( $query ) use ( &$searched ) {
    if ( preg_match( '~WHERE ID IN [(]([0-9,]+)[)] AND [(]post_content LIKE~', $query, $found ) ) {
        $searched[] = count( explode( ',', $found[1] ) );
        usleep( 300000 );
    }
    return $query;
} );
AmzLinkr\\PostSearch\\visit( '1 = 1', array( 'amzlinkr' ), static function () {}, 0, INF );
return $searched;
"""
STEPS = """
return array_map( static fn( $step ) => AmzLinkr\\PostSearch\\get_next_step( ...$step ), $steps );
"""
FIND_PURGED = """
$never    = '__return_false';
$affected = AmzLinkr\\CachePurge\\find_affected_patterns( $never, $until );
$posts    = AmzLinkr\\CachePurge\\find_posts( $never, $never, 0, $until );
return array( array_map( $affected, $patterns ), $posts );
"""
FIND = "return AmzLinkr\\Uses\\find( array( $product ), $with_patterns );"
RENDER = """
wp_set_current_user( 1 );
foreach ( array( 'admin', 'actions', 'replacement-action' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
$_GET = $query;
ob_start();
require WP_PLUGIN_DIR . "/amzlinkr/admin/$page.php";
return ob_get_clean();
"""
REPLACE = """
wp_set_current_user( 1 );
list( $old, $new ) = array_map( 'AmzLinkr\\Replacement\\parse_key', array( $old, $new ) );
$hashes  = array_map( static fn( $id ) => md5( get_post( $id )->post_content ), $ids );
$results = AmzLinkr\\Replacement\\replace_in_posts( $old, $new, array_combine( $ids, $hashes ) );
return array_values( $results );
"""
SUBMIT = """
wp_set_current_user( 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/replacement-action.php';
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Exception( $url );
} );
$_REQUEST = array( '_wpnonce' => wp_create_nonce( 'amzlinkr_replace_product' ) );
$_POST    = wp_slash( $fields );
try {
    do_action( 'admin_post_amzlinkr_replace_product' );
} catch ( Exception $end ) {
    return $end->getMessage();
}
"""


def create(
    site: Site, content: str, *, status: str = "publish", chars: int = 0, kind: str = "post"
) -> int:
    """Create a post, filled up with shortcodes to a length, and return its ID."""
    values = {"content": content, "status": status, "chars": chars, "type": kind}
    post: int = site.php(CREATE, **values)
    return post


def take_time(site: Site) -> None:
    """Let each search end after its first step."""
    (site.root / "wp-content/mu-plugins/no-time.php").write_text(NO_TIME)


def render(site: Site, page: str = "attention", **query: object) -> str:
    """Return the HTML of a page of the admin."""
    html: str = site.php(RENDER, page=page, query=query)
    return html


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a connected site with a missing product and another one."""
    service.join(site)
    site.php(STORE)
    return site


def test_search_stops_within_a_long_post(connected: Site) -> None:
    post = create(connected, "", chars=LONG_CHARS)
    assert connected.php(VISIT, until=0) == [1, [post, False, post]]
    assert connected.php(VISIT, until=9e12) == [3, [post, True, 0]]


def test_purge_stops_within_a_long_post_and_counts_it_as_affected(connected: Site) -> None:
    pattern = create(connected, "", chars=LONG_CHARS, kind="wp_block")
    post = create(connected, "", chars=LONG_CHARS)
    patterns = [pattern]
    until_end = connected.php(FIND_PURGED, until=9e12, patterns=patterns)
    assert until_end == [[False], [[], post, True]]
    assert connected.php(FIND_PURGED, until=0, patterns=patterns) == [
        [True],
        [[pattern], pattern, False],
    ]


def test_published_posts_are_searched_before_drafts(connected: Site) -> None:
    for _ in range(2):
        create(connected, "", status="draft", chars=LONG_CHARS)
    draft = create(connected, BOX, status="draft")
    post = create(connected, BOX)
    product = {"asin": "B0DEMO0000", "marketplace": "US"}
    find = {"product": product, "with_patterns": False}
    assert connected.php(FIND, **find) == [{OLD: [post, draft]}, True, ""]
    take_time(connected)
    uses, is_complete, _ = connected.php(FIND, **find)
    assert (uses, is_complete) == ({OLD: [post]}, False)


def test_patterns_that_are_not_searched_make_the_search_incomplete(connected: Site) -> None:
    for _ in range(2):
        create(connected, "", kind="wp_block", chars=LONG_CHARS)
    product = {"asin": "B0DEMO0000", "marketplace": "US"}
    assert connected.php(FIND, product=product, with_patterns=True)[1:] == [True, ""]
    end = "AmzLinkr\\Uses\\find_in_patterns( array(), array( 'amzlinkr' ), '__return_empty_array', $until )"  # noqa: E501 -- PHP
    assert connected.php(f"return {end};", until=0) == [[], False]
    assert connected.php(f"return {end};", until=9e12) == [[], True]


def test_page_of_products_states_that_not_all_posts_were_searched(connected: Site) -> None:
    create(connected, "", chars=LONG_CHARS)
    html = render(connected)
    assert INCOMPLETE not in html
    assert "No post shows it. You can remove it." in html
    assert html.count("button-link-delete") == 1
    create(connected, BOX)
    take_time(connected)
    html = render(connected)
    assert INCOMPLETE in html
    assert "No searched post shows it." in html
    # A product that an unsearched post may show is not removed by mistake.
    assert "button-link-delete" not in html
    assert "no post<" not in html


def test_page_of_lists_states_that_not_all_posts_were_searched(
    connected: Site, service: RecordingService
) -> None:
    run_sync(connected, service, listed(saved_list()))
    create(connected, "[amzlinkr_list name=tea]")
    create(connected, "", chars=LONG_CHARS)
    html = render(connected, "lists")
    assert INCOMPLETE not in html
    assert 'data-uses="1"' in html
    take_time(connected)
    html = render(connected, "lists")
    assert INCOMPLETE in html
    assert 'data-uses="at least 1"' in html


def test_replacement_continues_after_an_incomplete_search(connected: Site) -> None:
    long = [create(connected, "", chars=LONG_CHARS) for _ in range(2)]
    post = create(connected, BOX)
    long_draft = create(connected, "", status="draft", chars=LONG_CHARS)
    draft = create(connected, BOX, status="draft")
    keys = {"replace": OLD, "with": NEW}
    take_time(connected)
    pages: list[str] = []
    after = ""
    while len(pages) < 20:
        pages.append(render(connected, **keys, after=after))
        assert f'name="after" value="{after}"' in pages[-1] or 'name="posts[]"' not in pages[-1]
        link = LINK.search(pages[-1])
        assert (INCOMPLETE in pages[-1]) == bool(link)
        if not link:
            break
        after = link[1]
    assert "No post would change." not in "".join(pages)
    changed = re.findall(r'name="posts\[\]" value="(\d+):', "".join(pages))
    assert [int(each) for each in changed] == [post, draft]
    # A post that is too long for a step is listed, because it can contain the product.
    too_long = re.findall(
        r"post=(\d+)[^>]*>P</a>[^<]*<span[^>]*>[^<]*</span> – It is too long", "".join(pages)
    )
    assert {int(each) for each in too_long} == {*long, long_draft}


def test_check_of_found_posts_continues_after_its_time(connected: Site) -> None:
    posts = [create(connected, BOX) for _ in range(3)]
    take_time(connected)
    keys = {"replace": OLD, "with": NEW}
    html = render(connected, **keys)
    assert re.findall(r'name="posts\[\]" value="(\d+):', html) == [str(posts[0])]
    link = LINK.search(html)
    assert link
    assert link[1] == f"0-{posts[0]}"
    html = render(connected, **keys, after=link[1])
    assert re.findall(r'name="posts\[\]" value="(\d+):', html) == [str(posts[1])]


def test_posts_after_the_time_are_reported_as_not_changed(connected: Site) -> None:
    ids = [create(connected, BOX) for _ in range(3)]
    take_time(connected)
    values: dict[str, Any] = {"old": OLD, "new": NEW, "ids": ids}
    assert connected.php(REPLACE, **values) == ["", "later", "later"]
    content = "return get_post( $id )->post_content;"
    assert [connected.php(content, id=each) == BOX for each in ids] == [False, True, True]


def test_position_stays_after_a_replacement(connected: Site) -> None:
    fields: dict[str, object] = {"replace": OLD, "with": NEW}
    url = f"/wp-admin/admin.php?page=amzlinkr-attention&replace={OLD}&with={NEW}"
    for after, kept in (
        ("1-57", "&after=1-57"), ("", ""), ("2-1", ""), ('0-1"onload=', ""),
        ("0-1x", ""), (["0-1"], ""),
    ):  # fmt: skip
        location = connected.php(SUBMIT, fields={**fields, "after": after})
        assert location == connected.url + url + kept, after


def test_hostile_position_is_text(connected: Site) -> None:
    create(connected, BOX)
    html = render(connected, replace=OLD, after='0-1" onfocus="attack()', **{"with": NEW})
    assert "Posts that change: 1" in html
    assert "onfocus=&quot;" in html
    assert 'onfocus="' not in html


def test_slow_steps_become_shorter(site: Site, service: RecordingService) -> None:
    """Otherwise a search of long posts ends long after its time."""
    service.join(site)
    for _ in range(25):
        site.php(CREATE, status="draft", type="post", content="no box", chars=0)
    searched = site.php(SLOW_QUERIES)
    assert searched[:4] == [10, 5, 2, 1]
    assert set(searched[4:]) == {1}


def test_fast_steps_become_longer_up_to_a_maximum(site: Site, service: RecordingService) -> None:
    service.join(site)
    steps = [[10, 0.0], [40, 0.24], [80, 0.0], [100, 0.0], [100, 0.25], [1, 9.0]]
    assert site.php(STEPS, steps=steps) == [20, 80, 100, 100, 50, 1]
