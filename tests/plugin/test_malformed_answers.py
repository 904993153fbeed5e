"""Answers that do not follow the service's contract: they neither steer this site nor stay in it."""

import time

import pytest

from tests.plugin.recording_service import SITE, RecordingService, Reply
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
foreach ( array( 'admin', 'actions', 'notices' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
ob_start();
foreach ( array( 'connection', 'api' ) as $tab ) {
    $_GET['tab'] = $tab;
    include WP_PLUGIN_DIR . '/amzlinkr/admin/settings.php';
}
return array( ob_get_clean(), AmzLinkr\\SiteHealth\\get_problems() );
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
    bad = [
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
    results = [
        {"input": "x", "status": "imported", "product": product(**fields)} for fields in bad
    ]
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
