"""Escaping in PHP: boxes, links, admin pages, notices and data for scripts contain text only."""

import json
from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

ASIN = "B0DEMO0000"
TEXT = "</script><img src=x onerror=attack()>\"'&[gallery]"
ATTRIBUTE = '"onmouseover="attack()'
PRODUCT = """
$product = array(
    'asin'         => $asin,
    'marketplace'  => 'US',
    'title'        => $text,
    'brand'        => $text,
    'price'        => array( 'display' => $text ),
    'list_price'   => array( 'display' => $text ),
    'unit_price'   => $text,
    'list_price_label'     => $text,
    'availability'         => 'in_stock',
    'availability_message' => $text,
    'condition'    => $text,
    'disclaimer'   => $text,
    'merchant'     => $text,
    'deal'         => array( 'access' => 'all', 'badge' => $text ),
    'price_status' => 'current',
    'observed_at'  => gmdate( 'c' ),
);
AmzLinkr\\Products\\store( array( $product ), 0 );
$list = array(
    'name'        => 'tea',
    'marketplace' => 'US',
    'size'        => 10,
    'query'       => array( 'keywords' => $text, 'brand' => $text, 'sort' => $text ),
    'items'       => array( $product, array( 'asin' => 'B0DEMO0001' ) + $product ),
    'observed_at' => gmdate( 'c' ),
);
AmzLinkr\\Lists\\store( array( $list, array( 'name' => 'empty', 'items' => array() ) + $list ), 0 );
wp_set_current_user( 1 );
wp_insert_post( array(
    'post_title'   => $text,
    'post_content' => '[amzlinkr_list name=tea]',
    'post_status'  => 'publish',
) );
set_current_screen( 'dashboard' );
foreach ( array( 'admin', 'actions', 'notices' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
"""
RENDER_BOXES = """
set_current_screen( 'front' );
$box  = AmzLinkr\\Display\\render( array( 'asin' => $asin ) );
$own  = htmlspecialchars( $text );
$own  = array( 'asin' => $asin, 'title' => $own . $attribute, 'text' => $own . $attribute );
$own  = AmzLinkr\\Display\\render( $own );
$note = AmzLinkr\\Box\\render_note( $text );
$link = AmzLinkr\\Box\\render_link(
    AmzLinkr\\Box\\get_template_data( AmzLinkr\\Products\\find( $asin, 'US' ), $text ),
    $product,
    $text
);
$list = AmzLinkr\\ListBlock\\render( array( 'name' => 'tea', 'fallback' => $attribute ) );
$text = AmzLinkr\\ListBlock\\render_fallback( $text );
return array( $box, $note, $link, $own, $list, $text );
"""
RENDER_PAGES = """
$account = array(
    'marketplace' => $text,
    'api'         => 'creators',
    'partner_tag' => $text,
    'state'       => $text,
    'since'       => $text,
    'action'      => $text,
);
update_option( AmzLinkr\\Accounts\\OPTION, array( 'accounts' => array( $account ), 'primary' => $text ) );
$connection = array( 'service_url' => "https://x.example/$text", 'site_id' => $text, 'email' => $text );
update_option( 'amzlinkr_connection', $connection + get_option( 'amzlinkr_connection' ) );
update_option( 'amzlinkr_display', array( 'statement' => $text ) );
update_option( 'admin_email', $text );
$_GET  = array( 'tab' => $text, 'paged' => $text, 'page' => $text );
$pages = array();
foreach ( array( 'products', 'search', 'import', 'lists', 'settings', 'settings-display', 'settings-connection', 'connect' ) as $page ) {
    ob_start();
    require WP_PLUGIN_DIR . "/amzlinkr/admin/$page.php";
    $pages[ $page ] = ob_get_clean();
}
AmzLinkr\\Notices\\save_notice( new WP_Error( 'x', $text, array( 'action' => $text ) ) );
ob_start();
AmzLinkr\\Notices\\print_notices();
$pages['notices'] = ob_get_clean();
$health           = AmzLinkr\\SiteHealth\\run_test();
$pages['health']  = $health['description'] . $health['actions'];
update_option( 'amzlinkr_connection', array( 'home' => base64_encode( "https://x.example/$text" ) ) + get_option( 'amzlinkr_connection' ) );
ob_start();
AmzLinkr\\Notices\\print_notices();
$pages['moved'] = ob_get_clean();
return $pages;
"""  # noqa: E501 -- PHP
RENDER_TEMPLATE = """
$box = array_map( static fn() => $attribute, AmzLinkr\\Box\\get_template_data( AmzLinkr\\Products\\sanitize_product( array() ) ) );
$lines = array( $text, $attribute );
$own   = array( 'own_text' => $lines, 'bullets' => $lines, 'pros' => $lines, 'cons' => $lines );
$own  += array_fill_keys( array( 'layout', 'style', 'size', 'badge', 'savings', 'button' ), $attribute );
$own  += array( 'own_image' => 0, 'hides_title' => false, 'hides_button' => false );
$box   = $own + array( 'url' => $url, 'image' => $url, 'link' => $url ) + $box;
$rows = array();
foreach ( array( 'price', 'savings', '', 'pros' ) as $name ) {
    $cell   = 'pros' === $name ? $lines : $text . $attribute;
    $rows[] = array( 'name' => $name, 'label' => $text . $attribute, 'cells' => array( $cell ), 'best' => 0 )
        + array( 'is_own' => 'pros' === $name, 'is_offer' => true );
}
$group = array( 'products' => array( $box ), 'rows' => $rows, 'has_buttons' => true, 'until' => 1 )
    + array( 'items' => array(), 'columns' => $attribute, 'fallback' => $text . $attribute )
    + array( 'as_of' => $text, 'disclaimer' => $text, 'statement' => $text ) + $box;
$html  = array();
foreach ( array( 'product-box', 'text-link', 'image-link', 'button', 'price', 'title', 'savings' ) as $template ) {
    $html[ $template ] = AmzLinkr\\Template\\render( $template, array( 'title' => $text . $attribute ) + $box );
}
foreach ( array( 'list', 'grid', 'table' ) as $template ) {
    $html[ $template ] = AmzLinkr\\Template\\render( $template, $group );
}
return $html;
"""  # noqa: E501 -- PHP
SCRIPT_DATA = """
$account = array( 'marketplace' => $text, 'state' => 'valid', 'partner_tag' => $text, 'since' => '' );
update_option( AmzLinkr\\Accounts\\OPTION, array( 'accounts' => array( $account ), 'primary' => $text ) );
AmzLinkr\\Admin\\enqueue_assets( 'toplevel_page_amzlinkr' );
AmzLinkr\\Block\\add_marketplace_data();
AmzLinkr\\ListBlock\\add_editor_data();
return array(
    wp_scripts()->get_data( 'amzlinkr-admin', 'before' ),
    wp_scripts()->get_data( 'amzlinkr-product-editor', 'before' ),
    wp_scripts()->get_data( 'amzlinkr-list-editor', 'before' ),
);
"""  # noqa: E501 -- PHP


def render(site: Site, code: str, **values: object) -> Any:
    """Store a product with untrusted texts, and run PHP code that renders something."""
    defaults = {"asin": ASIN, "text": TEXT, "attribute": ATTRIBUTE}
    return site.php(PRODUCT + code, **(defaults | values))


def assert_is_text(html: str, name: object = "") -> None:
    """Check that the untrusted text is shown, and cannot leave an element or attribute."""
    assert "<img src=x" not in html, name
    assert "</script>" not in html, name
    assert "&lt;img src=x onerror=attack()&gt;" in html, name


def test_boxes_contain_text_only(site: Site, service: RecordingService) -> None:
    service.join(site)
    box, note, link, own, saved, fallback = render(site, RENDER_BOXES)
    for html in (box, note, link, own, saved, fallback):
        assert_is_text(html)
    assert 'onmouseover="attack()' not in saved
    # WordPress would run the shortcode.
    for html in (box, link, own, saved, fallback):
        assert "[gallery]" not in html
        assert "&#91;gallery&#93;" in html
    assert ATTRIBUTE not in own
    # Every text of the product is in the box.
    for part in ("title", "brand", "price", "unit", "deal", "availability", "condition"):
        element = box.partition(f'class="amzlinkr-box__{part}"')[2]
        assert "&lt;img src=x" in element[:300], part


def test_template_escapes_attributes_and_links(site: Site, service: RecordingService) -> None:
    service.join(site)
    for url in ("javascript:attack()", "data:text/html,x", "http://x.example/", ATTRIBUTE):
        templates = render(site, RENDER_TEMPLATE, url=url)
        assert len(templates) == 10
        for name, html in templates.items():
            if name not in {"price", "savings"}:
                assert_is_text(html, name)
            assert 'onmouseover="attack()' not in html, name
            assert "javascript:" not in html, name
            assert "data:text" not in html, name
            assert 'href="http://x' not in html, name
            assert 'src="http://x' not in html, name


def test_admin_pages_contain_text_only(site: Site, service: RecordingService) -> None:
    service.join(site)
    pages = render(site, RENDER_PAGES)
    assert len(pages) == 11
    for name, html in pages.items():
        assert_is_text(html, name)


def test_data_for_scripts_stays_in_its_element(site: Site, service: RecordingService) -> None:
    service.join(site)
    for script in render(site, SCRIPT_DATA):
        (code,) = [line for line in script if line]
        assert "<" not in code
        data = json.loads(code.partition(" = ")[2].removesuffix(";"))
        assert TEXT in json.dumps(data, ensure_ascii=False).replace('\\"', '"')
