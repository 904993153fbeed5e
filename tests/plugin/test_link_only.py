"""A site without access to Amazon's API: a tag without keys, and products that wait."""

import json
from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

WAITING, OTHER = "B0WAITING0", "B0WAITING1"
LINK_ONLY = {
    "marketplace": "US",
    "partner_tag": "demo-21",
    "state": "link_only",
    "since": "2026-11-01T00:00:00Z",
}
SITE = {"site_id": "site_1", "primary_marketplace": "US", "connections": [LINK_ONLY]}
SEND = """
wp_set_current_user( 1 );
$request = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
array_map( array( $request, 'set_param' ), array_keys( $fields ), $fields );
$response = rest_do_request( $request );
return array( $response->get_status(), $response->get_data() );
"""
READ_ROWS = """
return array_column( AmzLinkr\\Products\\get_rows( '1 = %d', array( 1 ) ), null, 'asin' );
"""
RENDER = "return do_shortcode( \"[amzlinkr asin='$asin' title='$title']\" );"
CREATE_POST = """
return wp_insert_post( array(
    'post_title'   => 'A post',
    'post_content' => "[amzlinkr asin=$asin]",
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""
RECORD_PURGED_POSTS = """<?php
add_action( 'clean_post_cache', static function ( $post ) {
    $posts = array_merge( get_option( 'purged_posts', array() ), array( $post ) );
    update_option( 'purged_posts', $posts );
} );
"""
READ_SHOWN = """
$row   = current( AmzLinkr\\Products\\get_rows( 'asin = %s', array( $asin ) ) );
$box   = do_shortcode( "[amzlinkr asin='$asin' title='My kettle']" );
$posts = get_option( 'purged_posts', array() );
delete_option( 'purged_posts' );
return array( $row, $box, array_values( array_unique( $posts ) ) );
"""
RENDER_SEARCH_PAGE = """
wp_set_current_user( $login ? get_user_by( 'login', $login )->ID : wp_insert_user( array(
    'user_login' => 'contributor',
    'user_pass'  => wp_generate_password(),
    'role'       => 'contributor',
) ) );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/search.php';
return ob_get_clean();
"""
EDITOR_DATA = """
wp_set_current_user( 1 );
AmzLinkr\\Block\\add_marketplace_data();
return wp_scripts()->get_data( 'amzlinkr-product-editor', 'before' );
"""
RUN_SITE_HEALTH_TEST = "return AmzLinkr\\SiteHealth\\run_test();"
RESTART_AND_IMPORT_AGAIN = "AmzLinkr\\Sync\\request_restart( true );"


def send(site: Site, method: str, path: str, **fields: object) -> tuple[int, Any]:
    """Send a REST request as the administrator, and return its status and decoded body."""
    status, body = site.php(SEND, method=method, path=path, fields=fields)
    return status, body


def product(asin: str, status: str, **fields: object) -> dict[str, object]:
    """Return a product in the format of the service."""
    url = f"https://www.amazon.com/dp/{asin}?tag=demo-21"
    return {"asin": asin, "marketplace": "US", "url": url, "price_status": status, **fields}


def waiting_result(asin: str, **fields: object) -> dict[str, object]:
    """Return the result of an import that waits."""
    return {"input": asin, "asin": asin, "marketplace": "US", "status": "waiting", **fields}


def current(asin: str, observed_at: str) -> dict[str, object]:
    """Return a product with content."""
    return product(
        asin, "current", title="Acme Kettle", price={"display": "$20.00"}, observed_at=observed_at
    )


def change(kind: str, sent: dict[str, object] | None = None) -> dict[str, object]:
    """Return a page of the feed with one change."""
    entry: dict[str, object] = {"asin": WAITING, "marketplace": "US", "kind": kind}
    page = {"next_cursor": "cursor", "has_more": False, "checked_at": {}, "connections": {}}
    return {"changes": [entry | ({"product": sent} if sent else {})], **page}


def test_tag_without_keys_is_saved(site: Site, service: RecordingService) -> None:
    service.join(site)
    service.replies["GET /v1/site"] = Reply(SITE)

    status, body = send(site, "PUT", "/accounts/US", partner_tag=" demo-21 ")

    assert status == 200
    assert service.lines() == ["PUT /v1/connections/US", "GET /v1/site"]
    assert json.loads(service.requests[0].body) == {"partner_tag": "demo-21"}
    assert "The tag is saved." in body["message"]
    (account,) = body["accounts"]
    assert account["state"] == "Tag only, no API access yet"
    assert (account["api"], account["class"], account["link_only"]) == ("–", "is-waiting", True)
    next_step = "When Amazon grants your account access to its API, enter the keys here"
    assert next_step in account["action"]
    # No number of sales is shown: the service and Amazon name none.
    assert not any(character.isdigit() for character in account["action"])
    assert site.php("return AmzLinkr\\Accounts\\get_tag( 'US' );") == "demo-21"
    health = site.php(RUN_SITE_HEALTH_TEST)
    assert health["status"] == "good", health
    assert "Not all Amazon accounts have access" in health["description"]

    # Keys replace it later, with the form's other choices.
    keys = {"api": "creators", "credential_id": "id", "credential_secret": "secret"}
    fields = {"credential_version": "2.1", "partner_tag": "demo-21", "marketplace": "US"}
    assert send(site, "POST", "/accounts", **keys, **fields)[0] == 200
    assert service.lines()[2:] == ["POST /v1/validate", "GET /v1/site"]


def test_refused_tag_is_explained(site: Site, service: RecordingService) -> None:
    service.join(site)
    before = site.php("return get_option( 'amzlinkr_accounts' );")
    for status, code, sent, shown, action in (
        (409, "connection_has_credentials", 424, "Amazon keys are stored", "enter the keys again"),
        (422, "invalid_request", 422, "The service's detail", "The service's action"),
    ):
        problem = {
            "code": code,
            "detail": "The service's detail",
            "action": "The service's action",
            "status": status,
            "field": "partner_tag",
        }
        service.replies["PUT /v1/connections/US"] = Reply(problem, status)
        answered, body = send(site, "PUT", "/accounts/US", partner_tag="demo-21")
        assert (answered, body["code"]) == (sent, code)
        assert shown in body["message"]
        assert action in body["data"]["action"]
    assert service.lines() == ["PUT /v1/connections/US"] * 2
    assert site.php("return get_option( 'amzlinkr_accounts' );") == before


def test_search_without_access_names_the_import(site: Site, service: RecordingService) -> None:
    service.join(site)
    expected = "Without a search, enter ASINs or Amazon URLs under AmzLinkr → Import"
    for code, action in (
        ("amazon_no_credentials", expected),
        ("amazon_not_eligible", f"Do this. {expected}"),
        ("amazon_access_denied", f"Do this. {expected}"),
        ("amazon_paapi_retired", f"Do this. {expected}"),
        # Other problems have nothing to do with it.
        ("amazon_throttled", "Do this."),
    ):
        problem = {"code": code, "detail": "No access.", "action": "Do this.", "status": 424}
        service.replies["GET /v1/search"] = Reply(problem, 424)
        status, body = send(site, "GET", "/search", keywords="tea")
        assert (status, body["code"], body["message"]) == (424, code, "No access.")
        found = body["data"]["action"]
        assert found == action if action == "Do this." else found.startswith(action)


def test_search_of_a_marketplace_without_keys_is_no_call(
    site: Site, service: RecordingService
) -> None:
    """Save the few calls that a site has until an account has access."""
    service.join(site)
    states = {"US": "link_only", "DE": "valid"}
    site.php(
        "update_option( AmzLinkr\\Accounts\\OPTION, compact( 'accounts', 'primary' ) );",
        accounts=[{"marketplace": code, "state": state} for code, state in states.items()],
        primary="US",
    )
    service.replies["GET /v1/search"] = Reply({"items": []})
    for query in ({}, {"marketplace": "US"}):
        status, body = send(site, "GET", "/search", keywords="tea", **query)
        assert (status, body["code"]) == (424, "amazon_no_credentials")
        assert "AmzLinkr → Import" in body["data"]["action"]
    assert service.lines() == []
    status, _ = send(site, "GET", "/search", keywords="tea", marketplace="DE")
    assert (status, len(service.lines())) == (200, 1)


def test_search_page_and_block_name_the_marketplaces_without_a_search(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    assert "No search yet" not in site.php(RENDER_SEARCH_PAGE, login="owner")
    service.replies["GET /v1/site"] = Reply(SITE)
    send(site, "GET", "/accounts")

    page = site.php(RENDER_SEARCH_PAGE, login="owner")
    assert "No search yet: US." in page
    assert 'admin.php?page=amzlinkr-import"' in page
    assert 'class="is-waiting">US: Tag only, no API access yet<' in page
    page = site.php(RENDER_SEARCH_PAGE, login="")
    assert "an author, editor or administrator" in page
    assert "page=amzlinkr-import" not in page

    (code,) = [line for line in site.php(EDITOR_DATA) if line]
    data = json.loads(code.partition(" = ")[2].removesuffix(";"))
    assert (data["all"], data["linkOnly"], data["mayImport"]) == (["US"], ["US"], True)


def test_import_that_waits_is_stored_and_shown(site: Site, service: RecordingService) -> None:
    service.join(site)
    results = [
        waiting_result(WAITING, product=product(WAITING, "waiting")),
        # The product of a result may be absent.
        waiting_result(OTHER),
        waiting_result("../x"),
    ]
    service.replies["POST /v1/import"] = Reply({"results": results})

    status, body = send(site, "POST", "/import", items=[WAITING, OTHER, "x"])

    assert status == 200
    shown = [(each["asin"], each["marketplace"], each["status"]) for each in body["results"]]
    assert shown == [(asin, "US", "waiting") for asin in (WAITING, OTHER, "")]
    assert "The product is retrieved when" in body["results"][0]["detail"]
    rows = site.php(READ_ROWS)
    assert {asin: row["price_status"] for asin, row in rows.items()} == {
        WAITING: "waiting",
        OTHER: "waiting",
    }
    assert "https://www.amazon.com/dp/B0WAITING0?tag=demo-20" in site.php(
        RENDER, asin=WAITING, title=""
    )


def test_import_that_waits_keeps_known_content(site: Site, service: RecordingService) -> None:
    service.join(site)
    now = site.php("return gmdate( 'c' );")
    service.replies["POST /v1/import"] = Reply(
        {"results": [waiting_result(WAITING, product=current(WAITING, now))]}
    )
    send(site, "POST", "/import", items=[WAITING])
    assert site.php(READ_ROWS)[WAITING]["price"] == "$20.00"
    service.replies["POST /v1/import"] = Reply({"results": [waiting_result(WAITING)]})
    send(site, "POST", "/import", items=[WAITING])
    assert site.php(READ_ROWS)[WAITING]["price"] == "$20.00"


def test_waiting_product_becomes_a_full_box_and_back(site: Site, service: RecordingService) -> None:
    service.join(site)
    post = site.php(CREATE_POST, asin=WAITING)
    (site.root / "wp-content/mu-plugins/recorder.php").write_text(RECORD_PURGED_POSTS)
    now = site.php("return gmdate( 'c' );")
    steps: list[tuple[str, dict[str, object] | None, str, bool]] = [
        ("waiting", product(WAITING, "waiting", title="Amazon's title"), "waiting", False),
        ("added", current(WAITING, now), "current", True),
        # The account loses its access, and the product lapses.
        ("expired", product(WAITING, "expired"), "expired", False),
        ("waiting", None, "waiting", False),
        ("missing", None, "missing", False),
        ("added", current(WAITING, now), "current", True),
    ]
    for kind, sent, status, is_full in steps:
        service.replies["GET /v1/changes"] = Reply(change(kind, sent))
        site.cron("amzlinkr_sync")
        row, box, purged = site.php(READ_SHOWN, asin=WAITING)
        assert row["price_status"] == status, kind
        assert row["title"] == ("Acme Kettle" if is_full else "")
        assert (row["seen_at"] > 0) is is_full
        assert "My kettle" in box, kind
        assert ("$20.00" in box) is is_full, kind
        assert "Amazon's title" not in box
        assert purged == [post], kind

    # Nothing has changed: no post is purged.
    site.cron("amzlinkr_sync")
    assert site.php(READ_SHOWN, asin=WAITING)[2] == []


def test_products_of_a_moved_site_wait_with_a_tag_alone(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    service.replies["POST /v1/import"] = Reply({"results": [waiting_result(WAITING)]})
    send(site, "POST", "/import", items=[WAITING])
    site.php(RESTART_AND_IMPORT_AGAIN)
    service.requests.clear()

    site.cron("amzlinkr_sync")

    imports = [sent for sent in service.requests if sent.line == "POST /v1/import"]
    assert [json.loads(sent.body)["items"] for sent in imports] == [[WAITING]]
    assert site.php(READ_ROWS)[WAITING]["price_status"] == "waiting"
    assert site.php("return AmzLinkr\\Sync\\get_state()['must_reimport'];") is False
