"""Failed site verifications: the cause that owners see, and the requests that are answered."""

from typing import Any

import pytest

from amzlinkr.security.addresses import SiteAddress, site_address
from amzlinkr.security.seen_responses import describe_response
from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

ADDRESS: SiteAddress = site_address("https://shop.example", allow_local=False)
HTML = {"content-type": "text/html"}
NOT_FOUND = describe_response(404, HTML, ADDRESS)
EXPLAIN = """
return array_map( static function ( $detail ) {
    $problem = array( 'code' => 'site_not_proven', 'detail' => $detail, 'retryable' => true );
    $error   = AmzLinkr\\VerificationHelp\\explain(
        AmzLinkr\\Service\\error_from_problem( $problem )
    );
    return array( $error->get_error_message(), $error->get_error_data()['action'] );
}, $details );
"""
PARSE = "return array_map( 'AmzLinkr\\SignUp\\parse_signup_id', $requests );"
CONNECT = """
$error = AmzLinkr\\SignUp\\connect( $url, 'owner@example.com', '' );
return array( $error->get_error_code(), $error->get_error_message(), $error->get_error_data() );
"""
SIGNUP = {
    "signup_id": "su_1",
    "signup_secret": "secret",
    "challenge": {"token": "token"},
    "expires_at": "2036-01-01T00:00:00Z",
}


def seen(query: str, path: str = NOT_FOUND) -> str:
    """Return the service's detail for what it received at the path and at the query."""
    places = f"At the challenge path, {path}. At the challenge query, {query}."
    return f"The site did not return the token. {places}"


def redirect(to: str) -> str:
    """Return what the service states about a redirect."""
    return describe_response(301, {"location": to}, ADDRESS)


CAUSES = {
    seen(describe_response(401, HTML, ADDRESS)): "requires a password (HTTP 401)",
    seen(describe_response(403, HTML, ADDRESS)): "A firewall rejected the request",
    seen(redirect("https://www.shop.example/")): "redirects the service to www.shop.example.",
    seen(redirect("https://shop.example/de/")): "redirects the service to another of its addresses",
    seen(redirect("")): "redirects the service to another of its addresses",
    seen(describe_response(503, HTML, ADDRESS)): "in maintenance mode",
    seen(describe_response(200, HTML, ADDRESS)): "returned another page",
    seen(NOT_FOUND, describe_response(401, HTML, ADDRESS)): "did not pass the request",
    seen("it did not respond in time"): "did not respond in time",
    seen("it could not be reached", "it could not be reached"): "cannot connect to the server",
    seen("its certificate was not accepted, or TLS failed"): "TLS certificate",
    "The host name of the site cannot be resolved.": "host name of this site in the DNS",
    "The site is not on the public internet.": "in a private network",
}
REQUESTS = {
    "/.well-known/amzlinkr/su_1": "su_1",
    "/.well-known/amzlinkr/su_1/": "su_1",
    "/.well-known/amzlinkr/su_1?_=1": "su_1",
    "/.well-known/amzlinkr/su_1/x": "",
    "/x/.well-known/amzlinkr/su_1": "",
    "/?amzlinkr_challenge=su_1": "su_1",
    "/?amzlinkr_challenge=su_1&_=1": "su_1",
    "/blog/?a=b&amzlinkr_challenge=su_1/": "su_1",
    "/?x_amzlinkr_challenge=su_1": "",
    "/?amzlinkr_challenge=su_1%20x": "",
    "/amzlinkr_challenge=su_1": "",
}


def test_each_cause_has_a_sentence_and_offers_an_invite(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    results: list[Any] = site.php(EXPLAIN, details=list(CAUSES))
    for (detail, cause), (text, action) in zip(CAUSES.items(), results, strict=True):
        assert cause in text, detail
        assert text.endswith(detail), detail
        assert action.endswith("requests no page of this site."), detail
    other = "The site did something else."
    assert site.php(EXPLAIN, details=[other]) == [[other, ""]]


def test_challenge_is_recognized_behind_proxies(site: Site, service: RecordingService) -> None:
    service.join(site)
    assert site.php(PARSE, requests=list(REQUESTS)) == list(REQUESTS.values())


def test_failed_connection_states_its_cause(site: Site, service: RecordingService) -> None:
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    problem = {
        "code": "site_not_proven",
        "detail": seen(describe_response(401, HTML, ADDRESS)),
        "action": "",
        "retryable": True,
    }
    service.replies["POST /v1/signup"] = Reply(SIGNUP, 202)
    service.replies["POST /v1/signup/su_1/verify"] = Reply(problem, 422)
    code, text, data = site.php(CONNECT, url=service.url)
    assert code == "site_not_proven"
    assert text.startswith("The site requires a password (HTTP 401)")
    assert data["action"].startswith("Switch the password protection off")
    for request in ("/.well-known/amzlinkr/su_1/", "/?amzlinkr_challenge=su_1&_=1"):
        assert site.get(request).body == "token"
