"""The work for a text of an author: a limited number of queries, and time that grows with its length only.

Times are not compared with a clock but with each other: the CPU time of PHP for a text and for one four times as long.
"""  # noqa: E501 -- one sentence

from typing import Any

import pytest

from tests.plugin.migration_site import STORE, connected
from tests.plugin.site import Site

__all__ = ["connected"]
pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

SWITCH = "AmzLinkr\\MigrationRender\\set_plugins( $plugins );"
LOOP = """
global $wpdb;
$read  = 0;
$named = array();
add_filter( 'pre_option_' . AmzLinkr\\Accounts\\MARKETPLACES_OPTION, static function ( $value ) use ( &$read ) {
    ++$read;
    return $value;
} );
add_filter( 'query', static function ( $query ) use ( &$named ) {
    preg_match_all( '~\\\\b(?:B0[A-Z0-9]{8}|9[0-9]{8}|list-[0-9]+)\\\\b~', $query, $found );
    array_push( $named, ...$found[0] );
    return $query;
} );
$posts = array();
for ( $number = 0; $number < 10; $number++ ) {
    $parts = array();
    for ( $index = 0; $index < $count; $index++ ) {
        $parts[] = sprintf( $text, $number * $count + $index );
    }
    $posts[] = new WP_Post( (object) array( 'ID' => 0, 'post_content' => implode( $parts ) ) );
}
$before = $wpdb->num_queries;
apply_filters( 'the_posts', $posts );
return array( $wpdb->num_queries - $before, count( array_unique( $named ) ), $read );
"""  # noqa: E501 -- PHP
CONTENT = """
global $wpdb;
$parts = array();
for ( $index = 0; $index < $count; $index++ ) {
    $parts[] = sprintf( $text, $index );
}
$before = $wpdb->num_queries;
apply_filters( 'the_content', implode( '<br>', $parts ) );
return $wpdb->num_queries - $before;
"""
TIME = """
set_time_limit( 0 );
$take_time = static function ( int $n ) use ( $code ): float {
    $run = eval( "return static function ( int \\$n ) { \\$text = $code->text; return static fn() => $code->call; };" )( $n );
    $all = array();
    for ( $number = 0; $number < 3; $number++ ) {
        $before = getrusage();
        $run();
        $after = getrusage();
        $all[] = ( $after['ru_utime.tv_sec'] - $before['ru_utime.tv_sec'] ) * 1e6 + $after['ru_utime.tv_usec'] - $before['ru_utime.tv_usec'];
    }
    return max( 1, min( $all ) );
};
$take_time( 10 );
return array( $take_time( $n ), $take_time( 4 * $n ) );
"""  # noqa: E501 -- PHP
FIND = "AmzLinkr\\\\MigrationText\\\\find( $text, array( 'asa2', 'affiliatex' ) )"
MAX_GROWTH = 8
"""Of four times as much text. A linear time grows by 4, and the square of the length by 16."""
GROWTH = {
    "shortcodes in code": (5_000, "'<pre>' . str_repeat( '<b>', $n ) . str_repeat( '[asa2]', 500 ) . str_repeat( '[[asa2]]', $n )", FIND),  # noqa: E501 -- PHP
    "shortcodes behind code": (1_000, "'<pre>' . str_repeat( '<b>x', 8 * $n ) . '</pre>' . str_repeat( '[asa2]', min( 2000, $n ) )", FIND),  # noqa: E501 -- PHP
    "shortcodes in an attribute": (4_000, "'<a title=\"' . str_repeat( '[asa2 ', $n ) . '\">'", FIND),  # noqa: E501 -- PHP
    "names of shortcodes": (3_000, "implode( array_map( static fn( $i ) => \"[[asa_x$i]]\", range( 1, $n ) ) )", FIND),  # noqa: E501 -- PHP
    "table of AffiliateX": (150, "array( 'productTable' => array_map( static fn( $i ) => array( 'button1URL' => sprintf( 'https://www.amazon.com/dp/B%09d', $i ) ), range( 1, $n ) ), 'comparisonSpecs' => array_fill( 0, $n, array( 'title' => 't', 'specs' => array( 'a' ) ) ) )", "AmzLinkr\\\\MigrationAffiliatex\\\\read( array( 'name' => 'affiliatex/product-table', 'attributes' => $text, 'text' => wp_json_encode( $text ) ) )"),  # noqa: E501 -- PHP
    "blocks in blocks": (200, "array_reduce( range( 1, $n ), static fn( $all, $i ) => array_merge( array( array( 'blockName' => 'affiliatex/buttons', 'attrs' => array(), 'innerBlocks' => $all ? array( $all[0] ) : array(), 'innerHTML' => '', 'innerContent' => $all ? array( null ) : array() ) ), $all ), array() )", "array_map( static fn( $block ) => AmzLinkr\\\\MigrationRender\\\\render_block( 'x', $block ), $text )"),  # noqa: E501 -- PHP
    "lines of HTML without an end": (10_000, "str_repeat( '<br', $n )", "AmzLinkr\\\\MigrationConvert\\\\to_text( $text )"),  # noqa: E501 -- PHP
    "spaces": (5_000, "'a' . str_repeat( ' ', $n ) . 'b'", "AmzLinkr\\\\Box\\\\protect( $text )"),
    "shortcodes as text": (1_500, "str_repeat( '[[amzlinkr asin=B000000001]', $n )", "AmzLinkr\\\\Rewriting\\\\find_shortcodes( $text )"),  # noqa: E501 -- PHP
}  # fmt: skip


@pytest.mark.parametrize(
    ("plugin", "text"),
    [
        ("", "[amzlinkr asin=B0%08d]"),
        ("", "<!-- wp:amzlinkr/product {\"asin\":\"B0%08d\"} /-->"),
        ("", "[amzlinkr_list name=list-%d]"),
        ("", "[amzlinkr image=9%08d]"),
        ("asa2", "[asa]B0%08d[/asa]"),
        ("asa2", "[asa2 x=%d]"),
        ("lasso", "[lasso id=9%08d]"),
    ],
)  # fmt: skip
def test_loop_reads_a_limited_number_of_all_posts(connected: Site, plugin: str, text: str) -> None:
    connected.php(SWITCH, plugins=[plugin])
    queries, named, read = connected.php(LOOP, text=text, count=1_000)
    # One query finds posts, and another one their fields.
    assert queries <= 3
    assert named <= 200
    # Of each product, its marketplace.
    assert read <= 2_500


@pytest.mark.parametrize(
    ("plugin", "text"),
    [
        ("", "[amzlinkr asin=B0%08d]"),
        ("", "[amzlinkr_list name=list-%d]"),
        ("", "[amzlinkr asin=B0DEMO0000 image=9%08d]"),
        ("", "[amzlinkr asin=B0DEMO0000 image = '9%08d']"),
        ("", "[amzlinkr asin=B0DEMO0000 Image=900000000] %d"),
        ("asa2", "[asa]B0%08d[/asa]"),
        ("lasso", "[lasso id=9%08d]"),
    ],
)
def test_shown_text_needs_few_queries(connected: Site, plugin: str, text: str) -> None:
    connected.php(STORE, asins=["B0DEMO0000"])
    connected.php(SWITCH, plugins=[plugin])
    # The text is longer than the part of a post that is read in advance.
    assert connected.php(CONTENT, text=text, count=4_000) <= 4_000 / 50


@pytest.mark.parametrize("case", list(GROWTH))
def test_time_grows_with_the_length_of_a_text(connected: Site, case: str) -> None:
    count, text, call = GROWTH[case]
    code = TIME.replace("$code->text", text.replace("$", "\\$").replace('"', '\\"')).replace(
        "$code->call", call.replace("$", "\\$").replace('"', '\\"')
    )
    short, long = connected.php(code, n=count, code="")
    assert long < MAX_GROWTH * short, (case, short, long)


def test_repeated_texts_and_rows_have_a_maximum(connected: Site) -> None:
    asins = [f"B0DEMO{number:04d}" for number in range(50)]
    connected.php(STORE, asins=asins)
    render = "return AmzLinkr\\Display\\render( $attributes );"

    def table(**attributes: Any) -> str:
        named = {"asin": ",".join(asins), "display": "table", **attributes}
        html: str = connected.php(render, attributes=named)
        return html

    rows = table(rows="a:b;" * 1_000)
    assert rows.count('<th scope="row">') == 50
    assert table(rows="price;" * 1_000).count('<th scope="row">') == 1
    plain = len(table())
    # A label is at each of fifty products.
    for name, most in (("button", 100), ("badge", 100), ("title", 50 * 500)):
        text = "|".join(["ä" * 10_000] * 50) if name != "button" else "ä" * 10_000
        html = table(**{name: text})
        assert 0 < html.count("ä") <= 50 * most, name
        assert html.count("ä" * 501) == 0
    assert table(rows="ä" * 10_000 + ":" + "|".join(["ö" * 10_000] * 60)).count("ö") <= 50 * 500
    assert plain > 0
