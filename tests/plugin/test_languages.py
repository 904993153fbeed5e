"""The marketplace of each language: with WPML, Polylang and the plugin's filters."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.plugin.list_bodies import asin_of, product
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.test_admin_forms import submit

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

WPML = """<?php
add_filter( 'wpml_current_language', static fn( $empty ) => $_GET['lang'] ?? get_option( 'test_language' ) );
add_filter( 'wpml_active_languages', static fn( $empty, $arguments ) => array(
    'en' => array( 'language_code' => 'en', 'native_name' => 'English' ),
    'de' => array( 'language_code' => 'de', 'native_name' => 'Deutsch' ),
), 10, 2 );
"""  # noqa: E501 -- PHP
POLYLANG = """<?php
function pll_current_language( $field = 'slug' ) { return get_option( 'test_language' ); }
function pll_languages_list( $args = array() ) {
    return 'name' === $args['fields'] ? array( 'English', 'Deutsch' ) : array( 'en', 'de' );
}
"""
OTHER = """<?php
add_filter( 'amzlinkr_languages', static fn() => array( 'en' => 'English', 'de' => 'Deutsch' ) );
add_filter( 'amzlinkr_current_language', static fn() => get_option( 'test_language' ) );
"""
ROOT = Path(__file__).parents[2]
PLUGINS = {"wpml": WPML, "polylang": POLYLANG, "other": OTHER}
ACCOUNTS = """
$option = get_option( AmzLinkr\\Accounts\\OPTION );
$option['accounts'][] = array( 'marketplace' => 'DE', 'partner_tag' => 'demo-21' ) + $option['accounts'][0];
$option['tags']['DE'] = 'demo-21';
update_option( AmzLinkr\\Accounts\\OPTION, $option );
$marketplaces       = get_option( AmzLinkr\\Accounts\\MARKETPLACES_OPTION );
$marketplaces['DE'] = array( 'code' => 'DE', 'domain' => 'www.amazon.de' ) + $marketplaces['US'];
update_option( AmzLinkr\\Accounts\\MARKETPLACES_OPTION, $marketplaces );
AmzLinkr\\Products\\store( $products, 0 );
"""  # noqa: E501 -- PHP
RENDER = """
update_option( 'test_language', $language );
return do_shortcode( $shortcode );
"""
SAVE = "AmzLinkr\\Languages\\save( $map ); return AmzLinkr\\Languages\\get_map();"
SETTINGS = """
wp_set_current_user( 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/settings-languages.php';
return ob_get_clean();
"""
COUNT_QUERIES = """
update_option( 'test_language', 'de' );
get_option( 'amzlinkr_languages' );
$before = $GLOBALS['wpdb']->num_queries;
apply_filters( 'the_content', $content );
return $GLOBALS['wpdb']->num_queries - $before;
"""
FORM = """<?php
add_action( 'plugins_loaded', static function () {
    if ( 'cli' === PHP_SAPI ) {
        require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
        require_once WP_PLUGIN_DIR . '/amzlinkr/admin/languages-action.php';
    }
}, 99 );
"""
EDITOR_DATA = """
AmzLinkr\\Block\\add_marketplace_data();
return implode( wp_scripts()->get_data( AmzLinkr\\Block\\EDITOR_HANDLE, 'before' ) );
"""
ADD_IN_EDITOR = """
globalThis.window = {};
require( process.argv[ 1 ] );
const empty = { asin: '', marketplace: '', title: '', text: '', bullets: '', pros: '', cons: '', badge: '', rows: '' };
const data = { domains: { US: 'www.amazon.com', DE: 'www.amazon.de' }, primary: 'US', isByLanguage: process.argv[ 2 ] === 'true' };
const add = ( attributes, ...products ) => window.amzlinkrProductTexts.add( { ...empty, ...attributes }, products, data );
const us = { asin: 'B0LIST0001', marketplace: 'US' };
const de = { asin: 'B0LIST0002', marketplace: 'DE' };
const results = [ add( {}, us ), add( {}, de ), add( { asin: 'B0LIST0003' }, us, de ) ];
console.log( JSON.stringify( results.map( ( { asin, marketplace } ) => [ asin, marketplace ] ) ) );
"""  # noqa: E501 -- JavaScript
FIND = "return AmzLinkr\\Placements\\find_products( $content );"
ASIN = asin_of(1)
GERMAN = {
    "marketplace": "DE",
    "title": "Wasserkocher",
    "url": f"https://www.amazon.de/dp/{ASIN}?tag=demo-21",
}
MAP = {"de": "DE"}


@pytest.fixture(params=PLUGINS)
def multilingual(request: pytest.FixtureRequest, site: Site, service: RecordingService) -> Site:
    """Return a connected site with two marketplaces and a multilingual plugin."""
    prepare(site, service)
    must_use(site).joinpath("multilingual.php").write_text(PLUGINS[request.param])
    return site


def prepare(site: Site, service: RecordingService) -> None:
    """Connect a site with products in two marketplaces."""
    service.join(site)
    products = [product(1), product(1, **GERMAN), product(2)]
    site.php(ACCOUNTS, products=products)


def must_use(site: Site) -> Path:
    """Return the folder of the must-use plugins."""
    return site.root / "wp-content/mu-plugins"


def render(site: Site, language: str, attributes: str) -> str:
    """Render a shortcode on a page in a language."""
    html: str = site.php(RENDER, language=language, shortcode=f"[amzlinkr {attributes}]")
    return html


def test_box_uses_the_marketplace_of_the_language(multilingual: Site) -> None:
    assert multilingual.php(SAVE, map=MAP) == MAP
    english = render(multilingual, "en", f"asin={ASIN}")
    german = render(multilingual, "de", f"asin={ASIN}")
    assert "Product 1" in english
    assert "Wasserkocher" not in english
    assert "Wasserkocher" in german
    assert f'href="{GERMAN["url"]}"' in german
    # The link is Amazon's own, and not that of the primary marketplace.
    assert "www.amazon.com" not in german


def test_named_marketplaces_and_missing_products_stay(multilingual: Site) -> None:
    multilingual.php(SAVE, map=MAP)
    for attributes in (
        f"asin={ASIN} marketplace=US",
        f'asin="https://www.amazon.com/dp/{ASIN}"',
    ):
        assert "Product 1" in render(multilingual, "de", attributes)
    assert "Product 2" in render(multilingual, "de", f"asin={asin_of(2)}")
    several = render(multilingual, "de", f'asin="{asin_of(2)}, {ASIN}"')
    assert several.index("Product 2") < several.index("Wasserkocher")
    assert "Product 1" in render(multilingual, "all", f"asin={ASIN}")


def test_no_language_changes_anything_without_a_map(multilingual: Site) -> None:
    assert "Product 1" in render(multilingual, "de", f"asin={ASIN}")
    assert multilingual.php(FIND, content=f"[amzlinkr asin={ASIN}]") == [
        {"asin": ASIN, "marketplace": "US"}
    ]


def test_settings_show_each_language(multilingual: Site) -> None:
    multilingual.php(SAVE, map=MAP)
    form = multilingual.php(SETTINGS)
    for label in ("English</label>", "Deutsch</label>"):
        assert label in form
    assert form.count('name="languages[') == 2
    german = form[form.index("languages[de]") :]
    assert '<option value="DE"  selected' in german
    assert "Primary marketplace (US)" in form


def test_changes_of_each_marketplace_purge_the_post(site: Site, service: RecordingService) -> None:
    prepare(site, service)
    must_use(site).joinpath("multilingual.php").write_text(WPML)
    site.php(SAVE, map=MAP)
    content = f"[amzlinkr asin={ASIN}][amzlinkr asin={asin_of(2)} marketplace=DE]"
    assert site.php(FIND, content=content) == [
        {"asin": ASIN, "marketplace": "US"},
        {"asin": asin_of(2), "marketplace": "DE"},
        {"asin": ASIN, "marketplace": "DE"},
    ]


def test_languages_cost_no_further_queries(site: Site, service: RecordingService) -> None:
    prepare(site, service)
    content = "".join(f"[amzlinkr asin={asin_of(number)}]" for number in range(1, 40))
    must_use(site).joinpath("multilingual.php").write_text(WPML)
    before = site.php(COUNT_QUERIES, content=content)
    site.php(SAVE, map=MAP)
    assert site.php(COUNT_QUERIES, content=content) == before


def test_unknown_codes_are_not_stored(site: Site, service: RecordingService) -> None:
    prepare(site, service)
    must_use(site).joinpath("multilingual.php").write_text(WPML)
    stored = site.php(SAVE, map={"de": "DE", "xx": "US", "en": "<script>"})
    assert stored == MAP
    assert site.php(SAVE, map={"de": ["DE"]}) == []


def test_site_with_one_language_shows_no_setting(site: Site, service: RecordingService) -> None:
    prepare(site, service)
    assert site.php(SETTINGS) == ""
    evil = "<?php add_filter( 'amzlinkr_languages', static fn() => array( '\"><b>' => '<script>attack()</script>' ) );"  # noqa: E501 -- PHP
    must_use(site).joinpath("multilingual.php").write_text(evil)
    form = site.php(SETTINGS)
    assert "<script" not in form
    assert "<b>" not in form


def add_in_editor(*, is_by_language: bool) -> list[list[str]]:
    """Return the ASINs and marketplaces of blocks to which the editor has added products."""
    script = ROOT / "clients/wordpress/amzlinkr/assets/product-texts.js"
    arguments = [str(script), str(is_by_language).lower()]
    command = ["node", "--eval", ADD_IN_EDITOR, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[list[str]] = json.loads(result.stdout)
    return found


def test_editor_leaves_the_marketplace_to_the_language(
    site: Site, service: RecordingService
) -> None:
    prepare(site, service)
    assert '"isByLanguage":false' in site.php(EDITOR_DATA)
    must_use(site).joinpath("multilingual.php").write_text(WPML)
    site.php(SAVE, map=MAP)
    assert '"isByLanguage":true' in site.php(EDITOR_DATA)
    german = "https://www.amazon.de/dp/B0LIST0002"
    several = f"B0LIST0003,B0LIST0001,{german}"
    assert add_in_editor(is_by_language=True) == [
        ["B0LIST0001", ""], ["B0LIST0002", "DE"], [several, ""],
    ]  # fmt: skip
    assert add_in_editor(is_by_language=False) == [
        ["B0LIST0001", "US"], ["B0LIST0002", "DE"], [several, "US"],
    ]  # fmt: skip


def test_only_administrators_save_languages(site: Site, service: RecordingService) -> None:
    prepare(site, service)
    must_use(site).joinpath("multilingual.php").write_text(WPML)
    must_use(site).joinpath("form.php").write_text(FORM)
    site.php(SAVE, map=MAP)
    actions = ("save_languages",)
    assert submit(site, "editor", "own", actions) == [["refused", 403]]
    assert submit(site, site.admin_user, "missing", actions) == [["refused", 403]]
    assert site.php("return AmzLinkr\\Languages\\get_map();") == MAP
    assert [status for _, status in submit(site, site.admin_user, "own", actions)] == [302]
    assert site.php("return AmzLinkr\\Languages\\get_map();") == []
