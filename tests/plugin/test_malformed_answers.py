"""Malformed answers of the service: they neither steer this site nor stay in it."""

import time

import pytest

from tests.plugin.recording_service import API_KEY, SITE, RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

STEPS = "../../../wp/v2/users?_method=POST&roles[]=administrator&x="
CHANGES = "GET /v1/changes"
ACCOUNT = {
    "marketplace": "US",
    "api": "creators",
    "partner_tag": "demo-20",
    "state": "valid",
    "since": "2026-11-01T00:00:00Z",
}
LOAD_PRODUCTS = """
global $wpdb;
return $wpdb->get_results( "SELECT marketplace, asin FROM {$wpdb->prefix}amzlinkr_products", ARRAY_N );
"""  # noqa: E501 -- PHP
REQUEST = """
wp_set_current_user( 1 );
$request = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
array_map( array( $request, 'set_param' ), array_keys( $fields ), $fields );
$response = rest_do_request( $request );
return array( $response->get_status(), $response->get_data() );
"""
RENDER_PAGES = """
wp_set_current_user( 1 );
foreach ( array( 'admin', 'actions', 'amazon-links', 'notices' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
ob_start();
foreach ( array( 'connection', 'api' ) as $tab ) {
    $_GET['tab'] = $tab;
    include WP_PLUGIN_DIR . '/amzlinkr/admin/settings.php';
}
return array( strlen( ob_get_clean() ), AmzLinkr\\SiteHealth\\get_problems() );
"""


def product(**fields: object) -> dict[str, object]:
    """Return a product of the service."""
    return {
        "asin": "B0DEMO0000",
        "marketplace": "US",
        "title": "Tea",
        "url": "https://www.amazon.com/dp/B0DEMO0000?tag=demo-20",
        "price_status": "current",
        "observed_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **fields,
    }


def changes(*entries: object, **members: object) -> Reply:
    """Return a page of `GET /v1/changes`."""
    defaults = {"next_cursor": "c", "has_more": False, "checked_at": {}, "connections": {}}
    return Reply({"changes": list(entries), **defaults, **members})


@pytest.mark.parametrize("job", [STEPS, "..", "", "a/b", "a%2fb", ["job_1"], 5.5, "job_1\n"])
def test_job_with_another_id_is_an_error(
    job: object, site: Site, service: RecordingService
) -> None:
    service.join(site)
    service.replies["POST /v1/import"] = Reply({"job_id": job, "status": "queued"}, 202)
    fields = {"items": ["B0DEMO0000"]}
    status, body = site.php(REQUEST, method="POST", path="/import", fields=fields)
    assert status == 424
    assert body["code"] == "service_unreachable"
    assert STEPS not in str(body)


def test_job_is_returned_without_other_members(site: Site, service: RecordingService) -> None:
    service.join(site)
    service.replies["POST /v1/import"] = Reply({"job_id": "job_1", "status": STEPS}, 202)
    fields = {"items": ["B0DEMO0000"]}
    answer = site.php(REQUEST, method="POST", path="/import", fields=fields)
    assert answer == [200, {"job_id": "job_1"}]


def test_only_identified_products_are_stored(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    bad: list[dict[str, object]] = [
        {"asin": "../../../../wp/v2/posts/5?force=true&x="},
        {"asin": "b0demo0001"},
        {"asin": "B0DEMO0001\n"},
        {"asin": ["B0DEMO0001"]},
        {"marketplace": "../../../wp/v2/users/2?force=true&reassign=1&x="},
        {"marketplace": None},
    ]
    good = {"asin": "B0DEMO0000", "marketplace": "US", "kind": "added", "product": product()}
    entries = [good, *({**good, "product": product(**fields)} for fields in bad)]
    service.replies[CHANGES] = changes(*entries)
    site.cron("amzlinkr_sync")
    assert site.php(LOAD_PRODUCTS) == [["US", "B0DEMO0000"]]
    results = [{"input": "x", "status": "imported", "product": product(**fields)} for fields in bad]
    service.replies["POST /v1/import"] = Reply({"results": results})
    fields = {"items": ["B0DEMO0000"]}
    _, body = site.php(REQUEST, method="POST", path="/import", fields=fields)
    assert "wp/v2" not in str(body)
    assert site.php(LOAD_PRODUCTS) == [["US", "B0DEMO0000"]]


def test_only_accounts_of_marketplaces_are_stored(site: Site, service: RecordingService) -> None:
    service.join(site)
    hostile = "../../../wp/v2/users/2?force=true&reassign=1&x="
    accounts = ["x", ACCOUNT, ACCOUNT | {"marketplace": hostile}, {}, None]
    service.replies["GET /v1/site"] = Reply(
        {**SITE, "connections": accounts, "primary_marketplace": hostile}
    )
    status, body = site.php(REQUEST, method="GET", path="/accounts", fields={})
    assert status == 200
    assert [account["marketplace"] for account in body["accounts"]] == ["US"]
    assert site.php("return AmzLinkr\\Accounts\\get_primary_marketplace();") == "US"
    assert hostile not in str(site.php("return get_option( 'amzlinkr_accounts' );"))


@pytest.mark.parametrize(
    "members",
    [
        {"checked_at": {"US": ["x"]}},
        {"checked_at": ["x", {"a": 1}]},
        {"connections": {"US": {"state": ["x"], "since": {"a": 1}, "action": ["x"]}}},
        {"connections": {"US": "x"}},
        {"connections": {"US": {}}},
        {"changes": ["x", 5, None, {}, {"asin": ["x"]}, {"asin": "B0DEMO0000"}]},
        {"changes": [{"asin": "B0DEMO0000", "marketplace": "US", "product": "x"}]},
        {"changes": [{"asin": "B0DEMO0000", "marketplace": "US", "product": {"price": "x"}}]},
        {"next_cursor": ["x"]},
        {"has_more": ["x"], "next_cursor": {"a": 1}},
    ],
    ids=lambda members: str(members)[:40],
)
def test_malformed_feed_does_not_stay(
    members: dict[str, object], site: Site, service: RecordingService
) -> None:
    service.join(site)
    site.get()
    site.php(
        "AmzLinkr\\Products\\store( array( $product ), 1 );"
        "wp_insert_post( array( 'post_title' => 'P', 'post_status' => 'publish',"
        " 'post_content' => '[amzlinkr asin=\"B0DEMO0000\"]' ) );",
        product=product(asin="B0DEMO0000"),
    )
    service.replies[CHANGES] = changes(**members)
    service.replies["GET /v1/products"] = Reply({"products": ["x", {"asin": ["B0DEMO0000"]}]})
    site.cron("amzlinkr_sync")
    assert site.get().status == 200
    site.php(RENDER_PAGES)
    assert site.php("return AmzLinkr\\Options\\get_row( AmzLinkr\\Sync\\LOCK );") is None


@pytest.mark.parametrize(
    "account",
    [
        "x",
        ACCOUNT | {"state": ["x"]},
        ACCOUNT | {"since": ["x"], "partner_tag": {"a": 1}, "api": 5, "key_hint": ["x"]},
        ACCOUNT | {"state": "invalid", "problem": "x"},
        ACCOUNT | {"state": "invalid", "problem": {"action": ["x"], "upstream": "x"}},
        ACCOUNT | {"state": "invalid", "action": ["x"], "next_probe_at": ["x"]},
        {"marketplace": "US"},
    ],
    ids=lambda account: str(account)[-40:],
)
def test_malformed_account_does_not_stay(
    account: object, site: Site, service: RecordingService
) -> None:
    service.join(site)
    service.replies["GET /v1/site"] = Reply({**SITE, "connections": [account]})
    assert site.php(REQUEST, method="GET", path="/accounts", fields={})[0] == 200
    site.php(RENDER_PAGES)


def test_malformed_marketplaces_are_dropped(site: Site, service: RecordingService) -> None:
    service.join(site)
    good = {"code": "DE", "domain": "www.amazon.de", "name": "Germany", "decimals": 2}
    service.replies["GET /v1/marketplaces"] = Reply(
        {
            "marketplaces": [
                "x",
                {"code": "US"},
                good | {"code": ["DE"]},
                good | {"code": "FR", "domain": "evil.example/x"},
                good | {"code": "IT", "name": ["x"], "decimals": "two"},
                good,
            ]
        }
    )
    site.php("AmzLinkr\\Accounts\\refresh_marketplaces();")
    found = site.php("return AmzLinkr\\Accounts\\get_marketplaces();")
    assert found == {"DE": good, "IT": good | {"code": "IT", "name": "", "decimals": 0}}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("GET /search", {"items": ["x", None, product(), {"asin": ["x"]}], "total": ["x"]}),
        ("GET /search", {"items": []}),
        ("POST /import", {"results": ["x", {}, {"input": ["x"], "status": {}, "problem": "x"}]}),
        ("POST /import", {"results": [{"product": "x"}, {"product": None}]}),
        ("GET /diagnostics", {"steps": ["x", {}, {"detail": ["x"], "action": 5}]}),
    ],
)
def test_malformed_entries_are_dropped(
    name: str, body: object, site: Site, service: RecordingService
) -> None:
    service.join(site)
    method, path = name.split()
    service.replies[f"{method} /v1{path}"] = Reply(body)
    fields = {"items": ["B0DEMO0000"]} if method == "POST" else {"keywords": "tea"}
    assert site.php(REQUEST, method=method, path=path, fields=fields)[0] == 200


def test_malformed_problem_is_an_error(site: Site, service: RecordingService) -> None:
    service.join(site)
    problem = {name: ["x"] for name in ("code", "detail", "action", "field", "retry_after")}
    service.replies["GET /v1/search"] = Reply(problem | {"upstream": {"code": ["x"]}}, 400)
    assert site.php(REQUEST, method="GET", path="/search", fields={"keywords": "tea"})[0] == 424


def test_failed_run_releases_its_lock(site: Site, service: RecordingService) -> None:
    service.join(site)
    lock = site.php(
        "add_filter( 'pre_http_request', static function () { throw new Exception(); } );"
        "try { AmzLinkr\\Sync\\run(); } catch ( Exception $failure ) {"
        " return AmzLinkr\\Options\\get_row( AmzLinkr\\Sync\\LOCK ) ?? 'released'; }"
    )
    assert lock == "released"


def test_states_are_stored_as_text(site: Site, service: RecordingService) -> None:
    service.join(site)
    checked_at, accounts = site.php(
        "AmzLinkr\\Accounts\\update_states( $states, $checked_at, 1 );"
        "return array( get_option( 'amzlinkr_checked' )['checked_at'], AmzLinkr\\Accounts\\get_all() );",  # noqa: E501 -- PHP
        states={"US": {"state": ["x"], "since": {"a": 1}, "other": "x"}},
        checked_at={"US": ["x"], "DE": "2026-11-01T00:00:00Z", "FR": None},
    )
    assert checked_at == {"DE": "2026-11-01T00:00:00Z"}
    texts = {"state": "", "since": "", "next_probe_at": "", "action": ""}
    assert accounts == [ACCOUNT | texts]


def test_entries_of_other_types_are_dropped(site: Site, service: RecordingService) -> None:
    service.join(site)
    service.replies["GET /v1/search"] = Reply({"items": ["x", {"asin": "A"}, 5, None]})
    code = "return AmzLinkr\\Service\\call( 'GET', '/search', array( 'requires' => array( 'items' ) ) );"  # noqa: E501 -- PHP
    assert list(site.php(code)["items"].values()) == [{"asin": "A"}]


SIGN_UP = {
    "signup_id": "su_1",
    "signup_secret": "secret",
    "challenge": {"token": "token"},
    "expires_at": "2100-01-01T00:00:00Z",
}
VERIFIED = {"site_id": "site_1", "api_key": API_KEY}
SIGN_UP_CODE = """
activate_plugin( 'amzlinkr/amzlinkr.php' );
$result = AmzLinkr\\SignUp\\connect( $url, 'owner@example.com', '' );
return array(
    is_wp_error( $result ) ? $result->get_error_code() : $result,
    get_option( 'amzlinkr_challenge' ),
    AmzLinkr\\Connection\\is_connected(),
);
"""


def sign_up(site: Site, service: RecordingService, started: object, verified: object) -> object:
    """Sign the site up, and return the result, the pending sign-up, and the connection."""
    service.replies["POST /v1/signup"] = Reply(started, 202)
    service.replies["POST /v1/signup/su_1/verify"] = Reply(verified, 201)
    return site.php(SIGN_UP_CODE, url=service.url)


@pytest.mark.parametrize(
    "members",
    [
        {"challenge": "x"},
        {"challenge": None},
        {"challenge": {"token": ["x"]}},
        {"challenge": {"token": "<script>"}},
        {"signup_id": ["su_1"]},
        {"signup_id": "../../site?confirm=x"},
        {"signup_secret": {"b": 1}},
        {"signup_secret": ""},
        {"expires_at": ["x"]},
        {"expires_at": "soon, perhaps"},
    ],
    ids=str,
)
def test_malformed_sign_up_is_not_stored(
    members: dict[str, object], site: Site, service: RecordingService
) -> None:
    result = sign_up(site, service, SIGN_UP | members, VERIFIED)
    assert result == ["service_unreachable", False, False]
    assert not any("verify" in line for line in service.lines())


@pytest.mark.parametrize(
    "members",
    [{"api_key": None}, {"api_key": ["x"]}, {"api_key": "a\r\nb"}, {"site_id": [1]}],
    ids=str,
)
def test_malformed_verification_is_no_connection(
    members: dict[str, object], site: Site, service: RecordingService
) -> None:
    result = sign_up(site, service, SIGN_UP, VERIFIED | members)
    assert result == ["service_unreachable", False, False]


def test_complete_sign_up_is_a_connection(site: Site, service: RecordingService) -> None:
    assert sign_up(site, service, SIGN_UP, VERIFIED) == [True, False, True]


def test_malformed_validation_is_no_error(site: Site, service: RecordingService) -> None:
    service.join(site)
    body = {"status": ["x"], "message": {"a": 1}, "connection": {}}
    service.replies["POST /v1/validate"] = Reply(body)
    fields = {"api": "creators", "marketplace": "US"}
    status, answer = site.php(REQUEST, method="POST", path="/accounts", fields=fields)
    assert (status, answer["status"], answer["message"]) == (200, "", "")
