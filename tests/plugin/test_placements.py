"""Products in the content of posts: which are found, and the time that hostile content takes."""

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

STARTS = 4000
MAX_STEPS = 2000
"""Steps that PHP permits per match. To read all starts takes more than a hundred thousand."""
BLOCK = '<!-- wp:amzlinkr/product {"asin":"B0DEMO0000","title":"a } b"} /-->'
SHORTCODE = "[amzlinkr asin=B0DEMO0000 title='a [b']"
FIND = """
// Without a compiler for patterns, each step counts, and each takes more time.
ini_set( 'pcre.jit', '0' );
ini_set( 'pcre.backtrack_limit', (string) $steps );
return array_column( AmzLinkr\\Placements\\find_products( $content ), 'asin' );
"""


def find(site: Site, content: str, steps: int = MAX_STEPS) -> list[str]:
    """Return the ASINs that a text contains."""
    found: list[str] = site.php(FIND, content=content, steps=steps)
    return found


def test_blocks_and_shortcodes_are_found(site: Site, service: RecordingService) -> None:
    service.join(site)
    content = f"""
        <!-- wp:paragraph {{"a":1}} --> [amzlinkr] [amzlinkrs asin=B0DEMO0009]
        <!-- wp:amzlinkr/products {{"asin":"B0DEMO0009"}} /--> <!-- wp:amzlinkr/product /-->
        {BLOCK} <!-- wp:amzlinkr/product {{"asin":"b0demo0001","marketplace":"DE"}} -->
        <!-- /wp:amzlinkr/product --> {SHORTCODE}
        [amzlinkr asin="B0DEMO0002"][/amzlinkr] [amzlinkr title=x] [amzlinkr asin="short"]
        <!-- wp:amzlinkr/product {{"asin":["B0DEMO0009"],"marketplace":{{"a":1}}}} /-->
    """
    assert find(site, content) == ["B0DEMO0000", "B0DEMO0001", "B0DEMO0000", "B0DEMO0002"]


def test_shortcodes_that_wordpress_runs_are_found(site: Site, service: RecordingService) -> None:
    service.join(site)
    for attributes in (" asin=@/", " asin='@' /", "\n\u00a0asin=@\u00a0"):
        shortcode = f"[amzlinkr{attributes}]".replace("@", "B0DEMO0000")
        assert find(site, f"x {shortcode} y") == ["B0DEMO0000"], attributes


NAMES = {
    "B0DEMO0000,B0DEMO0001": ["US:B0DEMO0000", "US:B0DEMO0001"],
    " b0demo0000 ;\n|, B0DEMO0000": ["US:B0DEMO0000"],
    "https://www.amazon.de/Some-Title/dp/B0DEMO0002/ref=sr_1_1?keywords=a,b": ["DE:B0DEMO0002"],
    "https://amazon.com/gp/product/B0DEMO0003 smile.amazon.de/dp/B0DEMO0004": [
        "US:B0DEMO0003",
        "DE:B0DEMO0004",
    ],
    "https://www.amazon.com/gp/aw/d/B0DEMO0005#x": ["US:B0DEMO0005"],
    "https://www.amazon.com/dp/B0DEMO00005": [],
    "https://www.amazon.com/gp/product/Waterproof/dp/B0DEMO0006": ["US:B0DEMO0006"],
    "https://amazon.com.example/dp/B0DEMO0000": [],
    "https://notamazon.com/dp/B0DEMO0000": [],
    "https://other.example/https://www.amazon.com/dp/B0DEMO0000": [],
    "https://www.amazon.fr/dp/B0DEMO0000": [],
    "https://amzn.to/B0DEMO0000": [],
    "https://www.amazon.com/s?k=B0DEMO0000": [],
}
"""Values of the attribute `asin`, and the products that they name."""
PARSE = """
update_option( 'amzlinkr_marketplaces', array(
    'US' => array( 'domain' => 'www.amazon.com' ),
    'DE' => array( 'domain' => 'www.amazon.de' ),
) );
$key = static fn( $product ) => "{$product['marketplace']}:{$product['asin']}";
return array_map( static fn( $asin ) => array(
    array_map( $key, AmzLinkr\\ProductNames\\parse( compact( 'asin' ) ) ),
    AmzLinkr\\ProductNames\\find_unreadable( compact( 'asin' ) ),
), $values );
"""


def test_several_products_and_addresses_are_read(site: Site, service: RecordingService) -> None:
    service.join(site)
    parsed = site.php(PARSE, values=list(NAMES))
    for (value, expected), (found, unreadable) in zip(NAMES.items(), parsed, strict=True):
        assert found == expected, value
        assert bool(unreadable) is (not expected or value.endswith(",b")), value
    many = ",".join(f"B0MANY{number:04d}" for number in range(60))
    assert len(find(site, f"[amzlinkr asin={many}]", steps=1000000)) == 50


@pytest.mark.parametrize(
    "start",
    [
        "<!-- wp:amzlinkr/product {",
        "<!-- wp:amzlinkr/product { --> ",
        "<!-- wp:amzlinkr/product {} ",
    ],
    ids=["open", "comment", "attributes"],
)
def test_each_start_is_read_up_to_the_next_one(
    site: Site, service: RecordingService, start: str
) -> None:
    service.join(site)
    assert find(site, start * STARTS + BLOCK) == ["B0DEMO0000"]


PRELOAD = """
$loaded = array();
add_filter( 'query', static function ( $query ) use ( &$loaded ) {
    foreach ( array( 'amzlinkr_products', 'amzlinkr_lists' ) as $table ) {
        if ( preg_match( "~FROM \\S*$table\\b.* IN [(]([^)]*)[)]~s", $query, $found ) ) {
            $loaded[] = count( explode( ',', $found[1] ) );
        }
    }
    return $query;
} );
$post = (object) array( 'post_content' => $content );
$other = str_replace( array( 'B0', 'name=a' ), array( 'B1', 'name=b' ), $content );
foreach ( array( 'Placements', 'ListPlacements', 'OwnContent' ) as $preloading ) {
    call_user_func( "AmzLinkr\\\\{$preloading}\\\\preload_for_posts", array( $post, $post ) );
}
$for_posts = $loaded;
$loaded    = array();
AmzLinkr\\Placements\\preload_for_content( $other );
AmzLinkr\\ListPlacements\\preload_for_content( $other );
return array( $for_posts, $loaded, (int) ( memory_get_peak_usage() / 1e6 ) );
"""


@pytest.mark.parametrize(
    "text",
    [
        "[amzlinkr asin=B0%08d marketplace=US]",
        '<!-- wp:amzlinkr/product {"asin":"B0%08d"} /-->',
        "[amzlinkr_list name=a%08d]",
    ],
)
def test_long_posts_do_not_load_all_their_products_in_advance(
    site: Site, service: RecordingService, text: str
) -> None:
    """Each query for posts would otherwise use as much memory as the longest post of an author."""
    service.join(site)
    content = "".join(text % number for number in range(40_000))
    for_posts, for_content, megabytes = site.php(PRELOAD, content=content)
    assert for_posts == [200]
    # A text that is shown needs them all, except one at the end of each part.
    assert 39_900 < sum(for_content) <= 40_000
    assert max(for_content) == 200
    assert megabytes < 60


@pytest.mark.parametrize(("bytes_before", "loaded"), [(60_000, [1, 1]), (65_536, [])])
def test_end_of_a_long_post_is_not_searched_in_advance(
    site: Site, service: RecordingService, bytes_before: int, loaded: list[int]
) -> None:
    service.join(site)
    content = "x" * bytes_before + "[amzlinkr asin=B000000001][amzlinkr_list name=a]"
    assert site.php(PRELOAD, content=content)[0] == loaded
