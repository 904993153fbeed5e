"""The work for a text of an author: few queries, and a time that grows with its length only.

The CPU time of PHP for a text is compared with that for one four times as long, and with no clock.
"""

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
apply_filters_ref_array( 'the_posts', array( $posts, new WP_Query() ) );
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
// As on a server on which PHP does not compile patterns.
ini_set( 'pcre.jit', '0' );
$make      = static fn( int $n ) => MAKE;
$call      = static fn( $text ) => CALL;
$get_time  = static function () {
    $usage = getrusage();
    return 1e6 * $usage['ru_utime.tv_sec'] + $usage['ru_utime.tv_usec'];
};
$take_time = static function ( int $n ) use ( $make, $call, $get_time ): float {
    $text  = $make( $n );
    $times = array();
    for ( $number = 0; $number < 5; $number++ ) {
        $calls  = 0;
        $before = $get_time();
        do {
            $call( $text );
            ++$calls;
            $taken = $get_time() - $before;
        } while ( $taken < 10000 );
        $times[] = $taken / $calls;
    }
    return min( $times );
};
$take_time( 10 );
return array( $take_time( $n ), $take_time( 4 * $n ) );
"""
FIND = "AmzLinkr\\MigrationText\\find( $text, array( 'asa2', 'affiliatex' ) )"
TABLE = """array(
    'productTable'    => array_map(
        static fn( $i ) => array( 'button1URL' => sprintf( 'https://amazon.com/dp/B%09d', $i ) ),
        range( 1, $n )
    ),
    'comparisonSpecs' => array_fill( 0, $n, array( 'title' => 't', 'specs' => array( 'a' ) ) ),
)"""
READ_TABLE = r"""AmzLinkr\MigrationAffiliatex\read( array(
    'name' => 'affiliatex/product-table', 'attributes' => $text, 'text' => wp_json_encode( $text ),
) )"""
BLOCKS = """array_reduce( range( 1, $n ), static fn( $all, $i ) => array_merge( array( array(
    'blockName'    => 'affiliatex/buttons',
    'attrs'        => array(),
    'innerBlocks'  => array_slice( $all, 0, 1 ),
    'innerHTML'    => '',
    'innerContent' => $all ? array( null ) : array(),
) ), $all ), array() )"""
RENDER_BLOCKS = r"""array_map(
    static fn( $block ) => AmzLinkr\MigrationRender\render_block( 'x', $block ), $text
)"""
COUNT_IN_MARKUP = r"""
$pieces = wp_html_split( '<a title="' . str_repeat( '[asa2 ', 1000 ) . '">' );
return count( AmzLinkr\MigrationMarkup\find_shortcodes( $pieces, array(), 1000 ) );
"""
MAX_GROWTH = 8
"""The growth for a text four times as long. A linear time grows by 4, and a square by 16."""
GROWTH = {
    "shortcodes in code": (
        500, "'<pre>' . str_repeat( '<b>x', 20 * $n ) . str_repeat( '[asa2]', $n )", FIND,
    ),
    "names of shortcodes": (
        2_000, "implode( array_map( static fn( $i ) => \"[[asa_x$i]]\", range( 1, $n ) ) )", FIND,
    ),
    "table of AffiliateX": (200, TABLE, READ_TABLE),
    "blocks in blocks": (300, BLOCKS, RENDER_BLOCKS),
    "spaces": (2_000, "'a' . str_repeat( ' ', $n ) . 'b'", "AmzLinkr\\Box\\protect( $text )"),
    "shortcodes as text": (
        1_500,
        "str_repeat( '[[amzlinkr asin=B000000001]', $n )",
        "AmzLinkr\\Rewriting\\find_shortcodes( $text )",
    ),
    "products that are replaced": (
        500,
        "str_repeat( '[amzlinkr asin=B000000001]', $n )",
        "AmzLinkr\\Rewriting\\replace_product( $text, array( 'asin' => 'B000000001', 'marketplace' => 'US' ), array( 'asin' => 'B000000002', 'marketplace' => 'US' ) )",  # noqa: E501 -- PHP
    ),
}  # fmt: skip
"""The number of repetitions, a text of as many, and what reads it."""
MANY = (
    ("", "[amzlinkr asin=B0%08d]"),
    ("", '<!-- wp:amzlinkr/product {"asin":"B0%08d"} /-->'),
    ("", "[amzlinkr_list name=list-%d]"),
    ("", "[amzlinkr image=9%08d]"),
    ("asa2", "[asa]B0%08d[/asa]"),
    ("asa2", "[asa2 x=%d]"),
    ("lasso", "[lasso id=9%08d]"),
)
SHOWN = (
    ("", "[amzlinkr asin=B0%08d]"),
    ("", "[amzlinkr_list name=list-%d]"),
    ("", "[amzlinkr asin=B0DEMO0000 image=9%08d]"),
    ("", "[amzlinkr asin=B0DEMO0000 image = '9%08d']"),
    ("", "[amzlinkr asin=B0DEMO0000 image=900000000] %d"),
    ("asa2", "[asa]B0%08d[/asa]"),
    ("lasso", "[lasso id=9%08d]"),
)


def test_loop_reads_a_limited_number_of_all_posts(connected: Site) -> None:
    for plugin, text in MANY:
        connected.php(SWITCH, plugins=[plugin])
        queries, named, read = connected.php(LOOP, text=text, count=1_000)
        # One query finds posts, and one the products or lists.
        assert queries <= 3, text
        assert named <= 200, text
        # The marketplaces are read a limited number of times for each product.
        assert read <= 200 * 10, text


def test_shown_text_needs_few_queries(connected: Site) -> None:
    connected.php(STORE, asins=["B0DEMO0000"])
    for plugin, text in SHOWN:
        connected.php(SWITCH, plugins=[plugin])
        # The text is longer than the part of a post that a loop reads in advance.
        queries = connected.php(CONTENT, text=text, count=4_000)
        assert queries <= 4_000 / 50, text


def test_time_grows_with_the_length_of_a_text(connected: Site) -> None:
    connected.php(SWITCH, plugins=["affiliatex"])
    growth = {}
    for case, (count, make, call) in GROWTH.items():
        # The square of the length would show in each of these texts, and noise in none.
        short, long = connected.php(TIME.replace("MAKE", make).replace("CALL", call), n=count)
        growth[case] = round(long / short, 1)
    assert not {case for case, each in growth.items() if each >= MAX_GROWTH}, growth


def test_shortcodes_in_an_attribute_do_not_contain_each_other(connected: Site) -> None:
    assert connected.php(COUNT_IN_MARKUP) == 1


def test_repeated_texts_and_rows_have_a_maximum(connected: Site) -> None:
    asins = [f"B0DEMO{number:04d}" for number in range(50)]
    connected.php(STORE, asins=asins)
    render = "return AmzLinkr\\Display\\render( $attributes );"

    def table(**attributes: str) -> str:
        named = {"asin": ",".join(asins), "display": "table", **attributes}
        html: str = connected.php(render, attributes=named)
        return html

    assert table(rows="a:b;" * 1_000).count('<th scope="row">') == 50
    assert table(rows="price;" * 1_000).count('<th scope="row">') == 1
    long = "ä" * 10_000
    assert 0 < table(button=long).count("ä") <= 2 * 50 * 100
    assert 0 < table(badge="|".join([long] * 50)).count("ä") <= 50 * 100
    assert "ä" * 501 not in table(title=f"{long}|b")
    rows = table(rows=f"{long}:{long}|c")
    assert 0 < rows.count("ä") <= 100 + 500
