"""Sign-up by the plugin: the secret is sent, and kept only while the sign-up is pending."""

from typing import Any

import pytest

from tests.plugin.backend import Backend
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

CONNECT_AND_COUNT = """
$calls = array();
add_filter( 'pre_http_request', static function ( $response, $request, $url ) use (
    &$calls, $failures, $status
) {
    $calls[] = preg_replace( '~^.*/v1|su_[0-9a-f]+~', '', $url );
    $is_verification = '/verify' === substr( $url, -7 );
    $attempts        = count( preg_grep( '~/verify$~', $calls ) );
    if ( ! $is_verification || $attempts > $failures ) {
        return $response;
    }
    return $status ? array(
        'response' => array( 'code' => $status, 'message' => '' ),
        'body'     => '{"code": "a_code", "detail": "Detail.", "action": ""}',
    ) : new WP_Error( 'lost', 'The response was lost.' );
}, 10, 3 );
$result = AmzLinkr\\SignUp\\connect( $url, $email, '' );
return array( is_wp_error( $result ) ? $result->get_error_code() : $result, $calls );
"""
PENDING = "return get_option( 'amzlinkr_challenge' );"
SCHEDULED = "return wp_next_scheduled( 'amzlinkr_sign_up_expired' );"
SIGN_UP, VERIFY = "/signup", "/signup//verify"


def connect(
    site: Site, backend: Backend, failures: int = 0, status: int = 0, email: str = "a@example.com"
) -> tuple[Any, list[str]]:
    """Connect the site; the first `failures` verifications are lost or have this status."""
    values = {"url": backend.url, "failures": failures, "status": status, "email": email}
    result, calls = site.php(CONNECT_AND_COUNT, **values)
    return result, [call for call in calls if call.startswith("/signup")]


@pytest.fixture
def active(site: Site) -> Site:
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    return site


@pytest.mark.parametrize("version", ["6.5"])
def test_secret_is_deleted_after_the_sign_up(active: Site, backend: Backend) -> None:
    assert connect(active, backend) == (True, [SIGN_UP, VERIFY])
    assert active.php(PENDING) is False
    assert active.php(SCHEDULED) is False


def test_lost_response_is_repeated_once_with_the_same_sign_up(
    active: Site, backend: Backend
) -> None:
    assert connect(active, backend, failures=1) == (True, [SIGN_UP, VERIFY, VERIFY])
    assert active.php(PENDING) is False


def test_pending_sign_up_is_verified_again_by_the_next_attempt(
    active: Site, backend: Backend
) -> None:
    failed, _ = connect(active, backend, failures=2)
    pending = active.php(PENDING)

    assert failed == "service_unreachable"
    assert len(pending["secret"]) >= 43
    assert active.php(SCHEDULED) == pending["expires"]
    options = active.php("return array_keys( wp_load_alloptions() );")
    assert "amzlinkr_challenge" not in options
    assert pending["secret"] not in active.get(f"/.well-known/amzlinkr/{pending['signup_id']}").body

    assert connect(active, backend) == (True, [VERIFY])
    assert active.php(PENDING) is False


@pytest.mark.parametrize("version", ["6.5"])
def test_other_input_starts_another_sign_up(active: Site, backend: Backend) -> None:
    connect(active, backend, failures=2)

    assert connect(active, backend, email="b@example.com") == (True, [SIGN_UP, VERIFY])


@pytest.mark.parametrize("version", ["6.5"])
def test_refused_sign_up_is_deleted(active: Site, backend: Backend) -> None:
    assert connect(active, backend, failures=1, status=404) == ("a_code", [SIGN_UP, VERIFY])
    assert active.php(PENDING) is False


@pytest.mark.parametrize("version", ["6.5"])
def test_expired_sign_up_is_deleted(active: Site, backend: Backend) -> None:
    connect(active, backend, failures=2)
    active.php("do_action( 'amzlinkr_sign_up_expired' );")
    assert active.php(PENDING) is False
    assert active.php(SCHEDULED) is False
