"""Pictures of the displays for the documentation: `python -m tests.plugin.display_pictures`.

The script runs WordPress sites with three themes, one of them a classic one, and writes
`docs/images/displays-*.png`, wide and on a phone. Drawings replace the product pictures, which
would come from Amazon's servers.
"""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page

from tests.plugin.browser import OUTSIDE_URL, Browser, running_browser
from tests.plugin.display_site import STORE, display_site, product
from tests.plugin.screenshots import IMAGES, MAX_BYTES, TITLES, draw_product
from tests.plugin.site import Site

WIDTHS = (1280, 390)
THEMES = {"6.1": ("twentytwentythree", "twentytwentyone"), "6.5": ("twentytwentyfour",)}
CREATE_POST = """
switch_theme( $theme );
return get_permalink( wp_insert_post( array(
    'post_title'   => 'Grinders for the kitchen',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) );
"""
SCROLL_BACK = """() => document.querySelectorAll( '.amzlinkr-table__scroll' )
    .forEach( ( part ) => part.scrollTo( 0, 0 ) )"""
DEAL = {
    "access": "all",
    "badge": "Limited time deal",
    "ends_at": (datetime.now(UTC) + timedelta(hours=20)).isoformat(),
}
PRODUCTS = (
    product(10, list_price={"display": "$139.00"}, savings_percent=28, deal=DEAL),
    product(11, list_price={}, savings_percent=0),
    product(12, unit_price="$0.40 / 100 g"),
)
FIRST, SECOND, THIRD = (str(each["asin"]) for each in PRODUCTS)
CONTENTS = {
    "box": f'[amzlinkr asin={FIRST} bullets="Steel burrs\n16 settings" badge="Our choice"]\n\n'
    f"[amzlinkr asin={SECOND} layout=compact]\n\n[amzlinkr asin={THIRD} style=card]",
    "grid": f"[amzlinkr asin='{FIRST},{SECOND},{THIRD}' columns=3 badge='|Our choice|']",
    "table": f"[amzlinkr asin='{FIRST},{SECOND},{THIRD}' display=table badge='|Our choice|'"
    " rows='price *2; Weight: 480 g | *250 g | 310 g; availability; pros'"
    " pros='Quiet;Steel burrs|Light|For travel']",
    "list": f"The [amzlinkr asin={FIRST} display=link title='hand grinder'] costs"
    f" [amzlinkr asin={FIRST} display=price].\n\n"
    '<div style="background:#15171c;color:#f0f0f0;padding:24px">\n\n'
    f"[amzlinkr asin='{FIRST},{SECOND},{THIRD}' display=list size=small style=card"
    f" hide=brand]\n\n</div>\n\n[amzlinkr asin={SECOND} display=button]",
}


def main() -> int:
    """Take all pictures and report their sizes; return 1 if one is too large."""
    for version, themes in THEMES.items():
        with (
            tempfile.TemporaryDirectory(prefix="amzlinkr-pictures-") as folder,
            display_site(version) as site,
            running_browser(Path(folder)) as browser,
        ):
            for theme in themes:
                take_pictures(site, browser, theme)
    sizes = {path.name: path.stat().st_size for path in sorted(IMAGES.glob("displays-*.png"))}
    for name, size in sizes.items():
        print(f"{name}: {size // 1000} kB")
    return int(any(size > MAX_BYTES for size in sizes.values()))


def take_pictures(site: Site, browser: Browser, theme: str) -> None:
    """Show each display in a post, and take a picture of its content in each width."""
    named = [
        each | {"brand": brand, "title": title}
        for each, (brand, title) in zip(PRODUCTS, TITLES, strict=False)
    ]
    site.php(STORE, products=named)
    page: Page = browser.new_visitor()
    page.route(OUTSIDE_URL, draw_product)
    for name, content in CONTENTS.items():
        url = site.php(CREATE_POST, theme=theme, content=content)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(url)
            for picture in page.locator(".amzlinkr-box__image img").all():
                picture.scroll_into_view_if_needed()
            page.wait_for_load_state("networkidle")
            page.evaluate(SCROLL_BACK)
            path = IMAGES / f"displays-{name}-{theme}-{width}.png"
            page.locator(".entry-content").screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    sys.exit(main())
