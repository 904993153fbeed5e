"""The weekly e-mail about products that need attention: once a week, with ASINs and no content."""

import re
import shutil

import pytest

from tests.plugin.network import make_network
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.stored_products import STORE
from tests.plugin.test_attention import AGE, OLD, PRODUCTS
from tests.plugin.test_translations import LANGUAGES

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

HOOK = "amzlinkr_attention"
PASS_A_WEEK = """
$sent_at = get_option( 'amzlinkr_attention_sent' );
update_option( 'amzlinkr_attention_sent', $sent_at - WEEK_IN_SECONDS );
"""
RENDER_SETTINGS = """
wp_set_current_user( 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/attention-mail.php';
return ob_get_clean();
"""
SUBMIT_SWITCH = """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/notices.php';
wp_set_current_user( 1 );
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Exception( $url );
} );
$_REQUEST = array( '_wpnonce' => wp_create_nonce( 'amzlinkr_save_attention_mail' ) );
$_POST    = $fields;
try {
    do_action( 'admin_post_amzlinkr_save_attention_mail' );
} catch ( Exception $redirect ) {
    return $redirect->getMessage();
}
"""
IS_SCHEDULED = "return (bool) wp_next_scheduled( 'amzlinkr_attention' );"


SEND_FROM_TWO_SITES = """
$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
$user = wpmu_create_user( 'siteadmin', 'password', 'two@example.com' );
$blog = wpmu_create_blog( wp_parse_url( home_url(), PHP_URL_HOST ), '/two/', 'Two', $user );
activate_plugin( 'amzlinkr/amzlinkr.php', '', true );
$store = static function ( $asin ) {
    $product = array( 'asin' => $asin, 'marketplace' => 'US', 'price_status' => 'missing' );
    AmzLinkr\\Products\\store( array( $product ), 0 );
};
$store( 'B0MISSING1' );
AmzLinkr\\AttentionMail\\schedule();
switch_to_blog( $blog );
AmzLinkr\\Products\\create_table();
AmzLinkr\\Connection\\save( 'https://service.example/v1', 'site_2', 'two@example.com', 'key' );
$store( 'B0MISSING2' );
AmzLinkr\\AttentionMail\\schedule();
AmzLinkr\\AttentionMail\\run();
AmzLinkr\\AttentionMail\\switch_on( false );
restore_current_blog();
AmzLinkr\\AttentionMail\\run();
AmzLinkr\\Disconnect\\deactivate( true );
$scheduled = array( wp_next_scheduled( 'amzlinkr_attention' ) );
switch_to_blog( $blog );
$scheduled[] = wp_next_scheduled( 'amzlinkr_attention' );
return $scheduled;
"""


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a connected site with products of each kind."""
    service.join(site)
    site.php(STORE, products=[{"asin": asin} | fields for asin, fields in PRODUCTS.items()])
    site.php(AGE, asin=OLD)
    site.get()
    return site


def test_mail_names_asins_and_links_to_the_dashboard_only(connected: Site) -> None:
    connected.cron(HOOK)

    (mail,) = connected.mails()
    assert mail["to"] == "owner@example.com"
    assert mail["subject"] == "[Kitchen Notes] AmzLinkr: products need attention"
    text = mail["message"]
    assert "- Missing: 2\n  B0MISSING1 (DE), B0MISSING0 (US)" in text
    assert "- Out of stock: 2\n  B0SOLDOUT0 (US), B0SOLDOUT1 (US)" in text
    assert "- Waiting: 1\n  B0WAITING0 (US)" in text
    assert re.findall(r"https?://\S+", text) == [
        connected.url,
        f"{connected.url}/wp-admin/admin.php?page=amzlinkr-attention",
        f"{connected.url}/wp-admin/admin.php?page=amzlinkr-settings&tab=connection",
    ]
    for part in ("Title", "$", "20.00", "demo-20", "amazon.", "<", "B0CURRENT0", "B0HIDDEN00"):
        assert part not in text
    assert mail["headers"] == ""
    assert mail["attachments"] == []


def test_mail_is_sent_once_a_week(connected: Site) -> None:
    assert connected.php("return wp_get_schedule( 'amzlinkr_attention' );") == "weekly"
    for _ in range(3):
        connected.cron(HOOK)
    assert len(connected.mails()) == 1
    connected.php(PASS_A_WEEK)
    connected.cron(HOOK)
    assert len(connected.mails()) == 2


def test_mail_is_not_sent_without_a_reason(site: Site, service: RecordingService) -> None:
    service.join(site)
    products = [{"asin": "B0CURRENT0"}, {"asin": "B0WAITING0", "price_status": "waiting"}]
    site.php(STORE, products=products)
    site.get()
    site.cron(HOOK)
    assert site.mails() == []
    # Nothing was sent, so the next reason is not delayed by a week.
    site.php(STORE, products=[{"asin": "B0MISSING0", "price_status": "missing"}])
    site.cron(HOOK)
    assert len(site.mails()) == 1


def test_failed_mail_is_not_sent_again_in_the_same_week(connected: Site) -> None:
    connected.define(TEST_MAIL_FAILS=True)
    for _ in range(4):
        connected.cron(HOOK)
    connected.define(TEST_MAIL_FAILS=None)
    connected.cron(HOOK)
    assert len(connected.mails()) == 1
    connected.php(PASS_A_WEEK)
    connected.cron(HOOK)
    assert len(connected.mails()) == 2


def test_runs_at_the_same_time_send_one_mail(connected: Site) -> None:
    lock = "AmzLinkr\\Sync\\acquire_lock( AmzLinkr\\AttentionMail\\LOCK )"
    connected.php(f"{lock}; AmzLinkr\\AttentionMail\\run();")
    assert connected.mails() == []
    # Another run sends between the load of the options and the lock.
    sent = "array( 'option_name' => 'amzlinkr_attention_sent', 'option_value' => time() )"
    connected.php(
        "delete_option( 'amzlinkr_attention_lock' ); get_option( 'amzlinkr_attention_sent' );"
        f"global $wpdb; $wpdb->insert( $wpdb->options, {sent} );"
        "AmzLinkr\\AttentionMail\\run();"
    )
    assert connected.mails() == []


def test_mail_can_be_switched_off_and_on(connected: Site) -> None:
    assert "checked='checked'" in connected.php(RENDER_SETTINGS)
    assert "tab=connection" in connected.php(SUBMIT_SWITCH, fields={"save": "Save"})
    assert "checked='checked'" not in connected.php(RENDER_SETTINGS)
    connected.cron(HOOK)
    assert connected.mails() == []
    connected.php(SUBMIT_SWITCH, fields={"attention": "1"})
    connected.cron(HOOK)
    assert len(connected.mails()) == 1


def test_copy_of_the_site_sends_no_mail(connected: Site) -> None:
    connected.move_to(connected.url.replace("127.0.0.1", "localhost"))
    connected.php("AmzLinkr\\AttentionMail\\run();")
    assert connected.mails() == []


def test_long_list_is_shortened(connected: Site) -> None:
    products = [{"asin": f"B0MANY{n:04d}", "price_status": "missing"} for n in range(60)]
    connected.php(STORE, products=products)
    connected.cron(HOOK)
    (mail,) = connected.mails()
    assert "- Missing: 62\n" in mail["message"]
    assert mail["message"].count("B0M") == 30
    assert "B0MANY0028 (US) …" in mail["message"]


def test_schedule_ends_with_the_connection_and_the_plugin(
    connected: Site, service: RecordingService
) -> None:
    connected.cron(HOOK)
    assert connected.php(IS_SCHEDULED)
    assert not connected.php("AmzLinkr\\Disconnect\\deactivate( false );" + IS_SCHEDULED)
    connected.get()
    assert connected.php(IS_SCHEDULED)
    connected.php("AmzLinkr\\Disconnect\\disconnect_locally();")
    assert not connected.php(IS_SCHEDULED)
    assert connected.php("return get_option( 'amzlinkr_attention_sent' );") is False
    connected.get()
    assert not connected.php(IS_SCHEDULED)
    service.join(connected)
    connected.get()
    assert connected.php(
        "define( 'WP_UNINSTALL_PLUGIN', 'amzlinkr/amzlinkr.php' );"
        "require WP_PLUGIN_DIR . '/amzlinkr/uninstall.php';"
        "return ! wp_next_scheduled( 'amzlinkr_attention' );"
    )


def test_mail_is_german_on_a_german_site(connected: Site) -> None:
    languages = connected.root / "wp-content/languages"
    languages.mkdir(exist_ok=True)
    shutil.copyfile(LANGUAGES / "amzlinkr-de_DE.mo", languages / "de_DE.mo")
    connected.php("update_option( 'WPLANG', 'de_DE' );")
    connected.cron(HOOK)
    (mail,) = connected.mails()
    assert "Nicht auf Lager: 2" in mail["message"]


def test_each_site_of_a_network_sends_its_own_mail(site: Site, service: RecordingService) -> None:
    network = make_network(site)
    service.join(network)
    assert network.php(SEND_FROM_TWO_SITES) == [False, False]
    two, one = [mail for mail in network.mails() if "AmzLinkr" in mail["subject"]]
    assert (two["to"], one["to"]) == ("two@example.com", "owner@example.com")
    assert "B0MISSING2" in two["message"]
    assert "B0MISSING2" not in one["message"]
    assert f"{network.url}/two/wp-admin/admin.php?page=amzlinkr-attention" in two["message"]
