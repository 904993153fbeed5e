"""Forms of the admin pages: who may submit them, with which nonce, and where they lead."""

from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

ACTIONS = (
    "connect", "disconnect", "keep_as_copy", "add_host_name", "save_display",
    "save_notifications", "save_attention_mail",
)  # fmt: skip
EVIL = "https://evil.example/"
SUBMIT = """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/notices.php';
$user = get_user_by( 'login', $login );
wp_set_current_user( $user ? $user->ID : wp_insert_user( array(
    'user_login' => $login,
    'user_pass'  => wp_generate_password(),
    'role'       => $login,
) ) );
add_filter( 'wp_die_handler', static fn() => static function ( $text, $title, $arguments ) {
    throw new Exception( 'refused', is_int( $title ) ? $title : $arguments['response'] );
} );
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Exception( $url, 302 );
} );
$outcomes = array();
foreach ( $actions as $action ) {
    $nonces    = array(
        'own'     => wp_create_nonce( "amzlinkr_$action" ),
        'other'   => wp_create_nonce( 'amzlinkr_another' ),
        'missing' => '',
    );
    $names     = array( 'redirect_to', '_wp_http_referer', 'page', 'url' );
    $elsewhere = array_fill_keys( $names, $evil );
    $_REQUEST  = array( '_wpnonce' => $nonces[ $nonce ] ) + $elsewhere;
    $_GET      = $elsewhere;
    $_POST     = array( 'mode' => 'local', 'statement' => 'changed', 'audit' => '' ) + $elsewhere;
    $_SERVER['HTTP_REFERER'] = $evil;
    try {
        do_action( "admin_post_amzlinkr_$action" );
        $outcomes[] = array( 'nothing', 0 );
    } catch ( Exception $end ) {
        $outcomes[] = array( $end->getMessage(), $end->getCode() );
    }
}
return $outcomes;
"""
READ_OPTIONS = """
global $wpdb;
return $wpdb->get_results(
    "SELECT option_name, option_value FROM $wpdb->options
    WHERE option_name LIKE 'amzlinkr\\_%' ORDER BY option_name"
);
"""


def submit(site: Site, login: str, nonce: str, actions: tuple[str, ...] = ACTIONS) -> Any:
    """Submit forms as a user, and return for each the reason or redirect, and the status."""
    return site.php(SUBMIT, login=login, nonce=nonce, actions=actions, evil=EVIL)


@pytest.mark.parametrize("nonce", ["missing", "other"])
def test_form_without_its_nonce_is_refused(
    nonce: str, site: Site, service: RecordingService
) -> None:
    service.join(site)
    before = site.php(READ_OPTIONS)
    assert submit(site, site.admin_user, nonce) == [["refused", 403]] * len(ACTIONS)
    assert site.php(READ_OPTIONS) == before
    assert service.lines() == []


def test_form_of_another_role_is_refused(site: Site, service: RecordingService) -> None:
    service.join(site)
    before = site.php(READ_OPTIONS)
    for role in ("editor", "author", "contributor", "subscriber"):
        assert submit(site, role, "own") == [["refused", 403]] * len(ACTIONS)
    assert site.php(READ_OPTIONS) == before
    assert service.lines() == []


def test_form_leads_to_a_page_of_the_plugin(site: Site, service: RecordingService) -> None:
    service.join(site)
    pages = site.url + "/wp-admin/admin.php?page=amzlinkr"
    for location, status in submit(site, site.admin_user, "own"):
        assert status == 302
        assert location.startswith(pages)
        assert "evil" not in location
    assert site.php("return get_option( 'amzlinkr_connection' );") is False
