"""REST routes of lists: what is sent to the service, what is stored, and what users are shown."""

import json
from typing import Any

import pytest

from tests.plugin.list_bodies import (
    CREATE_POST,
    READ_PURGES,
    RECORD_PURGES,
    asins,
    join,
    read_lists,
    run_sync,
    saved_list,
    unfilled,
)
from tests.plugin.list_bodies import (
    entry as listed,
)
from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

SEND = """
if ( is_string( $role ?? 1 ) ) {
    $known = get_user_by( 'login', "the_$role" );
    $user  = $known ? $known->ID : wp_insert_user( array(
        'user_login' => "the_$role",
        'user_pass'  => wp_generate_password(),
        'role'       => $role,
    ) );
}
wp_set_current_user( $user ?? 1 );
if ( isset( $limit ) ) {
    add_filter( 'amzlinkr_hourly_limit', static fn() => $limit );
}
$request = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
$request->set_header( 'Content-Type', 'application/json' );
$request->set_body( wp_json_encode( $fields ) );
$response = rest_do_request( $request );
return array( $response->get_status(), json_decode( wp_json_encode( $response->get_data() ) ) );
"""
SET_STATE = """
$option = get_option( AmzLinkr\\Accounts\\OPTION );
$option['accounts'][0]['state'] = $state;
update_option( AmzLinkr\\Accounts\\OPTION, $option );
"""
PUT_TEA = "PUT /v1/lists/tea"


def send(site: Site, method: str, path: str, **more: object) -> tuple[int, Any]:
    """Send a request, as the administrator or as a `role`, and return its status and body."""
    status, body = site.php(SEND, method=method, path=path, **({"fields": {}} | more))
    return status, body


def put(site: Site, name: str = "tea", *, size: object = 10, **fields: object) -> tuple[int, Any]:
    """Save a list and return the status and body."""
    return send(site, "PUT", f"/lists/{name}", fields={"size": size, **fields})


def test_list_is_sent_as_typed_json(site: Site, service: RecordingService) -> None:
    join(site, service)
    search: dict[str, Any] = {
        "keywords": "Grüner Tee", "brand": "Acme", "category": "Grocery", "sort": "Featured",
        "min_price": "500", "max_price": 2000, "min_rating": "4", "min_saving": 10,
        "in_stock": "false", "delivery": "Prime", "marketplace": "DE", "title": "",
    }  # fmt: skip
    assert put(site, **search)[0] == 200
    (request,) = service.requests
    assert request.line == PUT_TEA
    assert json.loads(request.body) == {
        "marketplace": "DE", "size": 10, "keywords": "Grüner Tee", "brand": "Acme",
        "category": "Grocery", "sort": "Featured", "min_price": 500, "max_price": 2000,
        "min_rating": 4, "min_saving": 10, "in_stock": False, "delivery": "Prime",
    }  # fmt: skip
    put(site, keywords="tea")
    # The primary marketplace is named, so that a later change of it does not move the list.
    expected = {"marketplace": "US", "size": 10, "keywords": "tea"}
    assert json.loads(service.requests[1].body) == expected


def test_created_list_is_stored_and_a_sync_is_scheduled(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    service.replies[PUT_TEA] = Reply(unfilled(), 201)
    status, body = put(site, keywords="tea")
    assert status == 200
    assert (body["name"], body["state"], body["count"]) == ("tea", "unfilled", 0)
    assert body["query"] == {"keywords": "tea", "in_stock": True}
    assert body["is_awaited"] is True
    assert read_lists(site) == {"tea": ([], False, "unfilled")}
    scheduled = (
        "return wp_next_scheduled( AmzLinkr\\Sync\\CONTINUE_HOOK, array( 'list' ) ) - time();"
    )
    assert 0 < site.php(scheduled) <= 60
    # The list is part of the current generation: a sync does not read it again.
    assert run_sync(site, service) == []


def test_list_is_read_for_an_editor_that_waits(site: Site, service: RecordingService) -> None:
    join(site, service)
    (site.root / "wp-content/mu-plugins/recorder.php").write_text(RECORD_PURGES)
    post = site.php(CREATE_POST, content="[amzlinkr_list name=tea]")
    service.replies["GET /v1/lists/tea"] = Reply(unfilled())
    assert send(site, "GET", "/lists/tea")[1]["is_awaited"] is True
    service.replies["GET /v1/lists/tea"] = Reply(saved_list())
    status, body = send(site, "GET", "/lists/tea", role="author")
    assert (status, body["count"], body["is_awaited"]) == (200, 3, False)
    assert read_lists(site)["tea"] == (asins(1, 2, 3), True, "current")
    assert site.php(READ_PURGES) == [[[post], ["tea"]]]
    site.php(SET_STATE, state="link_only")
    service.replies["GET /v1/lists/tea"] = Reply(unfilled(query={"keywords": "other"}))
    assert send(site, "GET", "/lists/tea")[1]["is_awaited"] is False


def test_changed_list_purges_its_posts(site: Site, service: RecordingService) -> None:
    join(site, service)
    (site.root / "wp-content/mu-plugins/recorder.php").write_text(RECORD_PURGES)
    post = site.php(CREATE_POST, content="[amzlinkr_list name=tea]")
    run_sync(site, service, listed(saved_list()))
    site.php(READ_PURGES)
    service.replies[PUT_TEA] = Reply(unfilled(query={"keywords": "other"}))
    assert put(site, keywords="other")[0] == 200
    assert site.php(READ_PURGES) == [[[post], ["tea"]]]
    assert read_lists(site) == {"tea": ([], False, "unfilled")}


def test_deleted_list_is_removed_here_and_at_the_service(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    (site.root / "wp-content/mu-plugins/recorder.php").write_text(RECORD_PURGES)
    post = site.php(CREATE_POST, content="[amzlinkr_list name=tea]")
    run_sync(site, service, *(listed(saved_list(name)) for name in ("tea", "kettles", "cups")))
    site.php(READ_PURGES)
    assert send(site, "DELETE", "/lists/tea") == (200, {"name": "tea"})
    assert site.php(READ_PURGES) == [[[post], ["tea"]]]
    # The service does not have it any more.
    problem = {"code": "not_found", "detail": "No such list.", "status": 404}
    service.replies["DELETE /v1/lists/kettles"] = Reply(problem, 404)
    assert send(site, "DELETE", "/lists/kettles")[0] == 200
    service.replies["DELETE /v1/lists/cups"] = Reply({}, 500)
    assert send(site, "DELETE", "/lists/cups")[0] == 424
    assert list(read_lists(site)) == ["cups"]


def test_lists_are_read_from_this_site(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, listed(saved_list()), listed(unfilled("new", size=5)))
    sent = len(service.requests)
    status, body = send(site, "GET", "/lists", role="contributor")
    assert status == 200
    assert [(each["name"], each["count"], each["size"]) for each in body["lists"]] == [
        ("new", 0, 5),
        ("tea", 3, 10),
    ]
    assert body["lists"][1]["search"] == "“tea”"
    assert body["lists"][1]["refreshed"] != ""
    assert len(service.requests) == sent


def test_refusals_are_explained(site: Site, service: RecordingService) -> None:
    join(site, service)
    for code, message, action in (
        ("list_limit_reached", "maximum number of lists", "Delete a list"),
        ("not_connected", "No Amazon account is connected", "An Associate tag is enough"),
    ):
        problem = {"code": code, "detail": "In English.", "action": "Do it.", "status": 409}
        service.replies[PUT_TEA] = Reply(problem | {"request_id": "r1"}, 409)
        status, body = put(site, keywords="tea")
        assert (status, body["code"], body["data"]["request_id"]) == (424, code, "r1")
        assert message in body["message"]
        assert action in body["data"]["action"]
        assert read_lists(site) == {}


def test_other_errors_name_their_field(site: Site, service: RecordingService) -> None:
    join(site, service)
    problem = {"code": "invalid_request", "detail": "Empty.", "status": 422, "field": "keywords"}
    service.replies[PUT_TEA] = Reply(problem, 422)
    status, body = put(site)
    assert (status, body["data"]["field"]) == (422, "keywords")


def test_invalid_lists_are_refused(site: Site, service: RecordingService) -> None:
    join(site, service)
    invalid: list[dict[str, object]] = [
        {"size": 0}, {"size": 31}, {"size": "x"}, {"size": None}, {"keywords": ["tea"]},
        {"min_price": -1}, {"min_rating": 5}, {"in_stock": "perhaps"}, {"marketplace": "us"},
        {"sort": "a b"},
    ]  # fmt: skip
    for fields in invalid:
        values: dict[str, Any] = {"keywords": "tea", **fields}
        assert put(site, **values)[0] == 400, fields
    assert service.lines() == []


def test_lists_count_for_every_ten_products(site: Site, service: RecordingService) -> None:
    join(site, service)
    rights = {"publish_posts": True, "edit_others_posts": True}
    for size, cost in ((1, 1), (10, 1), (11, 2), (30, 3)):
        fields = {"keywords": "tea", "size": size}
        role = f"author-{size}"
        site.php("add_role( $role, $role, $rights );", role=role, rights=rights)
        calls: dict[str, Any] = {"role": role, "fields": fields}
        assert send(site, "PUT", "/lists/tea", limit=cost - 1, **calls)[0] == 429, size
        assert send(site, "PUT", "/lists/tea", limit=cost, **calls)[0] == 200, size
        assert send(site, "PUT", "/lists/tea", limit=cost, **calls)[0] == 429, size
    assert len(service.requests) == 4


def test_list_of_another_name_is_an_error(site: Site, service: RecordingService) -> None:
    join(site, service)
    others: list[object] = [
        saved_list("other"), saved_list(marketplace="../x"), {"items": [], "query": {}},
    ]  # fmt: skip
    for body in others:
        service.replies[PUT_TEA] = Reply(body)
        assert put(site, keywords="tea")[1]["code"] == "service_unreachable"
    assert read_lists(site) == {}


def test_malformed_lists_do_not_stay(site: Site, service: RecordingService) -> None:
    join(site, service)
    malformed: list[dict[str, object]] = [
        {"items": ["x", None, 5, {}, {"asin": ["x"]}, {"asin": "b0list0001"}]},
        {"items": [{"asin": "B0LIST0001", "marketplace": "US", "price_status": "missing"}]},
        {"size": ["x"], "observed_at": ["x"], "fresh_until": {"a": 1}},
        {"query": ["x", {"keywords": ["x"]}]},
        {"query": {"keywords": ["x"], "min_price": "x", "in_stock": ["x"], "other": "x"}},
    ]
    for fields in malformed:
        service.replies[PUT_TEA] = Reply(saved_list(items=0) | fields)
        status, body = put(site, keywords="tea")
        assert (status, body["count"]) == (200, 0), fields
        run_sync(site, service, listed(saved_list(items=0) | fields))
        assert read_lists(site)["tea"][0] == [], fields
        assert site.php("return do_shortcode( '[amzlinkr_list name=tea]' );") == ""
        run_sync(site, service, listed(saved_list()))
        assert read_lists(site)["tea"][0] == asins(1, 2, 3), fields
