"""The pointer after the activation: who sees it, where, and for how long."""

import pytest

from tests.plugin.network import make_network
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.users import BECOME_USER

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

ACTIVATE = "activate_plugin( 'amzlinkr/amzlinkr.php' );"
BECOME = (
    BECOME_USER
    + """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/first-run.php';
"""
)
PRINT = """
set_current_screen( $screen );
ob_start();
AmzLinkr\\FirstRun\\print_pointer();
return ob_get_clean();
"""
DISMISS = """
class Ended extends Exception {}
add_filter( 'wp_die_handler', static fn() => static function ( $text, $title, $more = array() ) {
    throw new Ended( 'died ' . ( is_int( $title ) ? $title : $more['response'] ) );
} );
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Ended( $url );
} );
$_REQUEST['_wpnonce']    = wp_create_nonce( $nonce );
$_SERVER['HTTP_REFERER'] = $referer;
try {
    do_action( 'admin_post_amzlinkr_dismiss_first_run' );
} catch ( Ended $end ) {
    return $end->getMessage();
}
"""
NONCE = "amzlinkr_dismiss_first_run"


def show(site: Site, login: str = "owner", screen: str = "dashboard") -> str:
    """Return the pointer as a user sees it on a screen."""
    html: str = site.php(BECOME + PRINT, login=login, screen=screen)
    return html


def dismiss(site: Site, login: str, nonce: str, referer: str = "") -> str:
    """Submit the form of the pointer, and return its redirect or error."""
    end: str = site.php(BECOME + DISMISS, login=login, nonce=nonce, referer=referer)
    return end


def test_pointer_is_shown_to_administrators_until_the_site_is_connected(
    site: Site, service: RecordingService
) -> None:
    site.php(ACTIVATE)
    for screen in ("dashboard", "plugins"):
        html = show(site, screen=screen)
        assert f'href="{site.url}/wp-admin/admin.php?page=amzlinkr"' in html
        assert "Nothing is sent before you agree." in html
    assert show(site, screen="edit-post") == ""
    for role in ("editor", "author", "subscriber"):
        assert show(site, role) == ""
    assert service.lines() == []

    service.join(site)
    assert show(site) == ""
    # A disconnected site is not new, and neither is one that is activated again.
    site.php("AmzLinkr\\Connection\\delete();")
    assert show(site) == ""
    site.php("deactivate_plugins( 'amzlinkr/amzlinkr.php' );" + ACTIVATE)
    assert show(site) == ""


def test_pointer_can_be_dismissed_by_administrators(site: Site) -> None:
    site.php(ACTIVATE)
    assert dismiss(site, "owner", "amzlinkr_another") == "died 403"
    assert dismiss(site, "editor", NONCE) == "died 403"
    assert "Do not show this again" in show(site)
    evil = dismiss(site, "owner", NONCE, "https://evil.example/")
    assert evil == f"{site.url}/wp-admin/"
    assert show(site) == ""
    site.php("deactivate_plugins( 'amzlinkr/amzlinkr.php' );" + ACTIVATE)
    assert show(site) == ""


def test_activation_for_a_network_points_to_nothing(site: Site) -> None:
    site = make_network(site)
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php', '', true );")
    assert site.php("return get_option( 'amzlinkr_first_run' );") is False
    assert show(site) == ""
