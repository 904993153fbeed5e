"""The defaults of displays in Settings → Display."""

from collections.abc import Iterator

import pytest

from tests.plugin.display_site import CURRENT, OTHER, STATEMENT, display_site, render, text_of
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

SAVE = "AmzLinkr\\DisplayDefaults\\save( $values ); return AmzLinkr\\DisplayDefaults\\get();"
STORE = "update_option( 'amzlinkr_display', $value );"
RENDER_PAGE = """
foreach ( array( 'admin', 'actions' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/settings-display.php';
return ob_get_clean();
"""
STYLES = """
$styles = WP_Block_Styles_Registry::get_instance()->get_registered_styles_for_block( $block );
return array_keys( array_filter( array_column( $styles, 'is_default', 'name' ) ) );
"""
BOTH = f"{CURRENT},{OTHER}"
NONE = {"style": "clean", "layout": "horizontal", "several": "grid", "button": "", "statement": ""}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one site for all tests of this module."""
    with display_site() as running:
        yield running


def test_defaults_apply_where_a_display_has_no_choice(site: Site) -> None:
    before = render(site, CURRENT)
    assert '<div class="amzlinkr-box"' in before
    assert "amzlinkr-grid" in render(site, BOTH)
    values = {
        "style": "card",
        "layout": "vertical",
        "several": "table",
        "button": "Look <b>here",
        "statement": "I earn.",
    }
    assert site.php(SAVE, values=values) == values | {"button": "Look <b>here"}
    box = render(site, CURRENT)
    assert 'class="amzlinkr-box amzlinkr-box--vertical is-style-card"' in box
    assert "Look &lt;b&gt;here" in box
    assert "I earn." in text_of(box)
    assert STATEMENT not in text_of(box)
    assert "<table>" in render(site, BOTH)

    own = {"layout": "compact", "style": "minimal", "button": "Mine"}
    box = render(site, CURRENT, **own)
    assert 'class="amzlinkr-box amzlinkr-box--compact is-style-minimal"' in box
    assert "Mine" in box
    assert "is-style-clean" in render(site, CURRENT, className="x is-style-clean y")
    assert "is-style-card" in render(site, CURRENT, className="is-style-other")
    assert "amzlinkr-list__items" in render(site, BOTH, display="list")
    for block in ("amzlinkr/product", "amzlinkr/list"):
        assert site.php(STYLES, block=block) == ["card"]

    site.php(SAVE, values=NONE)
    assert '<div class="amzlinkr-box"' in render(site, CURRENT)
    assert site.php(STYLES, block="amzlinkr/product") == ["clean"]


@pytest.mark.parametrize(
    "value", ["x", None, {"style": "x", "layout": ["card"], "several": 1}, {"statement": ["x"]}]
)
def test_stored_values_that_are_not_known_are_ignored(site: Site, value: object) -> None:
    site.php(STORE, value=value)
    assert site.php("return AmzLinkr\\DisplayDefaults\\get();") == NONE
    assert STATEMENT in text_of(render(site, CURRENT))


def test_settings_page_shows_the_defaults_escaped(site: Site) -> None:
    attack = '"><script>attack()</script>'
    site.php(SAVE, values=NONE | {"style": "minimal", "button": attack, "statement": attack})
    page = site.php(RENDER_PAGE)
    assert "<script>attack" not in page
    assert page.count("&quot;&gt;&lt;script&gt;attack()") == 2
    for selected in ("minimal", "horizontal", "grid"):
        assert f"<option value=\"{selected}\"  selected='selected'>" in page
