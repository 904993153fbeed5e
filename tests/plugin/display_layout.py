"""Pages with all displays on block themes and a classic one, in both directions of text."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Page

from tests.plugin.browser import Browser
from tests.plugin.display_site import INLINE, STORE, display_site, product
from tests.plugin.site import Site

THEMES = {
    "6.1": ("twentytwentythree", "twentytwentyone"),
    "6.8": ("twentytwentyfive",),
}
"""Themes by the version of WordPress that contains them. Twenty Twenty-One is a classic one."""
LAYOUTS = ("horizontal", "vertical", "compact")
SIZES = ("small", "", "large")
PRODUCTS = (
    product(21, price={"display": "₹1,23,456.00"}, list_price={"display": "₹1,50,000.00"}),
    product(22, title="A product with a title of some length, 2 pieces, black, for the kitchen"),
    product(23, price={"display": "Rp1.234.567,00"}, list_price={"display": "Rp1.500.000,00"}),
    product(24, condition="Used", unit_price="$0.40 / 100 g", brand="Maker of some things"),
    product(25, price={"display": "1 234,56 zł"}, availability_message="Usually in 3 to 5 weeks"),
    product(26, title="Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3),
    product(27, image={}),
)
ASINS = [str(each["asin"]) for each in PRODUCTS]
OWN = "badge='Best choice|Tip|Our choice of the year' bullets='Steel;16 settings' pros='Quiet'"
CHANGE_DIRECTION = """<?php
if ( isset( $_GET['rtl'] ) ) {
    add_filter( 'locale', static fn() => 'ar' );
    add_filter( 'gettext_with_context', static function ( $translation, $text, $context ) {
        return 'text direction' === $context ? 'rtl' : $translation;
    }, 10, 3 );
}
"""
CREATE_POST = """
kses_remove_filters();
return get_permalink( wp_insert_post( array(
    'post_title'   => 'Displays',
    'post_content' => wp_slash( $content ),
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) );
"""


@contextmanager
def layout_site(version: str) -> Iterator[Site]:
    """Run a site with PRODUCTS, of which pages with `rtl` in their URL are in Arabic."""
    with display_site(version) as site:
        site.php(STORE, products=PRODUCTS)
        folder = site.root / "wp-content/mu-plugins"
        (folder / "direction.php").write_text(CHANGE_DIRECTION)
        yield site


def shortcode(count: int = 1, first: int = 0, **attributes: str) -> str:
    """Return a shortcode of one or more of PRODUCTS."""
    asins = ",".join(ASINS[first : first + count])
    texts = "".join(f" {name}='{value}'" for name, value in attributes.items())
    return f"[amzlinkr asin='{asins}'{texts} {OWN}]"


def all_displays() -> list[str]:
    """Return shortcodes of all displays, boxes in each layout and size."""
    boxes = [
        shortcode(first=number % 7, layout=layout, size=size)
        for number, (layout, size) in enumerate(
            (layout, size) for layout in LAYOUTS for size in SIZES
        )
    ]
    groups = [
        shortcode(7, display=display, layout=layout)
        for display, layout in (("grid", ""), *(("list", each) for each in LAYOUTS))
    ]
    columns = [shortcode(4, display="grid", columns=number) for number in "24"]
    tables = [shortcode(count, display="table") for count in (3, 7)]
    sentences = [
        f"A sentence with {shortcode(1, first, display=display)} in it."
        for display in INLINE
        for first in (0, 5)
    ]
    return [*boxes, *groups, *columns, *tables, *sentences]


def create_post(site: Site, contents: Sequence[str]) -> str:
    """Create a post and return its URL."""
    url: str = site.php(CREATE_POST, content="\n\n".join(contents))
    return url


@contextmanager
def opened(browser: Browser, url: str, *, has_phone: bool = False) -> Iterator[Page]:
    """Open a post of create_post(), with all pictures loaded."""
    page = browser.new_visitor(has_phone=has_phone)
    page.goto(url)
    for picture in page.locator(".amzlinkr-box__image img").all():
        picture.evaluate("image => { image.loading = 'eager'; }")
    page.wait_for_load_state("networkidle")
    yield page
    page.context.close()
