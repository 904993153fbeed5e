"""The plugin's SQL: values stay values, uninstallation is limited, and the API key is encrypted."""

import base64
from typing import Any

import pytest

from tests.plugin.recording_service import API_KEY, RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

STORE_PRODUCT = """
$product = array(
    'asin'         => 'B0DEMO0000',
    'marketplace'  => 'US',
    'title'        => $title,
    'url'          => 'https://www.amazon.com/dp/B0DEMO0000',
    'price_status' => 'current',
    'observed_at'  => gmdate( 'c' ),
);
AmzLinkr\\Products\\store( array( $product ), 0 );
"""
QUERY = """
global $wpdb;
$wpdb->suppress_errors();
$by_asin = array();
$by_name = array();
$by_list = array();
$found   = array();
foreach ( $values as $value ) {
    $by_asin[] = count( AmzLinkr\\Products\\load( array( $value ), true ) );
    $by_name[] = AmzLinkr\\Options\\get_row( $value );
    $by_list[] = count( AmzLinkr\\Lists\\load( array( $value ), true ) );
    AmzLinkr\\Lists\\mark_cache_purged( array( $value ) );
    AmzLinkr\\Lists\\remove( array( array( 'name' => $value, 'marketplace' => $value ) ) );
    AmzLinkr\\Options\\delete_row( $value, $value );
    AmzLinkr\\Options\\write_row( $value, $value );
    AmzLinkr\\Options\\add_in_hour( $value, 1, 10 );
    AmzLinkr\\Products\\remove( array( array( 'asin' => $value, 'marketplace' => 'US' ) ) );
    AmzLinkr\\Uses\\find_posts( array( 'x' => array() ), array( $value ), '__return_empty_array' );
    AmzLinkr\\Attention\\get_kind( $value, $value );
    AmzLinkr\\Attention\\find_page( array( $value ), 1, 10 );
    AmzLinkr\\ProductList\\count_by_marketplace( $value );
    $chosen = array_fill_keys( array( 's', 'status', 'marketplace' ), $value );
    AmzLinkr\\ProductList\\find_page( $chosen + AmzLinkr\\ProductList\\parse( array() ), 1, 10 );
    $named   = array( 'asin' => $value, 'marketplace' => $value );
    $found[] = count( AmzLinkr\\Replacement\\find_candidates( $value, $named ) );
    AmzLinkr\\Uses\\find( array( $named ) );
}
return array( $by_asin, $by_name, $by_list, $found, $wpdb->last_error );
"""
COUNT_POSTS = """
$find = static fn() => array( 'found' );
return count( AmzLinkr\\Uses\\find_posts( array( 'found' => array() ), array( $text ), $find )[0]['found'] );
"""  # noqa: E501 -- PHP
INJECTIONS = [
    "x' OR '1'='1",
    'x" OR "1"="1',
    "x') OR 1=1 -- ",
    "x\\' OR 1=1 -- ",
    "x' UNION SELECT option_value FROM wp_options -- ",
    "%s' OR '1'='1",
]
READ_TITLE = """
global $wpdb;
return $wpdb->get_var( "SELECT title FROM wp_amzlinkr_products WHERE asin = 'B0DEMO0000'" );
"""
STORE_LIST = """
$items = array();
foreach ( $texts as $index => $text ) {
    $items[] = array(
        'asin'         => "B0DEMO000$index",
        'marketplace'  => 'US',
        'title'        => $text,
        'price_status' => 'current',
        'observed_at'  => gmdate( 'c' ),
    );
}
$list = array(
    'name'        => 'tea',
    'marketplace' => 'US',
    'size'        => 10,
    'query'       => array( 'keywords' => $texts[1] ),
    'items'       => $items,
    'observed_at' => gmdate( 'c' ),
);
AmzLinkr\\Lists\\store( array( $list ), 0 );
"""
READ_LIST = """
$list = AmzLinkr\\Lists\\find( 'tea' );
return array_merge( array( $list['query']['keywords'] ), array_column( $list['items'], 'title' ) );
"""
GADGET = """
class Amzlinkr_Gadget {
    public function __wakeup() {
        update_option( 'gadget_ran', 1 );
    }
}
global $wpdb;
$wpdb->query( "UPDATE wp_amzlinkr_products SET product = 'O:15:\\"Amzlinkr_Gadget\\":0:{}'" );
$box = do_shortcode( '[amzlinkr asin=B0DEMO0000]' );
return array( $box, get_option( 'gadget_ran' ) );
"""
ADD_OTHER_DATA = """
global $wpdb;
foreach ( $kept as $name ) {
    add_option( $name, 'kept' );
}
update_user_meta( 1, 'amzlinkr_products_per_page', 5 );
update_user_meta( 1, 'managetoplevel_page_amzlinkrcolumnshidden', array( 'uses' ) );
set_transient( 'other_amzlinkr_cache', 'kept', 3600 );
set_transient( 'amzlinkr_notice_1', 'removed', 3600 );
AmzLinkr\\UserLimits\\count_search();
AmzLinkr\\Options\\add_in_hour( 'amzlinkr_requests_of_user_7', 1, 10 );
AmzLinkr\\Sync\\schedule();
wp_schedule_event( time() + 3600, 'daily', 'amzlinkrx_daily' );
$wpdb->query( 'CREATE TABLE wp_amzlinkrx_products ( id int )' );
$wpdb->query( 'CREATE TABLE wp_amzlinkrx_lists ( id int )' );
"""
UNINSTALL = """
define( 'WP_UNINSTALL_PLUGIN', 'amzlinkr/amzlinkr.php' );
require WP_PLUGIN_DIR . '/amzlinkr/uninstall.php';
global $wpdb;
return array(
    $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE '%amzlinkr%'" ),
    $wpdb->get_col( "SHOW TABLES LIKE '%amzlinkr%'" ),
    array_keys( array_merge( ...array_values( array_filter( _get_cron_array(), 'is_array' ) ) ) ),
    $wpdb->get_col( "SELECT meta_key FROM $wpdb->usermeta WHERE meta_key LIKE '%amzlinkr%'" ),
);
"""
KEPT_OPTIONS = ["amzlinkrx_settings", "amzlinkr", "other_amzlinkr_option", "widget_amzlinkr_x"]


def test_values_stay_values(site: Site, service: RecordingService) -> None:
    service.join(site)
    for title in INJECTIONS:
        site.php(STORE_PRODUCT, title=title)
        assert site.php(READ_TITLE) == title
    site.php(STORE_LIST, texts=INJECTIONS)
    assert site.php(READ_LIST) == [INJECTIONS[1], *INJECTIONS]

    by_asin, by_name, by_list, found, error = site.php(QUERY, values=INJECTIONS)

    assert by_asin == [0] * len(INJECTIONS)
    assert by_name == [None] * len(INJECTIONS)
    assert by_list == [0] * len(INJECTIONS)
    # The stored title is the last of these values.
    assert found == [0] * (len(INJECTIONS) - 1) + [1]
    assert error == ""
    assert site.php("return AmzLinkr\\Products\\count_all();") == 1
    assert len(site.php("return AmzLinkr\\Lists\\get_all();")) == 1
    assert site.php(COUNT_POSTS, text="_o%d") == 0
    assert site.php(COUNT_POSTS, text="Welcome") > 0


def test_stored_objects_are_not_created(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.php(STORE_PRODUCT, title="Title")
    box, ran = site.php(GADGET)
    assert ran is False
    assert "amzlinkr-box" not in box


def test_api_key_is_encrypted_and_not_autoloaded(site: Site, service: RecordingService) -> None:
    service.join(site)
    stored = site.php("return AmzLinkr\\Options\\get_row( 'amzlinkr_api_key' );")
    assert API_KEY[:12] not in stored
    assert API_KEY[:12].encode() not in base64.b64decode(stored)
    assert site.php("return AmzLinkr\\Connection\\get_api_key();") == API_KEY
    assert "amzlinkr_api_key" not in site.php("return array_keys( wp_load_alloptions() );")
    # Each encryption has its own nonce.
    encrypt = "return AmzLinkr\\Connection\\encrypt( 'x' );"
    assert site.php(encrypt) != site.php(encrypt)


def test_uninstallation_removes_the_plugins_data_only(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    site.php(ADD_OTHER_DATA, kept=KEPT_OPTIONS)

    options, tables, hooks, meta = site.php(UNINSTALL)

    left: list[Any] = [name for name in options if "uninstall" not in name]
    kept = [*KEPT_OPTIONS, "_transient_other_amzlinkr_cache"]
    kept.append("_transient_timeout_other_amzlinkr_cache")
    assert sorted(left) == sorted(kept)
    assert tables == ["wp_amzlinkrx_lists", "wp_amzlinkrx_products"]
    assert meta == []
    assert [hook for hook in hooks if "amzlinkr" in hook] == ["amzlinkrx_daily"]


def test_deactivation_forgets_a_pending_sign_up(site: Site, service: RecordingService) -> None:
    service.join(site)
    left = site.php(
        "update_option( 'amzlinkr_challenge', array( 'secret' => 'x' ) );"
        "wp_schedule_single_event( time() + 600, AmzLinkr\\SignUp\\EXPIRE_HOOK );"
        "AmzLinkr\\Disconnect\\deactivate( false );"
        "return array( get_option( 'amzlinkr_challenge' ),"
        " wp_next_scheduled( AmzLinkr\\SignUp\\EXPIRE_HOOK ) );"
    )
    assert left == [False, False]
