"""Replacement of a product in texts: blocks and shortcodes change, and every other byte stays."""

import base64
import random
from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.1", "6.5"])]

OLD = {"asin": "B0DEMO0000", "marketplace": "US"}
NEW = {"asin": "B0DEMO0001", "marketplace": "US"}
GERMAN = {"asin": "B0DEMO0002", "marketplace": "DE"}
REPLACE = """
$results = array();
foreach ( $contents as $content ) {
    $before = base64_decode( $content );
    $after  = AmzLinkr\\Rewriting\\replace_product( $before, $old, $new );
    $results[] = array(
        base64_encode( $after ),
        AmzLinkr\\Rewriting\\is_exact( $before, $after, $old, $new ),
    );
}
return $results;
"""
LIST_RUN = """
$list_blocks = static function ( $blocks ) use ( &$list_blocks ) {
    $found = array();
    foreach ( $blocks as $block ) {
        if ( 'amzlinkr/product' === $block['blockName'] ) {
            $found = array_merge( $found, AmzLinkr\\ProductNames\\parse( (array) $block['attrs'] ) );
        }
        $found = array_merge( $found, $list_blocks( $block['innerBlocks'] ) );
    }
    return $found;
};
$shortcodes = array();
add_filter( 'pre_do_shortcode_tag', static function ( $result, $tag, $attributes ) use ( &$shortcodes ) {
    if ( 'amzlinkr' === $tag ) {
        $named      = AmzLinkr\\ProductNames\\parse( (array) $attributes );
        $shortcodes = array_merge( $shortcodes, $named );
    }
    return 'run';
}, 10, 3 );
$results = array();
foreach ( $contents as $content ) {
    $shortcodes = array();
    $content    = base64_decode( $content );
    do_shortcode( $content );
    $results[] = array_merge( $list_blocks( parse_blocks( $content ) ), $shortcodes );
}
return $results;
"""  # noqa: E501 -- PHP

DEPTHS = """
$depth = static function ( $blocks ) use ( &$depth ) {
    $inner = array_map( $depth, array_column( $blocks, 'innerBlocks' ) );
    return $blocks ? max( 0, ...$inner ) + (int) (bool) array_filter( array_column( $blocks, 'blockName' ) ) : 0;
};
return array_map( static fn( $content ) => array(
    $depth( parse_blocks( $content ) ),
    AmzLinkr\\Rewriting\\get_depth( $content ),
), $contents );
"""  # noqa: E501 -- PHP
PIECES = (
    "<!-- wp:a -->", "<!-- wp:x/b-c {\"d\":{}} -->", "<!-- /wp:a -->", "<!-- /wp:x/b-c -->",
    "<!-- wp:a /-->", '<!-- wp:a {"b":1} /-->', '<!-- wp:a {"b":"} -->"} /-->', "<!-- wp:a", "text",
    '<!-- wp:a {"b":1} --> {} /-->', '<!-- wp:a {"b":"/-->"} -->', "<!--", "-->", " /-->", "} /-->",
    "<!--wp:a -->", "<!--\twp:a\n-->", '{"b":1}', "wp:a", "<!-- wp:A -->", "\n", "<!-- x -->",
)  # fmt: skip

SET_MARKETPLACES = """
update_option( 'amzlinkr_marketplaces', array(
    'US' => array( 'domain' => 'www.amazon.com' ),
    'DE' => array( 'domain' => 'www.amazon.de' ),
) );
"""

# "@" stands for the ASIN that is replaced.
TARGETS = (
    '<!-- wp:amzlinkr/product {"asin":"@"} /-->',
    '<!-- wp:amzlinkr/product {"marketplace":"US","asin":"@","title":"a } b B0DEMO0000"} /-->',
    '<!-- wp:amzlinkr/product {"asin":"@","marketplace":"","title":"\\u003cb \\u0022x"} /-->',
    '<!-- wp:amzlinkr/product {"style":{"asin":"B0DEMO0000","a":{}},"n":1.0,"e":1e3,"asin":"@"} -->'
    "\n<!-- /wp:amzlinkr/product -->",
    '<!-- wp:amzlinkr/product {"asin":"B0DEMO0009","title":"caf\\u00e9 \\\\","asin":"@"} /-->',
    '<!-- wp:amzlinkr/product { "asin" : "@" , "list":[1,[2,{"asin":"B0DEMO0000"}]] } /-->',
    '<!-- wp:amzlinkr/product {"title":"[amzlinkr asin=B0DEMO0000]","asin":"@"} /-->',
    '[amzlinkr asin="@"]',
    "[amzlinkr asin='@' title='x [b']",
    "[amzlinkr  asin=@  marketplace=us /]",
    '[amzlinkr ASIN = "@" marketplace=""]',
    "[amzlinkr\r\n\tasin=@]",
    "[amzlinkr title=\"asin='B0DEMO0000'\" asin=@ x]",
    '[amzlinkr asin="B0DEMO0009" asin="@"]',
    "[amzlinkr title='x\u200by'\u00a0asin='@']",
    "[amzlinkr asin=@/]",
    "[[amzlinkr asin=@]",
    '<a title="[amzlinkr asin=@]">x</a>',
    '<!-- wp:shortcode -->\n[amzlinkr asin="@" title="Küche &amp; mehr"]\n<!-- /wp:shortcode -->',
)
OTHERS = (
    "B0DEMO0000", " ", "\n", "\r\n\r\n", "\t", "Küche 🍵 – „Tee“", "&nbsp;&#91;", "\\\\ \\n $1 %s",
    '<a href="https://www.amazon.com/dp/B0DEMO0000?tag=x-20">asin="B0DEMO0000"</a>',
    "<!-- [amzlinkr asin=B0DEMO0000] -->", "<![CDATA[ [amzlinkr asin=B0DEMO0000] ]]>",
    "[[amzlinkr asin=B0DEMO0000]]", "[[amzlinkr asin=B0DEMO0000 /]]", "[gallery ids='1,2']",
    "[amzlinkr asin=B0DEMO0009]", "[amzlinkrx asin=B0DEMO0000]", "[amzlinkr-x asin=B0DEMO0000]",
    "[amzlinkr_list name='B0DEMO0000' asin=B0DEMO0000]", "[amzlinkr title=B0DEMO0000]",
    "[amzlinkr asin=B0DEMO0000 marketplace=DE]", "[amzlinkr asin=B0DEMO00000]", "[amzlinkr]",
    '<!-- wp:amzlinkr/product {"asin":"B0DEMO0000","marketplace":"DE"} /-->',
    '<!-- wp:amzlinkr/product {"title":"B0DEMO0000"} /-->', "<!-- wp:amzlinkr/product /-->",
    '<!-- wp:amzlinkr/products {"asin":"B0DEMO0000"} /-->',
    '<!-- wp:amzlinkr/list {"asin":"B0DEMO0000"} /-->',
    '<!-- wp:x/y {"asin":"B0DEMO0000","e":{},"n":1.0,"u":"\\u00e9","s":"[amzlinkr asin=B0DEMO0000]"} /-->',  # noqa: E501
    '<!-- wp:paragraph {"dropCap":true} --><p>[not a shortcode</p><!-- /wp:paragraph -->',
    '<!-- wp:html --><script>if ( 1 < 2 && "]" ) {}</script><!-- /wp:html -->',
)  # fmt: skip
ENCLOSING = (
    '[amzlinkr asin="@"]B0DEMO0000[/amzlinkr]',
    "[[amzlinkr asin=B0DEMO0000] [amzlinkr asin=@][/amzlinkr]]",
    "[[amzlinkr asin='B0DEMO0000']x[/amzlinkr]]",
)
"""Shortcodes with an end, which WordPress reads together with all shortcodes before them."""

ENDS = (
    "", '<!-- wp:amzlinkr/product {"asin":"B0DEMO0000"', "[amzlinkr asin=B0DEMO0000",
    "<!-- [amzlinkr asin=B0DEMO0000]", "<", "<!--", "<![CDATA[ [amzlinkr asin=B0DEMO0000]",
)  # fmt: skip


SEVERAL = (
    ('<!-- wp:amzlinkr/product {"asin":"B0DEMO0009, B0DEMO0000","title":"B0DEMO0000"} /-->',
     '<!-- wp:amzlinkr/product {"asin":"B0DEMO0009, @","title":"B0DEMO0000"} /-->'),
    ("[amzlinkr asin='b0demo0000,B0DEMO0009 B0DEMO00000']",
     "[amzlinkr asin='@,B0DEMO0009 B0DEMO00000']"),
    ("[amzlinkr asin=B0DEMO0000,B0DEMO0000]", "[amzlinkr asin=@,@]"),
    ('<!-- wp:amzlinkr/product {"asin":"https://www.amazon.com/x/dp/B0DEMO0000?a=b\\u0026c"} /-->',
     '<!-- wp:amzlinkr/product {"asin":"@"} /-->'),
    ("[amzlinkr asin='https://www.amazon.com/dp/B0DEMO0000,B0DEMO0009']",
     "[amzlinkr asin='@,B0DEMO0009']"),
    ("[amzlinkr asin='https://www.amazon.de/dp/B0DEMO0000,B0DEMO0000' marketplace=US]",
     "[amzlinkr asin='https://www.amazon.de/dp/B0DEMO0000,@' marketplace=US]"),
    ('<!-- wp:amzlinkr/product {"asin":"B0DEMO0000 B0DEMO0009 --x\\u002d\\u002dy"} /-->',
     '<!-- wp:amzlinkr/product {"asin":"@ B0DEMO0009 \\u002d\\u002dx\\u002d\\u002dy"} /-->'),
)  # fmt: skip
"""Texts with several products or URLs, before and after the replacement of one by "@"."""

OTHER_MARKETPLACE = (
    ('<!-- wp:amzlinkr/product {"asin":"B0DEMO0000","title":"x"} /-->',
     '<!-- wp:amzlinkr/product {"asin":"B0DEMO0002","marketplace":"DE","title":"x"} /-->'),
    ('<!-- wp:amzlinkr/product {"marketplace":"US","asin":"B0DEMO0000"} /-->',
     '<!-- wp:amzlinkr/product {"marketplace":"DE","asin":"B0DEMO0002"} /-->'),
    ('<!-- wp:amzlinkr/product {"asin":"B0DEMO0000","marketplace":{"a":["US"]},"n":1.0} /-->',
     '<!-- wp:amzlinkr/product {"asin":"B0DEMO0002","marketplace":"DE","n":1.0} /-->'),
    ('[amzlinkr asin="B0DEMO0000" title="x"]',
     '[amzlinkr asin="B0DEMO0002" marketplace=DE title="x"]'),
    ("[amzlinkr asin=B0DEMO0000]", "[amzlinkr asin=B0DEMO0002 marketplace=DE]"),
    ("[amzlinkr asin='B0DEMO0000'/]", "[amzlinkr asin='B0DEMO0002' marketplace=DE/]"),
    ("[amzlinkr MARKETPLACE='us' asin=B0DEMO0000]",
     "[amzlinkr MARKETPLACE='DE' asin=B0DEMO0002]"),
    ('[amzlinkr asin="B0DEMO0000" marketplace=""]',
     '[amzlinkr asin="B0DEMO0002" marketplace="DE"]'),
)  # fmt: skip
"""Texts before and after the replacement by a product of another marketplace than the default."""


def encode(text: str | bytes) -> str:
    """Return a text in Base64, so that each byte reaches PHP."""
    raw = text if isinstance(text, bytes) else text.encode()
    return base64.b64encode(raw).decode()


def replace(site: Site, contents: list[str], new: object = NEW, old: object = OLD) -> list[str]:
    """Replace a product in texts, and check that WordPress reads the same blocks otherwise."""
    encoded = [encode(content) for content in contents]
    results: list[Any] = site.php(REPLACE, contents=encoded, old=old, new=new)
    for content, (_, is_exact) in zip(contents, results, strict=True):
        assert is_exact, content
    return [base64.b64decode(result).decode() for result, _ in results]


def write_texts(count: int) -> list[str]:
    """Return texts of targets and other parts in random order; the same ones in each run."""
    chosen = random.Random(19)  # noqa: S311 -- no secret
    texts = []
    for number in range(count):
        parts = chosen.choices(TARGETS, k=chosen.randrange(4))
        parts += chosen.choices(OTHERS, k=chosen.randrange(1, 8))
        chosen.shuffle(parts)
        texts.append("\n".join(parts) + "\n" + ENDS[number % len(ENDS)])
    return texts


def test_each_block_and_shortcode_is_replaced(site: Site, service: RecordingService) -> None:
    service.join(site)
    for form in (str.upper, str.lower):
        targets = TARGETS + ENCLOSING
        before = [target.replace("@", form(OLD["asin"])) for target in targets]
        expected = [target.replace("@", NEW["asin"]) for target in targets]
        assert replace(site, before) == expected


def test_every_other_byte_stays(site: Site, service: RecordingService) -> None:
    service.join(site)
    texts = write_texts(400)
    before = [text.replace("@", OLD["asin"]) for text in texts]
    expected = [text.replace("@", NEW["asin"]) for text in texts]
    assert sum("@" in text for text in texts) > 200

    assert replace(site, before) == expected
    # And back, if the new product was in no other place.
    assert replace(site, expected, new=OLD, old=NEW) == before

    # What WordPress runs is what was replaced.
    ran_before = site.php(LIST_RUN, contents=[encode(text) for text in before])
    ran_after = site.php(LIST_RUN, contents=[encode(text) for text in expected])
    swapped = [[NEW if product == OLD else product for product in found] for found in ran_before]
    assert swapped == ran_after
    assert [found.count(OLD) for found in ran_before] == [text.count("@") for text in texts]


def test_unknown_bytes_stay(site: Site, service: RecordingService) -> None:
    service.join(site)
    before = b"\xff\x00\xfe [amzlinkr asin=B0DEMO0000] \x80"
    values = {"contents": [encode(before)], "old": OLD, "new": NEW}
    ((after, _),) = site.php(REPLACE, **values)
    assert base64.b64decode(after) == before.replace(b"0000]", b"0001]")


def test_marketplace_is_replaced_too(site: Site, service: RecordingService) -> None:
    service.join(site)
    before = [text for text, _ in OTHER_MARKETPLACE]
    after = replace(site, before, new=GERMAN)
    assert after == [text for _, text in OTHER_MARKETPLACE]
    back = [encode(text) for text in replace(site, after, new=OLD, old=GERMAN)]
    assert site.php(LIST_RUN, contents=back) == [[OLD]] * len(before)


def test_one_of_several_products_is_replaced(site: Site, service: RecordingService) -> None:
    service.join(site)
    before = [text for text, _ in SEVERAL]
    for new, entry in ((NEW, NEW["asin"]), (GERMAN, "https://www.amazon.de/dp/B0DEMO0002")):
        site.php(SET_MARKETPLACES)
        after = replace(site, before, new=new)
        # WordPress escapes slashes or not, depending on its version.
        unescaped = [text.replace("\\/", "/") for text in after]
        assert unescaped == [text.replace("@", entry) for _, text in SEVERAL]
        ran = site.php(LIST_RUN, contents=[encode(text) for text in after])
        for found in ran:
            assert new in found
            assert OLD not in found


def test_blocks_that_wordpress_reads_differently_are_not_exact(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    contents = [
        # WordPress reads one block, with attributes that are not valid.
        '<!-- wp:x/y {"a":"<!-- wp:amzlinkr/product {"asin":"B0DEMO0000"} /-->"} /-->',
        '<!-- wp:amzlinkr/product {"asin":"B0DEMO0000"} /-->'
        '<!--  wp:amzlinkr/product  {"asin":"B0DEMO0000"}  /-->',
    ]
    results = site.php(REPLACE, contents=list(map(encode, contents)), old=OLD, new=NEW)
    assert [is_exact for _, is_exact in results] == [False, False]


def test_depth_of_blocks_is_never_underestimated(site: Site, service: RecordingService) -> None:
    service.join(site)
    rng = random.Random(3)  # noqa: S311 -- reproducible, not secret
    contents = ["".join(rng.choices(PIECES, k=rng.randint(1, 25))) for _ in range(3_000)]
    contents += ["<!-- wp:a -->" * 7 + "<!-- /wp:a -->" * 7 + "<!-- wp:a /-->" * 9]
    depths = site.php(DEPTHS, contents=contents)
    # The innermost block may have no content, and is then not counted.
    missed = [one for one, (real, found) in zip(contents, depths, strict=True) if real > found + 1]
    assert missed == []
    assert depths[-1] == [7, 7]
    assert max(real for real, _ in depths[:-1]) > 3


def test_depth_of_thousands_of_blocks_is_measured_without_their_parser(
    site: Site, service: RecordingService
) -> None:
    """Measure before parsing: the parser of WordPress would use all memory."""
    service.join(site)
    box = '<!-- wp:amzlinkr/product {"asin":"B0DEMO0000","marketplace":"US"} /-->'
    code = """
    global $wpdb;
    wp_set_current_user( 1 );
    $id = wp_insert_post( array( 'post_title' => 'x' ) );
    $wpdb->update( $wpdb->posts, array( 'post_content' => $content ), array( 'ID' => $id ) );
    clean_post_cache( $id );
    $post = get_post( $id );
    return AmzLinkr\\Replacement\\get_problem( $post, $old, $new );
    """
    for count, problem in ((200, ""), (201, "too_deep"), (15_000, "too_deep")):
        content = box + "<!-- wp:a -->" * count
        assert site.php(code, content=content, old=OLD, new=NEW) == problem
