"""The layout of displays: widths, readable columns, and parts that do not cover each other."""

from collections.abc import Iterator

import pytest

from tests.plugin.browser import PHONE, VIEWPORT, Browser
from tests.plugin.display_layout import (
    LAYOUTS,
    SIZES,
    THEMES,
    all_displays,
    create_post,
    layout_site,
    opened,
    shortcode,
)
from tests.plugin.site import Site

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.parametrize(
        ("version", "theme"),
        [(version, theme) for version, themes in THEMES.items() for theme in themes],
        scope="module",
    ),
    pytest.mark.parametrize("direction", ["ltr", "rtl"]),
]

MIN_TEXT_WIDTH = 150
PAPER_WIDTH = 718
"""The width of A4 without margins of 1 cm, in CSS pixels."""
WIDTHS = (PHONE["width"], VIEWPORT["width"])
FIND_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    const isClipped = ( element ) => element && (
        getComputedStyle( element ).overflowX !== 'visible' || isClipped( element.parentElement )
    );
    const parts = document.querySelectorAll( '[class*=amzlinkr], [class*=amzlinkr] *' );
    return [ ...parts ].filter( ( element ) => {
        const { left, right } = element.getBoundingClientRect();
        return ( right > width + 1 || left < -1 ) && ! isClipped( element );
    } ).map( ( element ) => element.outerHTML.slice( 0, 200 ) );
}"""
"""Elements that are beyond the page. Overflow of an absolutely positioned one may be scrolled."""
FIND_CUT = """() => [ ...document.querySelectorAll(
    '.amzlinkr-box, .amzlinkr-box__text, .amzlinkr-box__price, .amzlinkr-grid__item'
    + ', .amzlinkr-box__badge, .amzlinkr-box__buy a, .amzlinkr-button a'
) ].filter( ( element ) => element.clientWidth && element.scrollWidth > element.clientWidth + 1 )
    .map( ( element ) => `${ element.scrollWidth } > ${ element.clientWidth }: ${ element.outerHTML.slice( 0, 300 ) }` )
"""  # noqa: E501 -- JavaScript
"""Parts with a text that is wider than they are."""
FIND_COVERED = """() => {
    const parts = [
        '.amzlinkr-box__badge', '.amzlinkr-box__savings', '.amzlinkr-box__title',
        '.amzlinkr-box__price strong', '.amzlinkr-box__buy a',
    ].join();
    const areCovering = ( first, second ) =>
        Math.min( first.right, second.right ) - Math.max( first.left, second.left ) > 1 &&
        Math.min( first.bottom, second.bottom ) - Math.max( first.top, second.top ) > 1;
    return [ ...document.querySelectorAll( '.amzlinkr-box' ) ].flatMap( ( box ) => {
        const found = [ ...box.querySelectorAll( parts ) ].map( ( part ) => [ part.className || part.localName, part.getBoundingClientRect() ] );
        const item = box.closest( '.amzlinkr-list__item' );
        if ( item ) {
            const style = getComputedStyle( item, '::before' );
            const { left, right, top } = item.getBoundingClientRect();
            const width = parseFloat( style.width ) + parseFloat( style.paddingLeft ) + parseFloat( style.paddingRight );
            const height = parseFloat( style.height ) + parseFloat( style.paddingTop ) + parseFloat( style.paddingBottom );
            const start = style.direction === 'rtl' ? right - width : left;
            found.push( [ 'number', new DOMRect( start, top, width, height ) ] );
        }
        return found.flatMap( ( [ name, area ], index ) => found.slice( index + 1 )
            .filter( ( [ , other ] ) => area.width && other.width && areCovering( area, other ) )
            .map( ( [ other ] ) => `${ box.className }: ${ name } and ${ other }` ) );
    } );
}"""  # noqa: E501 -- JavaScript
FIND_NARROW = """( least ) => [ ...document.querySelectorAll( '.amzlinkr-box__text' ) ]
    .filter( ( text ) => text.clientWidth < least )
    .map( ( text ) => `${ text.clientWidth }: ${ text.parentElement.className }` )
"""
FIND_BROKEN_WORDS = """() => [ ...document.querySelectorAll(
    '.amzlinkr-box__buy a, .amzlinkr-button a, .amzlinkr-box__price strong'
) ].flatMap( ( part ) => {
    const text = [ ...part.childNodes ].find( ( node ) => node.nodeType === Node.TEXT_NODE );
    return [ ...text.data.matchAll( /\\S+/g ) ].filter( ( word ) => {
        const range = document.createRange();
        range.setStart( text, word.index );
        range.setEnd( text, word.index + word[ 0 ].length );
        return range.getClientRects().length > 1;
    } ).map( ( word ) => `${ word[ 0 ] } in ${ part.closest( '[data-until]' ).className }` );
} )"""
"""Words of buttons and prices that are on more than one line."""


FIND_REORDERED = """() => [ ...document.querySelectorAll(
    '.amzlinkr-box__price strong, .amzlinkr-box__unit, .amzlinkr-price strong, .amzlinkr-box__reference del'
) ].filter( ( { firstChild: text } ) => {
    const [ first, last ] = [ 0, text.length - 1 ].map( ( start ) => {
        const range = document.createRange();
        range.setStart( text, start );
        range.setEnd( text, start + 1 );
        return range.getBoundingClientRect();
    } );
    return first.top === last.top && first.left > last.left;
} ).map( ( part ) => part.outerHTML )"""  # noqa: E501 -- JavaScript
"""Prices that begin at their right end. Those of PRODUCTS are written from left to right."""
FIND_BEYOND_PAPER = """( width ) => {
    const cells = [ ...document.querySelectorAll( '.amzlinkr-table :is(th, td)' ) ];
    return cells.filter( ( cell ) => {
        const { left, right } = cell.getBoundingClientRect();
        return left < -1 || right > width + 1 || cell.scrollWidth > cell.clientWidth + 2;
    } ).map( ( cell ) => cell.textContent.trim() );
}"""
"""Cells that are beyond the paper, or are wider than their column."""


@pytest.fixture(scope="module")
def site(version: str, theme: str) -> Iterator[Site]:
    """Run a site with a theme for all tests of this module."""
    with layout_site(version) as running:
        running.php("switch_theme( $theme );", theme=theme)
        yield running


def address(site: Site, direction: str, *contents: str) -> str:
    """Create a post and return its URL for a direction of text."""
    return create_post(site, contents) + ("?rtl=1" if direction == "rtl" else "")


@pytest.mark.parametrize("width", WIDTHS)
def test_displays_fit_the_page_and_no_part_covers_another(
    site: Site, browser: Browser, direction: str, width: int
) -> None:
    url = address(site, direction, *all_displays())
    with opened(browser, url, has_phone=width == PHONE["width"]) as page:
        assert page.evaluate("document.documentElement.dir || 'ltr'") == direction
        assert page.evaluate(FIND_WIDE) == []
        # A phone zooms out of a wide page.
        assert page.evaluate("innerWidth") == width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(FIND_CUT) == []
        assert page.evaluate(FIND_COVERED) == []
        assert page.evaluate(FIND_BROKEN_WORDS) == []
        assert page.evaluate(FIND_REORDERED) == []


def test_texts_have_room_on_a_phone(site: Site, browser: Browser, direction: str) -> None:
    boxes = [shortcode(layout=layout, size=size) for layout in LAYOUTS for size in SIZES]
    with opened(browser, address(site, direction, *boxes), has_phone=True) as page:
        assert page.evaluate(FIND_NARROW, MIN_TEXT_WIDTH) == []
        assert page.evaluate(FIND_BROKEN_WORDS) == []


def test_boxes_fit_narrow_columns(site: Site, browser: Browser, direction: str) -> None:
    columns = [
        f"<!-- wp:column --><div class='wp-block-column'>{shortcode(first=2, layout=layout)}</div>"
        "<!-- /wp:column -->"
        for layout in LAYOUTS
    ]
    content = f"<!-- wp:columns --><div class='wp-block-columns'>{''.join(columns)}</div>"
    url = address(site, direction, f"{content}<!-- /wp:columns -->")
    with opened(browser, url) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == VIEWPORT["width"]
        assert page.evaluate(FIND_WIDE) == []
        assert page.evaluate(FIND_CUT) == []
        assert page.evaluate(FIND_COVERED) == []


def test_tables_fit_on_paper(site: Site, browser: Browser, direction: str) -> None:
    rows = "price;savings;deal;unit;condition;availability;brand;Weight of it: 480 g;pros;bullets"
    tables = [shortcode(count, display="table", rows=rows) for count in (3, 7)]
    url = address(site, direction, *tables, shortcode(3, display="grid"))
    with opened(browser, url) as page:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": PAPER_WIDTH, "height": VIEWPORT["height"]})
        assert page.evaluate(FIND_BEYOND_PAPER, PAPER_WIDTH) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER_WIDTH
        assert page.evaluate(FIND_CUT) == []
