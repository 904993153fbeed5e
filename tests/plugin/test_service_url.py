"""Service URLs: which hosts and ports an administrator can make the server request."""

from typing import Any

import pytest

from tests.infra.service_urls import documented_urls
from tests.plugin.network import make_network
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

CHECK_URLS = """
$flags = array();
add_filter( 'http_request_args', static function ( $arguments ) use ( &$flags ) {
    $flags[] = $arguments['reject_unsafe_urls'];
    return $arguments;
} );
$codes = array();
foreach ( $urls as $url ) {
    $parsed  = AmzLinkr\\Service\\parse_service_url( $url );
    $flags   = array();
    $sent    = AmzLinkr\\Service\\send( $url, 'GET', '/marketplaces' );
    $codes[] = array(
        is_wp_error( $parsed ) ? $parsed->get_error_code() : $parsed,
        is_wp_error( $sent ) ? $sent->get_error_code() : 'sent',
        $flags,
    );
}
return $codes;
"""
PRIVATE_URLS = [
    "https://localhost/v1",
    "https://localhost:3306/v1",
    "https://127.0.0.1/v1",
    "https://127.1.2.3/v1",
    "https://127.1/v1",
    "https://2130706433/v1",
    "https://0x7f.0.0.1/v1",
    "https://0.0.0.0/v1",
    "https://10.0.0.1/v1",
    "https://100.64.0.1/v1",
    "https://169.254.169.254/v1",
    "https://172.16.0.1/v1",
    "https://172.31.255.255/v1",
    "https://192.168.1.1/v1",
    "https://198.18.0.1/v1",
    "https://224.0.0.1/v1",
    "https://255.255.255.255/v1",
    "https://203.0.113.5:22/v1",
    "https://203.0.113.5:3306/v1",
    "https://203.0.113.5:8443/v1",
    "https://203.0.113.5:80/v1",
]
PUBLIC_URLS = [
    "https://203.0.113.5/v1",
    "https://203.0.113.5:443/v1",
    "https://203.0.113.5:8080/v1",
    "https://172.32.0.1/v1",
]
UNRESOLVED_URL = "https://no-such-host.invalid/v1"
MALFORMED_URLS = [
    "http://203.0.113.5/v1",
    "https://user@203.0.113.5/v1",
    "https://203.0.113.5/v1?x=1",
    "https://203.0.113.5/v1#x",
    "ftp://203.0.113.5/v1",
    "https:///v1",
    "//203.0.113.5/v1",
    "javascript:alert(1)",
    "",
    f"https://{'x' * 300}.example/v1",
]
REFUSED = "private_service_url"
SEND = "AmzLinkr\\Service\\send( $url, 'GET', '/marketplaces' );"
RESOLVED = """
namespace AmzLinkr\\Service;
function gethostbynamel( $host ) {
    return $GLOBALS['ipv4'] ? array( $GLOBALS['ipv4'] ) : false;
}
function dns_get_record( $host, $type ) {
    $address = array_shift( $GLOBALS['ipv6'] );
    return $address ? array( array( 'ipv6' => $address ) ) : array();
}
"""
RESOLVE = """
$GLOBALS['ipv4'] = $ipv4;
$GLOBALS['ipv6'] = $ipv6;
eval( $resolved );
"""
PUBLIC_ADDRESS = "93.184.215.14"
CONNECT_AS_SITE_ADMINISTRATOR = """
$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
$user = wpmu_create_user( 'siteadmin', 'password', 'siteadmin@example.com' );
$blog = wpmu_create_blog( wp_parse_url( home_url(), PHP_URL_HOST ), '/two/', 'Two', $user );
activate_plugin( 'amzlinkr/amzlinkr.php', '', true );
switch_to_blog( $blog );
wp_set_current_user( $user );
$codes = array();
foreach ( $urls as $url ) {
    $connected = AmzLinkr\\SignUp\\connect( $url, 'siteadmin@example.com', '' );
    $codes[]   = is_wp_error( $connected ) ? $connected->get_error_code() : 'connected';
}
return array( current_user_can( 'manage_options' ), is_super_admin(), $codes );
"""


def check(site: Site, urls: list[str]) -> list[Any]:
    """Return for each URL the result of its validation, of a request, and the flags of requests."""
    found: list[Any] = site.php(CHECK_URLS, urls=urls)
    return found


def test_only_public_hosts_are_requested(site: Site, service: RecordingService) -> None:
    service.join(site)
    for environment in ("production", "staging", "development", None):
        site.define(WP_ENVIRONMENT_TYPE=environment)
        urls = [*PRIVATE_URLS, service.url.replace("http:", "https:")]
        assert check(site, urls) == [[REFUSED, REFUSED, []]] * len(urls)
        # The site was connected to this URL while its environment was local.
        assert check(site, [service.url]) == [["service_url", REFUSED, []]]
    assert service.lines() == []


def test_public_hosts_are_requested_with_the_check_of_wordpress(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    site.define(WP_ENVIRONMENT_TYPE="production")
    for url, outcome in zip(PUBLIC_URLS, check(site, PUBLIC_URLS), strict=True):
        # The must-use plugin of the tests responds in place of other machines.
        assert outcome == [url, "service_unreachable", [True]]
    # This URL can be entered, for example while name resolution fails. Nothing is sent to it.
    assert check(site, [UNRESOLVED_URL]) == [[UNRESOLVED_URL, "service_unreachable", []]]
    assert [result[0] for result in check(site, MALFORMED_URLS)] == ["service_url"] * len(
        MALFORMED_URLS
    )


def test_paths_are_appended_to_every_documented_url(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.define(WP_ENVIRONMENT_TYPE="production")
    urls = sorted(documented_urls())
    for url in (*urls, *(f"{url}/" for url in urls)):
        site.php(RESOLVE + SEND, url=url, resolved=RESOLVED, ipv4=PUBLIC_ADDRESS, ipv6=[])

    sent = [request["url"] for request in site.requests()]
    assert [url for url in sent if url.endswith("/marketplaces")] == [
        f"{url}/marketplaces" for url in (*urls, *urls)
    ]


def test_local_environment_permits_the_loopback_interface_only(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    assert check(site, [service.url]) == [[service.url, "sent", [False]]]
    private = [url for url in PRIVATE_URLS if "localhost" not in url and "/127.0.0.1/" not in url]
    assert check(site, private) == [[REFUSED, REFUSED, []]] * len(private)


def test_constant_permits_one_url(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.define(WP_ENVIRONMENT_TYPE="production", AMZLINKR_SERVICE_URL=f"{service.url}/")
    assert check(site, [service.url]) == [[service.url, "sent", [False]]]
    others = [service.url.replace("/v1", "/v2"), service.url.replace("127.0.0.1", "localhost")]
    assert check(site, others) == [["service_url", REFUSED, []]] * 2
    assert check(site, PRIVATE_URLS) == [[REFUSED, REFUSED, []]] * len(PRIVATE_URLS)


def test_refused_http_url_names_the_constant(site: Site, service: RecordingService) -> None:
    service.join(site)
    url = "http://192.168.1.5:8000/v1"
    code = "return AmzLinkr\\Service\\parse_service_url( $url )->get_error_data()['action'];"
    assert f"define( 'AMZLINKR_SERVICE_URL', '{url}' );" in site.php(code, url=url)
    assert "'); evil" not in site.php(code, url=f"{url}/'); evil( '")
    site.define(AMZLINKR_SERVICE_URL=url)
    assert site.php("return AmzLinkr\\Service\\parse_service_url( $url );", url=f"{url}/") == url


def test_administrator_of_a_site_in_a_network_cannot_reach_the_server(
    site: Site, service: RecordingService
) -> None:
    site = make_network(site)
    site.define(WP_ENVIRONMENT_TYPE="production")
    urls = [service.url, service.url.replace("http:", "https:"), *PRIVATE_URLS]
    may_manage, is_super, codes = site.php(CONNECT_AS_SITE_ADMINISTRATOR, urls=urls)
    assert (may_manage, is_super) == (True, False)
    assert codes == ["service_url", *[REFUSED] * (len(urls) - 1)]
    assert service.lines() == []


SEND_RESOLVED = """
$sent = 0;
add_filter( 'pre_http_request', static function () use ( &$sent ) {
    $sent++;
    return new WP_Error( 'http_request_failed', 'cURL error 7: private detail' );
}, PHP_INT_MAX );
$result = AmzLinkr\\Service\\send( 'https://service.example/v1', 'GET', '/marketplaces' );
return array( $result->get_error_code(), $sent, $result->get_error_message() );
"""
PRIVATE_IPV6 = (
    "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fc00::1",
    "fd12:3456::1", "ff02::1", "2002:7f00:1::1", "2001:0:7f00:1::1", "2001:db8::1",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1",
)  # fmt: skip


def send_resolved(site: Site, ipv4: str, *ipv6: str) -> list[Any]:
    """Send a request to a host with these addresses, one IPv6 address per resolution."""
    result: list[Any] = site.php(RESOLVE + SEND_RESOLVED, resolved=RESOLVED, ipv4=ipv4, ipv6=ipv6)
    return result


def test_private_ipv6_addresses_are_not_requested(site: Site, service: RecordingService) -> None:
    service.join(site)
    for address in PRIVATE_IPV6:
        assert send_resolved(site, PUBLIC_ADDRESS, address)[:2] == [REFUSED, 0], address
        # The host resolves to another address after the first check.
        assert send_resolved(site, PUBLIC_ADDRESS, "", address)[:2] == [REFUSED, 0], address


def test_public_ipv6_addresses_are_requested(site: Site, service: RecordingService) -> None:
    service.join(site)
    for address in ("2606:4700::1111", "64:ff9b::93.184.215.14"):
        code, sent, text = send_resolved(site, PUBLIC_ADDRESS, address, address)
        assert (code, sent) == ("service_unreachable", 1)
        # The details of connections would describe the network of the server.
        assert "private detail" not in text


def test_hosts_without_an_address_are_not_requested(site: Site, service: RecordingService) -> None:
    service.join(site)
    # The next resolution, by curl, could find a private address.
    assert send_resolved(site, "")[:2] == ["service_unreachable", 0]
    assert send_resolved(site, "", "2606:4700::1111")[:2] == ["service_unreachable", 0]
    # A proxy resolves the hosts of requests itself, in its own network.
    site.define(WP_PROXY_HOST="192.0.2.1", WP_PROXY_PORT="3128")
    assert send_resolved(site, "")[:2] == ["service_unreachable", 1]
    site.define(WP_PROXY_BYPASS_HOSTS="*.example")
    assert send_resolved(site, "")[:2] == ["service_unreachable", 0]


PIN = """
$handle = null;
add_action( 'http_api_curl', static function ( $used ) use ( &$handle ) {
    $handle = $used;
}, 99 );
remove_all_filters( 'pre_http_request' );
$response = AmzLinkr\\Service\\request_at( array( $address ), $url, array( 'timeout' => 5 ) );
return array( is_wp_error( $response ), curl_getinfo( $handle, CURLINFO_PRIMARY_IP ) );
"""


def test_requests_are_sent_to_the_checked_address(site: Site, service: RecordingService) -> None:
    service.join(site)
    # This host has no address. The pinned one is not reachable here, so that nothing is sent.
    pinned = "192.0.2.1"
    url = "https://no-such-host.invalid/v1"
    code = PIN.replace("return array(", "return array( $response->get_error_message(),")
    message, failed, _ = site.php(code, address=pinned, url=url)
    assert failed
    assert "Could not resolve" not in message
