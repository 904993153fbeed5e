"""The fields of a product in its box: a table with a row for each field, in English and German.

| Field of the product | PA-API 5.0 and Creators API | In the box |
|---|---|---|
| `title`, `brand`, `image`, `url` | both | name, brand, picture, links |
| `price`, `price_status` | both | the price, only if the status is `current` |
| `list_price`, `savings_percent` | both | struck through, with its label |
| `list_price_label`, `list_price_kind` | both | Amazon's label, or a word for the kind |
| `unit_price` | both | beside the price |
| `deal` | both | badge with its end; "with Prime" if the price is for members only |
| `condition` | both | if the offer is not new |
| `availability`, `availability_message` | both | Amazon's text, or a word for each value |
| `min_order_quantity`, `max_order_quantity` | both | below the availability |
| `features`, `binding`, `merchant`, `prime` | both | not shown |
"""

import html
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.site import wordpress

pytestmark = pytest.mark.wordpress

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "clients/wordpress/amzlinkr"
VERSION = "6.5"
ASIN_LINK = "https://www.amazon.com/dp/{}?tag=demo-20"
SET_UP = """
activate_plugin( 'amzlinkr/amzlinkr.php' );
update_option( 'amzlinkr_marketplaces', array( 'US' => array( 'domain' => 'www.amazon.com' ) ) );
$accounts = array( 'primary' => 'US', 'tags' => array( 'US' => 'demo-20' ) );
update_option( 'amzlinkr_accounts', $accounts );
"""
STORE = "return AmzLinkr\\Products\\store( $products, 1 );"
RENDER_ALL = "return array_map( 'do_shortcode', $shortcodes );"


def usd(text: str) -> dict[str, object]:
    """Return a price in the format of the service."""
    return {"amount": round(float(text) * 100), "currency": "USD", "display": f"${text}"}


NOW = datetime.now(UTC)
LATER = (NOW + timedelta(days=1)).isoformat()
EARLIER = (NOW - timedelta(minutes=1)).isoformat()
BASE: dict[str, object] = {
    "marketplace": "US",
    "title": "Acme Kettle",
    "url": "https://www.amazon.com/dp/x?tag=demo-20",
    "image": {"url": "https://m.media-amazon.com/images/I/1.jpg", "width": 100, "height": 100},
    "brand": "Acme",
    "features": ["A feature"],
    "binding": "Kitchen",
    "price": usd("20.00"),
    "availability": "in_stock",
    "price_status": "current",
    "condition": "New",
    "merchant": "A merchant",
    "prime": True,
    "observed_at": NOW.isoformat(),
    "disclaimer": "Disclaimer of the service.",
}
REFERENCE = {"list_price": usd("25.00"), "savings_percent": 20}


def deal(access: str = "all", **fields: object) -> dict[str, object]:
    """Return the field `deal` of a product."""
    return {"deal": {"access": access, "badge": "Limited time deal", **fields}}


@dataclass(frozen=True)
class Row:
    """A product with changed fields, and the texts that its box contains or does not contain."""

    name: str
    fields: dict[str, object]
    english: str = ""
    german: str = ""
    absent: tuple[str, ...] = ()
    title: str = ""
    is_box: bool = True


ROWS = (
    Row("title", {}, "Acme Kettle", "Acme Kettle"),
    Row("brand", {}, "Acme Kettle Acme", "Acme Kettle Acme"),
    Row("price", {}, "Acme $20.00 In stock", "Acme $20.00 Auf Lager"),
    Row("own-title", {}, "My kettle Acme", "My kettle Acme", ("Acme Kettle",), "My kettle"),
    Row("not-shown", {}, absent=("A feature", "Kitchen", "A merchant", "Prime", "Condition")),
    Row(
        "list-price",
        REFERENCE | {"list_price_kind": "list_price"},
        "−20% List price $25.00",
        "−20 % UVP $25.00",
    ),
    Row(
        "was-price",
        REFERENCE | {"list_price_kind": "was_price"},
        "−20% Was $25.00",
        "−20 % Statt $25.00",
        ("List price",),
    ),
    Row(
        "lowest-price",
        REFERENCE | {"list_price_kind": "lowest_price"},
        "Lowest price $25.00",
        "Niedrigster Preis $25.00",
        ("List price",),
    ),
    Row(
        "unknown-kind",
        REFERENCE | {"list_price_kind": "another"},
        "Reference price $25.00",
        "Vergleichspreis $25.00",
        ("List price",),
    ),
    Row(
        "amazons-label",
        REFERENCE | {"list_price_kind": "was_price", "list_price_label": "Prix conseillé :"},
        "Prix conseillé $25.00",
        "Prix conseillé $25.00",
        ("Was", "Statt"),
    ),
    Row("savings-without-list-price", {"savings_percent": 20}, absent=("%",)),
    Row("unit-price", {"unit_price": "$2.00 / l"}, "$20.00 $2.00 / l", "$20.00 $2.00 / l"),
    Row("prime-exclusive", deal("prime_exclusive"), "$20.00 with Prime", "$20.00 mit Prime"),
    Row("prime-early", deal("prime_early_access"), "$20.00 with Prime", "$20.00 mit Prime"),
    Row("deal", deal(), "Limited time deal $20.00", "Limited time deal $20.00", ("Prime", "until")),
    Row("deal-end", deal(ends_at=LATER), "Limited time deal until", "Limited time deal bis"),
    Row("deal-without-badge", {"deal": {"access": "all"}}, "Deal $20.00", "Angebot $20.00"),
    Row(
        "deal-has-ended",
        deal(ends_at=EARLIER) | REFERENCE | {"unit_price": "$2.00 / l", "condition": "Used"},
        "Acme In stock",
        "Acme Auf Lager",
        ("$", "%", "Limited", "Used", "Condition"),
    ),
    Row(
        "deal-for-unknown-customers",
        deal("club") | REFERENCE,
        "See price on Amazon",
        "Preis bei Amazon ansehen",
        ("$", "%", "Limited"),
    ),
    Row("used", {"condition": "Used"}, "Condition: used", "Zustand: gebraucht"),
    Row(
        "refurbished",
        {"condition": "refurbished"},
        "Condition: refurbished",
        "Zustand: generalüberholt",
    ),
    Row(
        "collectible",
        {"condition": "Collectible"},
        "Condition: collectible",
        "Zustand: Sammlerstück",
    ),
    Row("other-condition", {"condition": "Open Box"}, "Condition: Open Box", "Zustand: Open Box"),
    Row("in_stock", {"availability": "in_stock"}, "In stock", "Auf Lager"),
    Row(
        "in_stock_scarce",
        {"availability": "in_stock_scarce"},
        "Only a few left in stock",
        "Nur noch wenige auf Lager",
    ),
    Row("leadtime", {"availability": "leadtime"}, "Ships with a delay", "Verzögerter Versand"),
    Row(
        "available_date",
        {"availability": "available_date"},
        "Available from a later date",
        "Erst später lieferbar",
    ),
    Row("preorder", {"availability": "preorder"}, "Available for pre-order", "Vorbestellbar"),
    Row("out_of_stock", {"availability": "out_of_stock"}, "Out of stock", "Nicht auf Lager"),
    Row(
        "unavailable",
        {"availability": "unavailable"},
        "Currently unavailable",
        "Derzeit nicht verfügbar",
    ),
    Row(
        "unknown",
        {"availability": "unknown"},
        "See availability on Amazon",
        "Verfügbarkeit bei Amazon ansehen",
    ),
    Row(
        "unknown-availability",
        {"availability": "a new value"},
        "See availability on Amazon",
        "Verfügbarkeit bei Amazon ansehen",
        ("a new value",),
    ),
    Row(
        "availability_message",
        {"availability_message": "Only 3 left - order soon."},
        "Only 3 left - order soon.",
        "Only 3 left - order soon.",
        ("In stock",),
    ),
    Row(
        "min_order_quantity",
        {"min_order_quantity": 2},
        "Minimum order quantity: 2",
        "Mindestbestellmenge: 2",
    ),
    Row(
        "max_order_quantity",
        {"min_order_quantity": 1, "max_order_quantity": 3},
        "Maximum order quantity: 3",
        "Höchstbestellmenge: 3",
        ("Minimum",),
    ),
    Row(
        "hidden-price",
        REFERENCE | deal("prime_exclusive") | {"price_status": "hidden", "unit_price": "$2.00 / l"},
        "See price on Amazon",
        "Preis bei Amazon ansehen",
        ("$", "%", "Prime", "Limited"),
    ),
    Row("unknown-status", {"price_status": "a new value"}, "Acme Kettle", absent=("$",)),
    Row(
        "expired",
        {"price_status": "expired"},
        "See price on Amazon.com As an Amazon Associate",
        "Preis bei Amazon.com ansehen Als Amazon-Partner",
        ("Kettle", "$"),
        is_box=False,
    ),
    Row(
        "expired-with-own-title",
        {"price_status": "expired"},
        "My kettle See price on Amazon As an Amazon",
        "My kettle Preis bei Amazon ansehen Als Amazon-Partner",
        title="My kettle",
    ),
    Row("waiting", {"price_status": "waiting"}, "See price on Amazon.com", is_box=False),
    Row("missing", {"price_status": "missing"}, absent=("Kettle", "$", "Amazon"), is_box=False),
    Row(
        "missing-with-own-title",
        {"price_status": "missing"},
        "My kettle See price on Amazon As an Amazon",
        title="My kettle",
    ),
    Row("without-title", {"title": None}, "See price on Amazon", absent=("$",), is_box=False),
)


def asin_of(index: int) -> str:
    """Return the ASIN of the row with this index."""
    return f"B0FIELD{index:03d}"


@pytest.fixture(scope="module")
def boxes() -> Iterator[dict[str, list[str]]]:
    """Render the box of each row, and yield the HTML in the order of the rows by language."""
    products = [BASE | row.fields | {"asin": asin_of(i)} for i, row in enumerate(ROWS)]
    shortcodes = [f'[amzlinkr asin="{asin_of(i)}" title="{r.title}"]' for i, r in enumerate(ROWS)]
    with (
        tempfile.TemporaryDirectory(prefix="amzlinkr-fields-") as folder,
        wordpress(VERSION, PLUGIN, Path(folder)) as site,
    ):
        site.php(SET_UP)
        site.php(STORE, products=products)
        rendered: dict[str, Any] = {"en": site.php(RENDER_ALL, shortcodes=shortcodes)}
        languages = site.root / "wp-content/languages"
        languages.mkdir(exist_ok=True)
        shutil.copyfile(PLUGIN / "languages/amzlinkr-de_DE.mo", languages / "de_DE.mo")
        site.php("update_option( 'WPLANG', 'de_DE' );")
        rendered["de"] = site.php(RENDER_ALL, shortcodes=shortcodes)
        yield rendered
        assert site.debug_log() == ""


def visible_text(markup: str) -> str:
    """Return the text of HTML, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[row.name for row in ROWS])
def test_box_shows_field(index: int, boxes: dict[str, list[str]]) -> None:
    row = ROWS[index]
    english, german = boxes["en"][index], boxes["de"][index]
    text = visible_text(english).partition("as of")[0]
    assert row.english in visible_text(english)
    assert row.german in visible_text(german)
    for markup, words in ((english, text), (german, visible_text(german))):
        assert ('class="amzlinkr-box"' in markup) is row.is_box
        assert [absent for absent in row.absent if absent in words] == []
    if row.is_box:
        assert "<a " in english.partition('class="amzlinkr-box__title"')[2]
    elif english:
        assert f'href="{ASIN_LINK.format(asin_of(index))}"' in english
        assert 'rel="sponsored nofollow noopener"' in english
    assert ("<del>$25.00</del>" in english) is ("$25.00" in text)
