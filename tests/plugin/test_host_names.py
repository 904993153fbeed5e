"""Sites with several host names: the connection stays, and a copy is still recognized."""

from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

ASK = """
add_filter( 'option_home', static fn( $home ) => $address );
$asked = array();
add_filter( 'pre_http_request', static function ( $response, $request, $url ) use ( &$asked ) {
    $asked[] = preg_replace( '~[?].*~', '', $url );
    return $response;
}, 10, 3 );
$has_moved = AmzLinkr\\Connection\\has_moved();
$result    = AmzLinkr\\Service\\call( 'GET', '/search', array( 'query' => array( 'keywords' => 'tea' ) ) );
return array( $has_moved, is_wp_error( $result ) ? $result->get_error_code() : '', $asked );
"""  # noqa: E501 -- PHP
SUBMIT = """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/notices.php';
add_filter( 'option_home', static fn( $home ) => $address );
wp_set_current_user( 1 );
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Exception( $url );
} );
$_POST    = $fields;
$_REQUEST = array( '_wpnonce' => wp_create_nonce( "amzlinkr_$action" ) );
try {
    do_action( "admin_post_amzlinkr_$action" );
} catch ( Exception $end ) {
    return array(
        AmzLinkr\\Connection\\is_connected(),
        get_transient( 'amzlinkr_notice_1' )['text'],
        AmzLinkr\\Connection\\has_moved(),
    );
}
"""
CONNECTED_AT = """
$connection         = get_option( 'amzlinkr_connection' );
$connection['home'] = base64_encode( $address );
update_option( 'amzlinkr_connection', $connection );
"""
SERVE = """
AmzLinkr\\Options\\write_row( 'amzlinkr_same_site', 'a-token', true );
return hash( 'sha256', 'a-token' );
"""


def ask(site: Site, address: str) -> Any:
    """Return, at an address, whether the site has moved, the error of a search, and requests."""
    return site.php(ASK, address=address)


def submit(site: Site, address: str, action: str, **fields: str) -> Any:
    """Submit a form at an address, and return whether the site is connected, and the notice."""
    return site.php(SUBMIT, address=address, action=action, fields=fields)


def test_prefix_and_scheme_are_no_other_address(site: Site, service: RecordingService) -> None:
    service.join(site)
    search = [f"{service.url}/search"]
    for address in (f"https://www.{site.address}", f"https://{site.address}/", site.url.upper()):
        assert ask(site, address) == [False, "", search], address
    # On the command line, a site with a URL from the request has none.
    assert ask(site, "http://") == [False, "", search]


def test_second_host_name_leads_to_the_same_site(site: Site, service: RecordingService) -> None:
    service.join(site)
    alias = site.url.replace("127.0.0.1", "localhost")
    search = f"{service.url}/search"
    assert ask(site, alias) == [False, "", [f"{site.url}/", search]]
    assert ask(site, alias) == [False, "", [search]]
    site.define(WP_HOME=alias, WP_SITEURL=alias)
    site.cron("amzlinkr_sync")
    assert "GET /v1/changes?limit=100" in service.lines()
    assert site.php("return AmzLinkr\\Sync\\get_problem();") is None
    connected, notice, _ = submit(site, alias, "keep_as_copy", is_copy="1")
    assert connected is True
    assert notice == f"This is not a copy: {site.url} leads to this site, too. Nothing was changed."


def test_changed_database_is_a_move(site: Site, service: RecordingService) -> None:
    service.join(site)
    alias = site.url.replace("127.0.0.1", "localhost")
    site.move_to(alias)
    assert ask(site, alias) == [True, "site_moved", []]


def test_copy_with_another_address_in_its_configuration(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    original = service.url.removesuffix("/v1")
    site.php(CONNECTED_AT, address=original)
    copy = site.url.replace("127.0.0.1", "localhost")
    # The original has another database. It is asked once, and not at each call.
    assert ask(site, copy) == [True, "site_moved", [f"{original}/"]]
    assert ask(site, copy) == [True, "site_moved", []]
    assert [line.partition("?")[0] for line in service.lines()] == ["GET /"]
    assert submit(site, copy, "keep_as_copy") == [True, "Nothing was changed.", True]
    # The owner decides, such as if the server cannot send requests to itself.
    assert submit(site, copy, "add_host_name") == [True, "Saved.", False]
    other = site.url.replace("127.0.0.1", "127.0.0.2")
    assert submit(site, other, "keep_as_copy", is_copy="1") == [
        False,
        "This copy is disconnected. The original site was not changed.",
        False,
    ]


def test_token_is_served_to_its_hash_only(site: Site, service: RecordingService) -> None:
    service.join(site)
    proof = site.php(SERVE)
    assert site.get(f"/?amzlinkr_same_site={proof}").body == "a-token"
    for other in ("a-token", "0" * 64, "", f"{proof}&amzlinkr_same_site[]=1"):
        assert "a-token" not in site.get(f"/?amzlinkr_same_site={other}").body
    site.php("AmzLinkr\\HostNames\\read_same_row( home_url() );")
    assert site.php("return AmzLinkr\\Options\\get_row( 'amzlinkr_same_site' );") is None
