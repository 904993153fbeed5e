"""A site with products for tests of displays, without a service."""

import html
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.plugin.site import Site, wordpress

PLUGIN = Path(__file__).parents[2] / "clients/wordpress/amzlinkr"
VERSION = "6.5"
DISPLAYS = (
    "box", "grid", "list", "table", "link", "image", "button", "price", "title", "savings",
)  # fmt: skip
INLINE = DISPLAYS[4:]
DEAL_HOURS = 2
STATEMENT = "As an Amazon Associate I earn from qualifying purchases."
DISCLAIMER = "Disclaimer of the service."
AMAZONS = (
    "Title ",
    "Maker",
    "$",
    "% ",
    "In stock",
    "as of",
    DISCLAIMER,
    "media-amazon",
    "linkCode",
)
"""Texts of Amazon in the boxes of the products below."""
SET_UP = """
activate_plugin( 'amzlinkr/amzlinkr.php' );
update_option( 'amzlinkr_marketplaces', array(
    'US' => array( 'domain' => 'www.amazon.com' ),
    'DE' => array( 'domain' => 'www.amazon.de' ),
) );
$accounts = array( 'primary' => 'US', 'tags' => array( 'US' => 'demo-20', 'DE' => 'demo-21' ) );
update_option( 'amzlinkr_accounts', $accounts );
"""
STORE = "return AmzLinkr\\Products\\store( $products, 1 );"
RENDER = """
if ( $feed ) {
    $GLOBALS['wp_query']->is_feed = true;
}
wp_set_current_user( $user );
return array_map( 'AmzLinkr\\Display\\render', $attributes );
"""


def product(number: int, **fields: object) -> dict[str, object]:
    """Return a product in the format of the service, with changed fields."""
    asin = f"B0SHOW{number:04d}"
    return {
        "asin": asin,
        "marketplace": "US",
        "title": f"Title {number}",
        "url": f"https://www.amazon.com/dp/{asin}?tag=demo-20&linkCode=ogi",
        "image": {"url": f"https://m.media-amazon.com/{number}.jpg", "width": 300, "height": 200},
        "brand": "Maker",
        "price": {"display": f"${number}0.00"},
        "list_price": {"display": f"${number}9.00"},
        "list_price_kind": "list_price",
        "savings_percent": 20 + number,
        "availability": "in_stock",
        "price_status": "current",
        "observed_at": datetime.now(UTC).isoformat(),
        "disclaimer": DISCLAIMER,
    } | fields


def products() -> list[dict[str, object]]:
    """Return the products of the site, observed now."""
    deal = {
        "access": "prime_exclusive",
        "badge": "Limited time deal",
        "ends_at": (datetime.now(UTC) + timedelta(hours=DEAL_HOURS)).isoformat(),
    }
    return [
        product(1),
        product(2),
        product(3, condition="Used", deal=deal),
        product(4, price_status="waiting"),
        product(5, price_status="expired"),
        product(6, price_status="missing"),
        product(7, price_status="no_offer", availability=""),
    ]


CURRENT, OTHER, DEAL, WAITING, EXPIRED, MISSING, BARE = (str(each["asin"]) for each in products())


@contextmanager
def display_site(version: str = VERSION) -> Iterator[Site]:
    """Run a site with products(), and fail if PHP logged anything."""
    plugin_dir = Path(os.environ.get("AMZLINKR_TESTED_PLUGIN", PLUGIN))
    with (
        tempfile.TemporaryDirectory(prefix="amzlinkr-displays-") as folder,
        wordpress(version, plugin_dir, Path(folder)) as site,
    ):
        site.php(SET_UP)
        site.php(STORE, products=products())
        yield site
        log = site.debug_log()
        assert log == "", log


def render_all(
    site: Site, attributes: list[dict[str, Any]], *, feed: bool = False, user: int = 0
) -> list[str]:
    """Return the HTML of displays."""
    found: list[str] = site.php(RENDER, attributes=attributes, feed=feed, user=user)
    return found


def render(site: Site, asin: str, **attributes: object) -> str:
    """Return the HTML of one display."""
    return render_all(site, [{"asin": asin, **attributes}])[0]


def text_of(markup: str) -> str:
    """Return the text of HTML, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())
