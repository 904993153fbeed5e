"""Screenshots of the plugin for the documentation: `python -m tests.plugin.screenshots`.

The script runs the local service and a WordPress site and writes `docs/images/plugin-*.png`.
Drawings replace the product pictures, which would come from Amazon's servers.
"""

import sys
import tempfile
import zlib
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, Page, Route

from infra.local.stack.signals import stop_on_signals
from infra.local.stack.stack import running_stack
from tests.plugin import pages
from tests.plugin.backend import Backend, wait_until
from tests.plugin.browser import OUTSIDE_URL, VIEWPORT, Browser, running_browser
from tests.plugin.site import Site, wordpress

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "clients/wordpress/amzlinkr"
IMAGES = ROOT / "docs/images"
VERSION = "6.5"
MARGIN = 20
MAX_BYTES = 200_000

QUERY = "coffee grinder"
# Titles of the search results, in place of the generated ones of the fake Amazon.
TITLES = (
    ("Acme", "Acme Manual Coffee Grinder with Steel Burrs"),
    ("Northwind", "Northwind Hand Grinder, 16 Settings"),
    ("Globex", "Globex Travel Grinder for Espresso and Filter Coffee"),
    ("Initech", "Initech Ceramic Burr Grinder, Adjustable"),
    ("Acme", "Acme Compact Grinder with Glass Jar, 40 g"),
    ("Northwind", "Northwind Wooden Box Grinder"),
    ("Globex", "Globex Camping Grinder, Foldable Handle"),
    ("Initech", "Initech Turkish Coffee Mill, Brass"),
    ("Acme", "Acme Spice and Coffee Grinder, Stainless Steel"),
    ("Northwind", "Northwind Grinder Starter Set with Brush"),
)
CREATE_POST = """
return get_permalink( wp_insert_post( array(
    'post_title'   => 'A small grinder for the kitchen',
    'post_content' => $content,
    'post_status'  => 'publish',
    'post_author'  => 1,
) ) );
"""
FOREIGN_POST = """[amazon box="{asin}" title="The small one"]

<!-- wp:paragraph -->
<p>It costs [amazon fields="{asin}" value="price"] today.</p>
<!-- /wp:paragraph -->

<!-- wp:aawp/aawp-block {{"look":"box","asin":"{asin}","template":"list"}} /-->"""
"""A post with shortcodes and a block of AAWP."""

COLORS = ("#8d6e63", "#607d8b", "#6d8b74", "#a1887f", "#78909c", "#9e9d6b")
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="400" height="400">
<ellipse cx="100" cy="172" rx="58" ry="7" fill="#eceff1"/>
<path d="M100 46V30h34" fill="none" stroke="#546e7a" stroke-width="5" stroke-linecap="round"/>
<circle cx="138" cy="30" r="8" fill="#546e7a"/>
<path d="M62 50h76l-10 34H72z" fill="{color}"/>
<rect x="68" y="84" width="64" height="8" rx="2" fill="#546e7a"/>
<path d="M70 92h60l6 74a6 6 0 0 1-6 6H70a6 6 0 0 1-6-6z" fill="{color}" fill-opacity=".75"/>
<rect x="82" y="130" width="36" height="22" rx="4" fill="#fff" fill-opacity=".7"/>
</svg>"""


def main() -> int:
    """Take all screenshots and report their sizes; return 1 if one is too large."""
    stop_on_signals()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="amzlinkr-screenshots-") as folder,
        running_stack(state=Path(folder, "stack")) as stack,
    ):
        site_folder = Path(folder, "site")
        site_folder.mkdir()
        with (
            wordpress(VERSION, PLUGIN, site_folder) as site,
            running_browser(Path(folder, "browser")) as browser,
        ):
            take_screenshots(site, browser, Backend(stack))
    sizes = {path.name: path.stat().st_size for path in sorted(IMAGES.glob("plugin-*.png"))}
    for name, size in sizes.items():
        print(f"{name}: {size // 1000} kB")
    return int(any(size > MAX_BYTES for size in sizes.values()))


def take_screenshots(site: Site, browser: Browser, backend: Backend) -> None:
    """Set up the site and take the screenshots."""
    owner = browser.log_in(site)
    owner.route(OUTSIDE_URL, draw_product)
    pages.set_up(owner, site, backend)
    name_products(backend, site)

    pages.open_page(owner, site, "amzlinkr-settings")
    pages.save_keys(owner)
    clip_page(owner, owner.locator("#amzlinkr-keys [type=submit]"), "plugin-settings")

    pages.open_page(owner, site, "amzlinkr-search")
    owner.get_by_label("Keywords").fill(QUERY)
    owner.get_by_role("button", name="Search").click()
    cards = owner.locator(".amzlinkr-card")
    cards.first.wait_for()
    for index in range(2):
        cards.nth(index).click()
    owner.wait_for_load_state("networkidle")
    clip_page(owner, owner.locator(".amzlinkr-pages"), "plugin-search")
    asin = cards.first.locator("input").input_value()

    pages.start_import(owner, site, [asin])
    owner.locator("#amzlinkr-imported .notice-success").wait_for()
    content = (
        "<!-- wp:paragraph --><p>It grinds evenly, is quiet, and needs no electricity.</p>"
        f'<!-- /wp:paragraph -->\n<!-- wp:amzlinkr/product {{"asin":"{asin}"}} /-->'
    )
    visitor = browser.new_visitor()
    visitor.route(OUTSIDE_URL, draw_product)
    visitor.goto(site.php(CREATE_POST, content=content))
    visitor.wait_for_load_state("networkidle")
    clip_box(visitor, "plugin-box")

    show_migration(owner, site, asin)


def show_migration(owner: Page, site: Site, asin: str) -> None:
    """Take a screenshot of the posts in which shortcodes of another plugin can be replaced."""
    site.php(CREATE_POST, content=FOREIGN_POST.format(asin=asin))
    pages.open_page(owner, site, "amzlinkr-migration")
    owner.get_by_role("button", name="Search my site").click()
    owner.get_by_role("link", name="Can be replaced (1)").click()
    owner.wait_for_load_state("networkidle")
    clip_page(owner, owner.get_by_role("button", name="Replace in the checked"), "plugin-migration")


def name_products(backend: Backend, site: Site) -> None:
    """Replace the generated titles of the search results."""
    service = backend.service_of(site)
    found: list[dict[str, str]] = []

    def search() -> bool:
        # A new account may send one request per second, so the first search can be refused.
        reply = service.call("GET", "/search", keywords=QUERY)
        found.extend(reply.json["items"] if reply.status == 200 else [])
        return bool(found)

    wait_until(search, "The search found nothing")
    for product, (brand, title) in zip(found, TITLES, strict=False):
        names = {"asin": product["asin"], "marketplace": "US", "title": title, "brand": brand}
        backend.amazon.send("POST", "names", names)


def draw_product(route: Route) -> None:
    """Answer a request for a product picture with a drawing in a color that depends on the URL."""
    color = COLORS[zlib.crc32(route.request.url.encode()) % len(COLORS)]
    route.fulfill(content_type="image/svg+xml", body=DRAWING.format(color=color))


def clip_page(page: Page, last: Locator, name: str) -> None:
    """Take a screenshot from the top of the page to the end of an element, in full width."""
    box = last.bounding_box()
    assert box
    # A place without a menu, which would open under the pointer.
    page.mouse.move(VIEWPORT["width"] - MARGIN, 2 * MARGIN)
    height = box["y"] + box["height"] + MARGIN
    clip: FloatRect = {"x": 0, "y": 0, "width": VIEWPORT["width"], "height": height}
    page.screenshot(path=IMAGES / f"{name}.png", clip=clip, full_page=True, animations="disabled")


def clip_box(page: Page, name: str) -> None:
    """Take a screenshot of the post's title, text and product box."""
    top = page.locator("h1").first.bounding_box()
    bottom = page.locator(".amzlinkr-box").bounding_box()
    assert top
    assert bottom
    start = top["y"] - MARGIN
    height = bottom["y"] + bottom["height"] + MARGIN - start
    clip: FloatRect = {"x": 0, "y": start, "width": VIEWPORT["width"], "height": height}
    page.screenshot(path=IMAGES / f"{name}.png", clip=clip, full_page=True, animations="disabled")


if __name__ == "__main__":
    sys.exit(main())
