"""The search for Amazon products: all places, slices of limited time, and products to import."""

from typing import Any

import pytest

from tests.plugin.migration_site import BECOME, SEARCH, STORE, connected, create_post
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

__all__ = ["connected"]
pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

A, B, C = "B0DEMO0000", "B0DEMO0001", "B0DEMO0002"
BOX = f'[amazon box="{A}"]'
STORE_WIDGETS = """
update_option( 'widget_block', array( 3 => array( 'content' => $content ), '_multiwidget' => 1 ) );
update_option( 'widget_text', array( 2 => array( 'title' => 'x', 'text' => $content ), 4 => 'broken' ) );
update_option( 'widget_custom_html', 'broken' );
"""  # noqa: E501 -- PHP
STORE_ELEMENTOR = """
foreach ( $data as $json ) {
    $id = wp_insert_post( array( 'post_title' => 'Built', 'post_status' => $status ) );
    update_post_meta( $id, '_elementor_data', wp_slash( $json ) );
    $ids[] = $id;
}
return $ids;
"""
STORE_MANY = """
global $wpdb;
$rows = array();
for ( $number = 0; $number < $count; $number++ ) {
    $asin   = sprintf( 'B0%08d', $number % 500 );
    $rows[] = "( 1, 'publish', 'post', 'Post $number', '[amazon box=\\"$asin\\"] text', '', '', '', '', NOW(), NOW() )";
}
foreach ( array_chunk( $rows, 1000 ) as $chunk ) {
    $wpdb->query( "INSERT INTO $wpdb->posts ( post_author, post_status, post_type, post_title, post_content, post_excerpt, to_ping, pinged, post_content_filtered, post_date, post_date_gmt ) VALUES " . implode( ',', $chunk ) );
}
"""  # noqa: E501 -- PHP
CALL = """
$request = new WP_REST_Request( $method, "/amzlinkr/v1/migration/$name" );
foreach ( $fields as $field => $value ) {
    $request->set_param( $field, $value );
}
$response = rest_do_request( $request );
return array( $response->get_status(), $response->get_data() );
"""
MEASURE = """
AmzLinkr\\MigrationSearch\\begin();
$slices = array();
do {
    memory_reset_peak_usage();
    $bytes    = memory_get_usage();
    $started  = microtime( true );
    $state    = AmzLinkr\\MigrationSearch\\run_slice();
    $slices[] = array( microtime( true ) - $started, memory_get_peak_usage() - $bytes );
} while ( 'done' !== $state['phase'] );
return $slices;
"""
STEP = """
if ( $begin ) {
    AmzLinkr\\MigrationSearch\\begin();
}
$state = AmzLinkr\\MigrationSearch\\run_slice();
$places = AmzLinkr\\MigrationFindings\\get_places();
return array( $state['phase'], $state['after'], count( $places ) );
"""
PRODUCTS = "return AmzLinkr\\MigrationFindings\\get_products();"


def search(site: Site) -> dict[str, list[str]]:
    """Search all places, and return the kinds of findings of each."""
    found: dict[str, list[str]] = site.php(SEARCH)
    return {place: sorted(kinds) for place, kinds in found.items()}


def elementor(*texts: str) -> str:
    """Return data of Elementor with a widget for each text."""
    import json

    widgets = [{"elType": "widget", "settings": {"editor": text}} for text in texts]
    return json.dumps([{"elType": "section", "elements": widgets}]).replace("/", "\\/")


def call(site: Site, login: str, method: str, name: str, **fields: object) -> Any:
    """Call a route as a user, and return its status and data."""
    values = {"login": login, "method": method, "name": name, "fields": fields}
    return site.php(BECOME + CALL, **values)


def test_all_places_are_searched(connected: Site) -> None:
    before = len(connected.requests())
    post = create_post(connected, f"{BOX} [amazon fields={B} value=ean]")
    draft = create_post(connected, f"https://www.amazon.de/dp/{B}", status="draft")
    pattern = create_post(connected, f"[asa]{A}[/asa]", post_type="wp_block")
    template = create_post(connected, "https://amzn.to/x", post_type="wp_template")
    unknown = create_post(connected, "https://www.amazon.com/s?k=x", post_type="gone_type")
    create_post(connected, BOX, status="trash")
    create_post(connected, BOX, status="auto-draft")
    create_post(connected, "Amazon. [gallery]")
    connected.php(STORE_WIDGETS, content=f"{BOX} text")
    built, _ = connected.php(
        STORE_ELEMENTOR,
        data=[elementor(f'[amazon box="{C}"]', f'<a href="https://amazon.fr/dp/{A}">'), "[broken"],
        status="publish",
    )
    assert search(connected) == {
        f"post:{post}": ["aawp", "ready", "unsupported"],
        f"post:{draft}": ["link"],
        f"post:{pattern}": ["asa2", "ready"],
        f"post:{template}": ["short"],
        f"post:{unknown}": ["page"],
        f"elementor:{built}": ["aawp", "link"],
        "widget:block-3": ["aawp"],
        "widget:text-2": ["aawp"],
    }
    # No link was opened, and the service was not called.
    assert len(connected.requests()) == before

    found = connected.php(PRODUCTS)
    assert sorted(found["new"]) == [f"US:{A}", f"US:{B}", f"US:{C}"]
    assert found["other"] == {"DE": 1, "FR": 1}
    connected.php(STORE, asins=[A])
    found = connected.php(PRODUCTS)
    assert sorted(found["new"]) == [f"US:{B}", f"US:{C}"]
    assert found["known"] == 1


def test_revisions_with_data_of_elementor_are_not_listed(connected: Site) -> None:
    (built,) = connected.php(STORE_ELEMENTOR, data=[elementor(BOX)], status="publish")
    connected.php(STORE_ELEMENTOR, data=[elementor(BOX)], status="trash")
    copy = "global $wpdb; $id = wp_insert_post( array( 'post_title' => 'x', 'post_type' => 'revision', 'post_status' => 'inherit' ) ); add_metadata( 'post', $id, '_elementor_data', '[[\"[amazon box=1]\"]]' );"  # noqa: E501 -- PHP
    connected.php(copy)
    assert list(search(connected)) == [f"elementor:{built}"]


def test_long_data_of_elementor_is_not_read(connected: Site) -> None:
    (long, built) = connected.php(
        STORE_ELEMENTOR, data=[elementor(BOX, "x" * 2_200_000), elementor(BOX)], status="draft"
    )
    assert long < built
    assert list(search(connected)) == [f"elementor:{built}"]


def test_long_posts_are_searched_in_parts(connected: Site) -> None:
    post = create_post(connected, BOX + "x " * 300_000 + f'[amazon box="{B}"]')
    assert search(connected) == {f"post:{post}": ["aawp", "ready"]}
    assert sorted(connected.php(PRODUCTS)["new"]) == [f"US:{A}", f"US:{B}"]


def test_new_search_replaces_the_findings(connected: Site) -> None:
    post = create_post(connected, BOX)
    assert list(search(connected)) == [f"post:{post}"]
    connected.php("wp_trash_post( $id );", id=post)
    other = create_post(connected, BOX)
    assert list(search(connected)) == [f"post:{other}"]


def test_search_continues_where_a_slice_has_ended(connected: Site) -> None:
    connected.php(STORE_MANY, count=250)
    source = connected.root / "wp-content/plugins/amzlinkr/includes/migration-search.php"
    source.write_text(
        source.read_text().replace("const MAX_SECONDS = 4;", "const MAX_SECONDS = 0;")
    )
    steps = [connected.php(STEP, begin=True)]
    while steps[-1][0] != "done":
        steps.append(connected.php(STEP, begin=False))
    assert len(steps) > 3
    assert len({(phase, after) for phase, after, _ in steps}) == len(steps)
    counts = [count for _, _, count in steps]
    assert counts == sorted(counts)
    assert counts[-1] == 250


def test_post_that_takes_a_whole_slice_does_not_stop_the_search(connected: Site) -> None:
    before, long, after = (
        create_post(connected, content) for content in (BOX, "x " * 300_000 + BOX, BOX)
    )
    source = connected.root / "wp-content/plugins/amzlinkr/includes/migration-search.php"
    source.write_text(
        source.read_text().replace("const MAX_SECONDS = 4;", "const MAX_SECONDS = 0;")
    )
    found = search(connected)
    assert found[f"post:{before}"] == ["aawp", "ready"]
    assert found[f"post:{long}"] == ["unsupported"]
    assert found[f"post:{after}"] == ["aawp", "ready"]


def test_slice_that_fails_is_repeated(connected: Site) -> None:
    post = create_post(connected, BOX)
    fail = "add_filter( 'query', static function ( $query ) { if ( 0 === strpos( $query, 'UPDATE' ) ) { exit; } return $query; } );"  # noqa: E501 -- PHP
    with pytest.raises(Exception, match="exited early"):
        connected.php(fail + STEP, begin=True)
    assert connected.php(STEP, begin=False)[0] == "done"
    assert list(connected.php("return AmzLinkr\\MigrationFindings\\get_places();")) == [
        f"post:{post}"
    ]


def test_of_two_slices_at_the_same_time_one_counts(connected: Site) -> None:
    create_post(connected, BOX)
    meet = """
    AmzLinkr\\MigrationSearch\\begin();
    $before = AmzLinkr\\Options\\get_row( AmzLinkr\\MigrationSearch\\STATE );
    $state  = AmzLinkr\\MigrationSearch\\run_slice();
    return array(
        AmzLinkr\\MigrationSearch\\replace_state( $before, array( 'slices' => 9 ) + $state ),
        AmzLinkr\\MigrationSearch\\get_state() === $state,
    );
    """
    assert connected.php(meet) == [False, True]


def test_ten_thousand_posts_need_little_memory_at_a_time(connected: Site) -> None:
    connected.php(STORE_MANY, count=10_000)
    slices = connected.php(MEASURE)
    assert len(connected.php("return AmzLinkr\\MigrationFindings\\get_places();")) == 10_000
    assert len(connected.php(PRODUCTS)["new"]) == 500
    assert max(memory for _, memory in slices) < 40_000_000


def test_routes_require_their_role(connected: Site) -> None:
    post = create_post(connected, BOX)
    for role in ("author", "contributor", "subscriber"):
        assert call(connected, role, "POST", "search", restart=True)[0] == 403
        assert call(connected, role, "GET", "products")[0] == 403
    assert (
        connected.php("wp_set_current_user( 0 );" + CALL, method="POST", name="search", fields={})[
            0
        ]
        == 401
    )
    assert connected.php("return AmzLinkr\\MigrationSearch\\get_state();") == []

    state = {"phase": "done", "found": 1, "is_done": True}
    assert call(connected, "editor", "POST", "search", restart=True) == [200, state]
    assert call(connected, "editor", "POST", "search") == [200, state]
    items = {"items": [f"https://www.amazon.com/dp/{A}"]}
    assert call(connected, "editor", "GET", "products") == [200, items]
    assert call(connected, "editor", "POST", "search", restart="x")[0] == 400
    assert call(connected, "editor", "GET", "search")[0] == 404
    assert list(connected.php("return AmzLinkr\\MigrationFindings\\get_places();")) == [
        f"post:{post}"
    ]


def test_entries_of_the_import_count_by_their_marketplaces(
    connected: Site, service: RecordingService
) -> None:
    create_post(connected, "".join(f'[amazon box="B0{number:08d}"]' for number in range(25)))
    search(connected)
    name = "return array_unique( array_map( 'AmzLinkr\\UserLimits\\name_marketplace', AmzLinkr\\MigrationFindings\\get_entries() ) );"  # noqa: E501 -- PHP
    assert connected.php(name) == ["amazon.com"]
    assert service.lines() == []
