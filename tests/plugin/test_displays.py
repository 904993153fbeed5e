"""The displays of products: their markup and options, and what is shown without Amazon's data."""

import html
import re
from collections.abc import Iterator

import pytest

from tests.plugin.display_site import (
    AMAZONS,
    BARE,
    CURRENT,
    DEAL,
    DEAL_HOURS,
    DISCLAIMER,
    DISPLAYS,
    EXPIRED,
    INLINE,
    MISSING,
    OTHER,
    STATEMENT,
    WAITING,
    display_site,
    product,
    render,
    render_all,
    text_of,
)
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

PHRASING = {"span", "a", "strong", "small", "img", "bdi"}
DAY_SECONDS = 24 * 3600
RENDER_PAGE = """
$html = AmzLinkr\\Display\\render( $attributes );
ob_start();
has_action( 'wp_footer', 'AmzLinkr\\Footer\\print_texts' ) && AmzLinkr\\Footer\\print_texts();
$stored = AmzLinkr\\Products\\find( $attributes['asin'], 'US' );
return array( $html, ob_get_clean(), wp_script_is( 'amzlinkr-product-box' ), $stored['seen_at'] );
"""
RENDER_BLOCK = """
$block = array( 'blockName' => 'amzlinkr/product', 'attrs' => $attributes, 'innerBlocks' => array() );
return array(
    render_block( $block + array( 'innerHTML' => '', 'innerContent' => array() ) ),
    do_shortcode( $shortcode ),
);
"""  # noqa: E501 -- PHP
RENDER_IN_THEME = """
$folder = get_stylesheet_directory() . '/amzlinkr/parts';
wp_mkdir_p( $folder );
foreach ( $templates as $name => $template ) {
    file_put_contents( dirname( $folder ) . "/$name.php", $template );
}
$rendered = array();
foreach ( $displays as $display ) {
    $attributes['display'] = $display;
    $rendered[ $display ]  = AmzLinkr\\Display\\render( $attributes );
}
foreach ( $templates as $name => $template ) {
    unlink( dirname( $folder ) . "/$name.php" );
}
return $rendered;
"""
COUNT_QUERIES = """
global $wpdb;
$products = array();
foreach ( range( 1000, 1049 ) as $number ) {
    $products[] = array( 'asin' => "B0MANY$number", 'title' => "Product $number" ) + $product;
}
AmzLinkr\\Products\\store( $products, 1 );
$asins   = array_column( $products, 'asin' );
$counts  = array();
$queries = array();
add_filter( 'query', static function ( $query ) use ( &$queries ) {
    $queries[] = $query;
    return $query;
} );
foreach ( $displays as $display ) {
    $one   = array_map( static fn( $asin ) => "[amzlinkr display=$display asin=$asin]", $asins );
    $texts = array( implode( "\\n\\n", $one ), "[amzlinkr display=$display asin='" . implode( ',', $asins ) . "']" );
    foreach ( $texts as $text ) {
        AmzLinkr\\Products\\load( array(), true );
        $queries  = array();
        $html     = apply_filters( 'the_content', $text );
        preg_match_all( '~data-asin="B0MANY\\d{4}~', $html, $found );
        $counts[] = array( $display, count( array_unique( $found[0] ) ), $queries );
    }
}
return $counts;
"""  # noqa: E501 -- PHP


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one site for all tests of this module."""
    with display_site() as running:
        yield running


def tags(markup: str) -> set[str]:
    """Return the names of the elements of HTML."""
    return set(re.findall(r"<([a-z0-9]+)", markup))


def test_several_products_have_their_common_texts_once(site: Site) -> None:
    names = f"{CURRENT},https://www.amazon.com/x/dp/{OTHER}?tag=y,{WAITING}"
    for display, item in (("grid", "amzlinkr-grid__item"), ("list", "amzlinkr-list__item")):
        markup = render(site, names, display=display)
        assert markup.count(f'<li class="{item}">') == 3
        assert markup.count("amzlinkr-box__price") == 2
        assert markup.count(DISCLAIMER) == markup.count("as of") == 1
        assert markup.index(DISCLAIMER) > markup.index("</li> </")
        # The link in place of the third product has the statement beside it.
        assert markup.count(STATEMENT) == 2
    assert "amzlinkr-grid__items" in render(site, names)
    assert "--amzlinkr-columns:3" in render(site, names, columns=3)
    assert "amzlinkr-box--vertical" in render(site, names)
    assert "amzlinkr-box--vertical" not in render(site, names, display="list")
    # One product has no frame around its box.
    assert "amzlinkr-grid" not in render(site, CURRENT)


def test_details_contain_disclaimer_and_time(site: Site) -> None:
    markup = render(site, CURRENT)
    details = markup.partition("<details")[2].partition("</details>")[0]
    assert "as of " in details.partition("</summary>")[0]
    assert DISCLAIMER in details.partition("</summary>")[2]
    assert markup.count(DISCLAIMER) == 1
    # Without price and availability there is neither.
    assert "<details" not in render(site, BARE)
    assert "as of" not in render(site, BARE)


def test_displays_of_sentences_are_valid_in_a_paragraph(site: Site) -> None:
    for display in INLINE:
        for asin in (CURRENT, DEAL, WAITING):
            markup = render(site, asin, display=display)
            assert tags(markup) <= PHRASING, (display, asin)
            assert not markup.endswith(" </span>"), display
    for display in DISPLAYS:
        note = render_all(site, [{"asin": "B0UNKNOWN0", "display": display}], user=1)[0]
        assert ("<span" in note) is (display in INLINE)


def test_price_outside_of_a_box_expires_and_has_its_time(site: Site) -> None:
    for asin, seconds in ((CURRENT, DAY_SECONDS), (DEAL, DEAL_HOURS * 3600)):
        for display in ("price", "savings"):
            attributes = {"asin": asin, "display": display}
            markup, footer, has_script, seen_at = site.php(RENDER_PAGE, attributes=attributes)
            (until,) = re.findall(r'data-until="(\d+)"', markup)
            assert int(until) - seen_at == pytest.approx(seconds, abs=60)
            assert "as of " in markup
            (anchor,) = re.findall(r'href="#([^"]*)"', markup)
            assert f'<p id="{anchor}">{DISCLAIMER}</p>' in footer
            assert STATEMENT in footer
            assert has_script
    assert "with Prime, Condition: used" in text_of(render(site, DEAL, display="price"))
    # The cells of a table, too. The title and the availability stay after the end of a deal.
    markup = render(site, f"{CURRENT},{DEAL}", display="table")
    untils = sorted(map(int, set(re.findall(r'data-until="(\d+)"', markup))))
    assert len(untils) >= 2
    assert untils[-1] - untils[0] == pytest.approx(DAY_SECONDS - DEAL_HOURS * 3600, abs=60)
    assert "as of" in markup
    assert DISCLAIMER in markup


@pytest.mark.parametrize("display", DISPLAYS)
def test_withheld_products_show_nothing_of_amazon(site: Site, display: str) -> None:
    link = "See price on Amazon.com"
    for asin in (WAITING, EXPIRED):
        markup = render(site, asin, display=display, badge="Best")
        assert [text for text in AMAZONS if text in html.unescape(markup)] == []
        assert "data-until" not in markup
        if display == "savings":
            assert markup == ""
        elif display != "button":
            assert text_of(markup).replace(STATEMENT, "").strip() == link
            assert f"https://www.amazon.com/dp/{asin}?tag=demo-20" in markup
            assert "amzlinkr-box" not in markup
    assert render(site, MISSING, display=display) == ""
    # With an own title there is a link also to a missing product.
    markup = render(site, MISSING, display=display, title="My words")
    assert [text for text in AMAZONS if text in html.unescape(markup)] == []
    assert ("My words" in markup) is (display != "savings")
    several = render(site, f"{MISSING},{WAITING},{EXPIRED}", display=display)
    assert "amzlinkr-box" not in several
    assert "<table" not in several


@pytest.mark.parametrize("display", DISPLAYS)
def test_feeds_contain_links_only(site: Site, display: str) -> None:
    names = f"{CURRENT},{DEAL},{WAITING},{MISSING}"
    own = {"title": "|Own title||", "badge": "Best|||", "rows": "price;Weight: 1 g|2 g|3 g|4 g"}
    (markup,) = render_all(site, [{"asin": names, "display": display, **own}], feed=True)
    assert [text for text in AMAZONS if text in html.unescape(markup)] == []
    assert tags(markup) <= {"p", "span", "a", "small"}
    if display != "savings":
        assert markup.count("<a ") == 3
        assert "Own title" in markup


def test_each_part_can_be_hidden(site: Site) -> None:
    own = {"title": "Own", "text": "Words", "bullets": "One;Two", "badge": "Best", "pros": "Good"}
    classes = {
        "image": "amzlinkr-box__image", "brand": "amzlinkr-box__brand",
        "text": "amzlinkr-box__own", "badge": "amzlinkr-box__badge", "deal": "amzlinkr-box__deal",
        "price": "amzlinkr-box__price", "savings": "amzlinkr-box__savings",
        "availability": "amzlinkr-box__availability", "button": "amzlinkr-box__buy",
    }  # fmt: skip
    full = render(site, DEAL, **own)
    for part, name in classes.items():
        assert name in full, part
        assert name not in render(site, DEAL, hide=f" {part}, other", **own), part
    # The terms of a price go with it, and stay with it.
    assert "Condition" not in render(site, DEAL, hide="price", **own)
    assert "with Prime" not in render(site, DEAL, hide="price", **own)
    assert "Condition" in render(site, DEAL, hide="savings,availability,unit,quantity", **own)
    # Without price and availability there is no disclaimer, and with one of them there is.
    assert DISCLAIMER in render(site, DEAL, hide="price")
    assert DISCLAIMER in render(site, DEAL, hide="availability")
    hidden = render(site, DEAL, hide="price,availability")
    assert DISCLAIMER not in hidden
    assert "as of" not in hidden
    # The title stays for the name of the button, and one link always stays.
    hidden = render(site, CURRENT, hide="title")
    assert 'class="amzlinkr-box__title amzlinkr-hidden"' in hidden
    everything = render(site, CURRENT, hide=",".join([*classes, "title", "unit", "quantity"]))
    assert everything.count("<a ") == 1
    assert "amzlinkr-box__buy" in everything
    assert STATEMENT in everything


def test_options_are_parsed(site: Site) -> None:
    markup = render(site, CURRENT, layout="Vertical", style="card", size="large", button="Look <b>")
    assert 'class="amzlinkr-box amzlinkr-box--vertical is-style-card amzlinkr-box--large"' in markup
    assert 'data-later="Look"' in markup
    assert re.search(r">\s*Look\s*</a>", markup)
    unknown = {"display": "frame", "layout": '"x', "style": ["card"], "size": {"a": 1}}
    assert render(site, CURRENT, **unknown).startswith('<div class="amzlinkr-box" ')
    compact = render(site, CURRENT, layout="compact")
    assert "amzlinkr-box--compact" in compact
    assert "amzlinkr-box__brand" not in compact
    assert "amzlinkr-box__price" in compact
    # An attribute of WordPress with the same name is an array.
    block, shortcode = site.php(
        RENDER_BLOCK,
        attributes={"asin": CURRENT, "style": {"color": {"background": "#123456"}}},
        shortcode=f"[amzlinkr asin={CURRENT} style=minimal]",
    )
    assert "background-color:#123456" in block
    assert 'class="amzlinkr-box is-style-minimal"' in shortcode


def test_own_texts_of_several_products_have_a_part_for_each(site: Site) -> None:
    own = {"title": "First|Second", "badge": "|Best", "bullets": "One;Two|\nThree\n", "pros": "|"}
    first, second = re.split("<li class=.amzlinkr-grid", render(site, f"{CURRENT},{OTHER}", **own))[
        1:
    ]
    assert text_of(first).startswith('__item"> First Maker One Two')
    assert text_of(second).startswith('__item"> Best Second Maker Three $20.00')
    # One product has the whole text.
    assert "First|Second" in render(site, CURRENT, title="First|Second")
    assert "a; b" not in text_of(render(site, CURRENT, bullets="a; b"))
    assert "a; b" in text_of(render(site, CURRENT, bullets="a; b\nc"))
    assert "a; b" in text_of(render(site, CURRENT, text="a; b"))
    # Bullet points are enough for a box of a product without data.
    assert text_of(render(site, WAITING, pros="Good")).startswith("Pros Good See price on Amazon")


def test_entries_without_a_product_are_named_to_editors(site: Site) -> None:
    names = f"{CURRENT},https://amzn.to/3abc,short,B0UNKNOWN0"
    assert render(site, names).count("amzlinkr-box__price") == 1
    (markup,) = render_all(site, [{"asin": names}], user=1)
    assert "name no product: https://amzn.to/3abc, short." in text_of(markup)
    assert "B0UNKNOWN0 (US) is not imported" in text_of(markup)


def test_names_of_links_differ(site: Site) -> None:
    for display in ("grid", "list", "table"):
        markup = render(site, f"{CURRENT},{OTHER}", display=display)
        names = []
        for attributes, content in re.findall(r"<a([^>]*)>(.*?)</a>", markup):
            if "aria-hidden" in attributes:
                assert 'tabindex="-1"' in attributes
                continue
            label = re.search(r'aria-labelledby="\S* (\S*)"', attributes)
            title = re.search(rf'id="{label[1]}"[^>]*>(.*?)</p>', markup)[1] if label else ""  # type: ignore[index]
            names.append(text_of(f"{content} {title}"))
        assert len(names) == len(set(names)) == 4, display


def test_theme_can_change_each_template(site: Site) -> None:
    templates = {
        "box": "product-box", "grid": "grid", "list": "list", "table": "table",
        "link": "text-link", "image": "image-link", "button": "button", "price": "price",
        "title": "title", "savings": "savings",
    }  # fmt: skip
    changed = {name: f"<b>theme {name}</b>" for name in templates.values() if name != "product-box"}
    attributes = {"asin": f"{CURRENT},{OTHER}"}
    rendered = site.php(
        RENDER_IN_THEME, templates=changed, attributes=attributes, displays=list(templates)
    )
    for display, name in templates.items():
        if display != "box":
            assert f"<b>theme {name}</b>" in rendered[display]
    parts = {f"parts/{name}": f"<b>{name}</b>" for name in ("price", "lists", "details")}
    box = site.php(
        RENDER_IN_THEME, templates=parts, attributes={"asin": CURRENT}, displays=["box"]
    )["box"]
    for name in ("price", "lists", "details"):
        assert f"<b>{name}</b>" in box


def test_fifty_products_of_any_display_need_three_queries(site: Site) -> None:
    counts = site.php(COUNT_QUERIES, product=product(1), displays=list(DISPLAYS))
    for display, shown, queries in counts:
        assert len(queries) <= 3, (display, queries)
        assert shown == 50, display
