"""Rights on lists that posts of others may show: only editors replace and delete them."""

from typing import Any

import pytest

from tests.plugin.list_bodies import entry, join, read_lists, run_sync, saved_list
from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site
from tests.plugin.test_list_routes import SEND

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

SAME: dict[str, object] = {"keywords": "tea", "size": 10}
OTHERS: dict[str, dict[str, object]] = {
    "search": {"keywords": "kettle"},
    "filter": {"max_price": 2000},
    "stock": {"in_stock": "false"},
    "size": {"size": 30},
    "marketplace": {"marketplace": "DE"},
}
BLOCK_DATA = """
wp_set_current_user( wp_insert_user( array(
    'user_login' => $role,
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) ) );
AmzLinkr\\ListBlock\\add_editor_data();
return implode( '', wp_scripts()->get_data( 'amzlinkr-list-editor', 'before' ) );
"""
SHOW_PAGE = """
wp_set_current_user( wp_insert_user( array(
    'user_login' => $role,
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) ) );
foreach ( array( 'admin', 'actions' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/lists.php';
return ob_get_clean();
"""


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a site with the list `tea`."""
    join(site, service)
    run_sync(site, service, entry(saved_list()))
    service.requests.clear()
    return site


def put(site: Site, role: str, fields: dict[str, object], name: str = "tea") -> tuple[int, Any]:
    """Save a list as a user of a role, and return the status and body."""
    values = {"method": "PUT", "path": f"/lists/{name}", "fields": SAME | fields, "role": role}
    status, body = site.php(SEND, **values)
    return status, body


@pytest.mark.parametrize("change", OTHERS)
def test_author_does_not_replace_a_list(
    change: str, connected: Site, service: RecordingService
) -> None:
    status, body = put(connected, "author", OTHERS[change])
    assert (status, body["code"]) == (403, "list_exists")
    assert "The list “tea” exists with another search." in body["message"]
    assert "Choose another name" in body["data"]["action"]
    assert "ask an editor" in body["data"]["action"]
    assert service.lines() == []
    assert put(connected, "editor", OTHERS[change])[0] == 200
    assert service.lines() == ["PUT /v1/lists/tea"]


def test_author_saves_new_and_equal_lists(connected: Site, service: RecordingService) -> None:
    service.replies["PUT /v1/lists/cups"] = Reply(saved_list("cups", 0))
    assert put(connected, "author", {"keywords": "cups"}, "cups")[0] == 200
    service.replies["PUT /v1/lists/tea"] = Reply(saved_list())
    same: tuple[dict[str, object], ...] = ({}, {"in_stock": "true"}, {"marketplace": "US"})
    for fields in same:
        assert put(connected, "author", fields)[0] == 200, fields
    assert service.lines() == ["PUT /v1/lists/cups", *["PUT /v1/lists/tea"] * 3]


def test_author_does_not_delete_a_list(connected: Site, service: RecordingService) -> None:
    request = {"method": "DELETE", "path": "/lists/tea", "fields": {}}
    assert connected.php(SEND, role="author", **request)[0] == 403
    assert service.lines() == []
    assert list(read_lists(connected)) == ["tea"]
    assert connected.php(SEND, role="editor", **request)[0] == 200
    assert read_lists(connected) == {}


def test_pages_offer_only_what_is_permitted(connected: Site) -> None:
    for role, may_change in (("author", "false"), ("editor", "true")):
        data = connected.php(BLOCK_DATA, role=role)
        assert '"maySave":true' in data
        assert f'"mayChange":{may_change}' in data
    for role, count in (("contributor", 0), ("administrator", 1)):
        page = connected.php(SHOW_PAGE, role=role)
        assert page.count("button-link-delete") == count
    connected.php("get_role( 'contributor' )->add_cap( 'publish_posts' );")
    code = SHOW_PAGE.replace("'user_login' => $role", "'user_login' => 'other'")
    page = connected.php(code, role="contributor")
    assert page.count("button-link-delete") == 0


@pytest.mark.parametrize(
    ("role", "action"), [("author", "Ask an editor"), ("editor", "under AmzLinkr → Lists")]
)
def test_full_site_names_who_can_delete_a_list(
    role: str, action: str, connected: Site, service: RecordingService
) -> None:
    problem = {"code": "list_limit_reached", "detail": "Full.", "status": 409}
    service.replies["PUT /v1/lists/new"] = Reply(problem, 409)
    assert action in put(connected, role, {}, "new")[1]["data"]["action"]
