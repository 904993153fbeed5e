"""Accessibility of all displays by axe-core: WCAG 2.2 AA on three themes, light and dark."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from tests.plugin.browser import Browser
from tests.plugin.display_site import (
    CURRENT,
    DEAL,
    DISPLAYS,
    EXPIRED,
    MISSING,
    OTHER,
    WAITING,
    display_site,
)
from tests.plugin.install import NODE_MODULES
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

AXE = NODE_MODULES / "axe-core/axe.min.js"
THEMES = (("6.1", "twentytwentythree"), ("6.1", "twentytwentyone"), ("6.5", "twentytwentyfour"))
DARK_THEME = """
body, .entry-content { background: #15171c; color: #f0f0f0; }
.entry-content a:not( .wp-element-button ), .amzlinkr-footnotes a { color: #9cc7ff; }
"""
COLORS = {"light": "body { background: #fff; }", "dark": DARK_THEME}
CREATE_POST = """
switch_theme( $theme );
return get_permalink( wp_insert_post( array(
    'post_title'   => 'Displays',
    'post_content' => wp_slash( $content ),
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) );
"""
RUN = """async () => {
    const only = { type: 'tag', values: [ 'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa' ] };
    const parts = [ '.entry-content', '.amzlinkr-footnotes', '.amzlinkr-content-notice' ];
    const { violations, passes } = await axe.run( { include: parts }, { runOnly: only } );
    const describe = ( { id, nodes } ) => nodes.map( ( node ) => `${ id }: ${ node.html } ${ node.failureSummary }` );
    return [ violations.flatMap( describe ), passes.map( ( { id } ) => id ) ];
}"""  # noqa: E501 -- JavaScript
LOWER_CONTRAST = "document.querySelector( '.amzlinkr-box__savings' ).style.color = '#d06040'"


def get_content() -> str:
    """Return all displays with all parts."""
    products = f"{CURRENT},{OTHER},{DEAL},{WAITING},{EXPIRED}"
    own = (
        "title='My own title||||' badge='|Our choice|||' bullets='One;two||||' pros='Quiet||||'"
        " cons='Heavy||||'"
    )
    rows = "price *2;savings;deal;condition;availability;Weight: 480 g | *250 g;bullets;pros"
    shortcodes = [
        f'[amzlinkr asin="{products},{MISSING}" display="{display}" rows="{rows}" {own}]'
        for display in DISPLAYS
    ]
    layouts = [
        f'[amzlinkr asin="{DEAL}" layout="{layout}" style="{style}"]'
        for layout, style in (("compact", "card"), ("vertical", "minimal"), ("horizontal", "clean"))
    ]
    colors = {"color": {"background": "#111111", "text": "#ffffff"}}
    blocks = [
        {"asin": asin, "display": display, "style": colors}
        for display in DISPLAYS
        for asin in (CURRENT, WAITING)
    ]
    written = [f"<!-- wp:amzlinkr/product {json.dumps(block)} /-->" for block in blocks]
    return "\n\n".join([*shortcodes, *layouts, *written])


@contextmanager
def opened(site: Site, browser: Browser, theme: str, colors: str) -> Iterator[Page]:
    """Open a page with all displays and axe-core."""
    page = browser.new_visitor()
    url = site.php(CREATE_POST, theme=theme, content=get_content())
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.add_style_tag(content=colors)
    page.add_script_tag(path=AXE)
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    yield page
    page.context.close()


@pytest.mark.parametrize("version", ["6.1", "6.5"])
def test_displays_have_no_violations(version: str, browser: Browser) -> None:
    with display_site(version) as site:
        for theme in [name for each, name in THEMES if each == version]:
            for name, colors in COLORS.items():
                with opened(site, browser, theme, colors) as page:
                    violations, passes = page.evaluate(RUN)
                    assert violations == [], (theme, name)
                    assert {"color-contrast", "link-name", "image-alt"} <= set(passes)
                    page.evaluate(LOWER_CONTRAST)
                    assert page.evaluate(RUN)[0], (theme, name)
