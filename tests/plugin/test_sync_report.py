"""Reports of the service about the price sync: where they are shown, until when, and to whom."""

import html as markup
import json
import re
import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

from amzlinkr.domain.errors import NotConnected
from clients.wordpress import translations
from tests.plugin import pages
from tests.plugin.browser import Browser
from tests.plugin.command_line import wp
from tests.plugin.list_bodies import ago, entry, join, run_sync, saved_list, unfilled
from tests.plugin.recording_service import SITE, RecordingService, Reply
from tests.plugin.site import Site
from tests.plugin.stored_products import ATTACK

pytestmark = pytest.mark.wordpress

ONE_VERSION = pytest.mark.parametrize("version", ["6.5"])

READ = "GET /v1/sync"
SHOWN_ATTACK = "&lt;img src=x onerror=attack()&gt;"
ACCOUNT = {
    "marketplace": "US",
    "partner_tag": "demo-21",
    "state": "link_only",
    "since": "2026-11-01T00:00:00Z",
}
WARNING = (
    "Tags with this suffix usually belong to another marketplace (DE, UK); this marketplace is US. "
    "Compare the tag with Associates Central: sales through a tag of another marketplace earn no "
    "commission."
)
NOT_CONNECTED = {"code": "not_connected", "action": "An Associate tag is enough for links."}
NO_KEYS = {"code": "amazon_no_credentials", "action": "Enter the API credentials later."}
LISTS = entry(saved_list(observed_at=ago(2))), entry(unfilled("new"))
LOAD = "return AmzLinkr\\SyncReport\\load();"
MARKETPLACES = "return AmzLinkr\\SyncProblems\\describe_marketplaces();"
HEALTH = "return AmzLinkr\\SiteHealth\\get_problems();"
AGE_REPORT = """
$report = get_option( AmzLinkr\\SyncReport\\OPTION );
update_option( AmzLinkr\\SyncReport\\OPTION, array( 'read_at' => $report['read_at'] - 3600 ) + $report );
"""  # noqa: E501 -- PHP
SET_STATE = """
$option = get_option( AmzLinkr\\Accounts\\OPTION );
$option['accounts'] = $state ? array( array( 'state' => $state ) + $option['accounts'][0] ) : array();
update_option( AmzLinkr\\Accounts\\OPTION, $option );
"""  # noqa: E501 -- PHP
SET_WARNING = """
$option = get_option( AmzLinkr\\Accounts\\OPTION );
$option['accounts'][0] = array( 'state' => 'link_only', 'warning' => $warning ) + $option['accounts'][0];
update_option( AmzLinkr\\Accounts\\OPTION, $option );
"""  # noqa: E501 -- PHP
SEND = """
wp_set_current_user( 1 );
$request = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
array_map( array( $request, 'set_param' ), array_keys( $fields ), $fields );
$response = rest_do_request( $request );
return array( $response->get_status(), json_decode( wp_json_encode( $response->get_data() ) ) );
"""
RENDER = """
if ( $role ) {
    $known = get_user_by( 'login', "the_$role" );
    wp_set_current_user( $known ? $known->ID : wp_insert_user( array(
        'user_login' => "the_$role",
        'user_pass'  => wp_generate_password(),
        'role'       => $role,
    ) ) );
}
set_current_screen( 'toplevel_page_amzlinkr' );
foreach ( array( 'admin', 'actions', 'amazon-links', 'notices', 'products-action', 'attention-widget' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
$shown = array();
foreach ( array( 'products', 'attention', 'lists' ) as $page ) {
    ob_start();
    require WP_PLUGIN_DIR . "/amzlinkr/admin/$page.php";
    $shown[ $page ] = ob_get_clean();
}
ob_start();
AmzLinkr\\AttentionWidget\\print_widget();
$shown['widget'] = ob_get_clean();
$shown['health'] = AmzLinkr\\SiteHealth\\run_test()['description'];
set_current_screen( 'front' );
$shown['block'] = AmzLinkr\\ListBlock\\render( array( 'name' => 'tea' ) );
$shown['empty'] = AmzLinkr\\ListBlock\\render( array( 'name' => 'new' ) );
return $shown;
"""  # noqa: E501 -- PHP
SCRIPT_DATA = """
wp_set_current_user( 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
return AmzLinkr\\Admin\\get_script_data()['accounts'];
"""


def refused(at: str, **fields: object) -> dict[str, object]:
    """Return the problem of a list."""
    problem = {
        "code": "amazon_rejected_request",
        "detail": "The SearchIndex is invalid.",
        "action": "Change the category, sorting, or filter that the detail names, and try again.",
        "at": at,
    }
    return problem | fields


def report(
    problems: object = None, list_problems: object = None, **members: object
) -> dict[str, object]:
    """Return a body of `GET /v1/sync`."""
    return {"problems": problems or {}, "list_problems": list_problems or {}, **members}


def store(site: Site, service: RecordingService, body: object) -> None:
    """Let the site read a report."""
    service.replies[READ] = Reply(body)
    site.php("AmzLinkr\\SyncReport\\refresh();")


def render(site: Site, role: str = "administrator") -> dict[str, str]:
    """Return the pages, the widget and the lists as a user sees them."""
    shown: dict[str, str] = site.php(RENDER, role=role)
    return shown


def send(site: Site, method: str, path: str, **fields: object) -> Any:
    """Send a request as the administrator and return the body."""
    status, body = site.php(SEND, method=method, path=path, fields=fields)
    assert status == 200, body
    return body


def reads(service: RecordingService) -> int:
    """Return how many times the report was read, and forget the requests."""
    count = service.lines().count(READ)
    service.requests.clear()
    return count


@ONE_VERSION
def test_report_is_read_once_an_hour_and_while_a_list_is_awaited(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    service.replies[READ] = Reply(report({"DE": NOT_CONNECTED}))
    run_sync(site, service)
    assert reads(service) == 1
    run_sync(site, service)
    assert reads(service) == 0
    site.php(AGE_REPORT)
    run_sync(site, service)
    assert reads(service) == 1
    # A list waits for its first products: its search may be refused at any time.
    for _ in range(2):
        run_sync(site, service, entry(unfilled()))
        assert reads(service) == 1
    service.replies[READ] = Reply(report(None, {"tea": refused(ago())}))
    run_sync(site, service)
    run_sync(site, service)
    assert reads(service) == 1
    # A failed read keeps the report, and a failed run does not read it.
    site.php(AGE_REPORT)
    service.replies[READ] = Reply(b"", 503)
    run_sync(site, service)
    assert reads(service) == 1
    assert list(site.php(LOAD)["list_problems"]) == ["tea"]
    service.replies["GET /v1/changes"] = Reply(b"", 503)
    site.php("AmzLinkr\\Sync\\run();")
    assert reads(service) == 0
    site.php("AmzLinkr\\Disconnect\\disconnect_locally();")
    assert site.php(LOAD) == {"read_at": 0, "problems": [], "list_problems": []}


@ONE_VERSION
def test_malformed_report_does_not_stay(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, entry(saved_list()))
    bodies: list[object] = [
        {},
        {"problems": None, "list_problems": None},
        {"problems": "x", "list_problems": ["x", None]},
        {"problems": {"DE": "x", "de": NOT_CONNECTED, "../x": NOT_CONNECTED, "": NOT_CONNECTED}},
        {"problems": {"DE": {}, "FR": {"code": ["x"], "action": "x"}}},
        {"list_problems": {"tea": {"code": "", "at": ["x"]}, "Tea!": refused(ago()), "a": None}},
    ]
    for body in bodies:
        store(site, service, body)
        loaded = site.php(LOAD)
        assert (loaded["problems"], loaded["list_problems"]) == ([], []), body
    # Members without a text are nothing to show.
    empty = {"code": "amazon_rejected_request", "detail": None, "action": ["x"], "at": None}
    store(site, service, report({"DE": {"code": "not_connected"}}, {"tea": empty}))
    assert site.php(MARKETPLACES) == {"DE": "DE is not refreshed. No Amazon account is connected."}
    assert render(site)["lists"].count("Refused by Amazon") == 0


@pytest.mark.parametrize("version", ["6.1", "6.5"])
def test_reasons_are_shown_where_the_owner_looks(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, *LISTS)
    shown = render(site)
    assert not any("refused" in html or "not refreshed" in html for html in shown.values())

    lists = {name: refused(ago(), detail=f"Detail {ATTACK}") for name in ("tea", "new")}
    store(site, service, report({"DE": NOT_CONNECTED | {"action": f"Do {ATTACK}"}}, lists))
    shown = render(site)
    for name, html in shown.items():
        assert "<img src=x" not in html, name
        if name != "widget":
            assert f"{'Do' if name == 'products' else 'Detail'} {SHOWN_ATTACK}" in html, name
    for name in ("products", "widget", "health"):
        assert "DE is not refreshed. No Amazon account is connected. Do" in shown[name], name
    for name in ("attention", "health"):
        text = markup.unescape(shown[name])
        assert text.count("Amazon refused the search (") == 2, name
        assert "List “tea”: Amazon refused the search (" in text, name
        assert "Change the category, sorting, or filter" in text, name
    assert "Lists of which Amazon refuses the search: 2</a>" in shown["widget"]
    assert shown["lists"].count("<strong>Refused by Amazon</strong>") == 2
    # The list that has products is shown, with a note below it.
    assert "The list “tea” is not refreshed, and is shown for 24 hours" in shown["block"]
    assert "Product 1" in shown["block"]
    assert "The list “new” is not shown. Amazon refused the search (" in shown["empty"]

    command = wp(site, "status", "--format=json")
    values = {row["name"]: row["value"] for row in json.loads(command.output)}
    assert (values["refused_lists"], values["not_refreshed_DE"]) == (2, "not_connected")
    assert command.code == 1
    assert command.errors.count("Amazon refused the search") == 2
    assert "DE is not refreshed." in command.errors
    table = wp(site, "lists", "--format=csv", "--fields=name,problem").output
    assert "Detail" in table.partition("tea,")[2]


@ONE_VERSION
def test_reasons_are_not_shown_to_others(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, *LISTS)
    store(site, service, report({"DE": NOT_CONNECTED}, {"tea": refused(ago())}))
    for role in ("editor", "contributor", ""):
        shown = render(site, role)
        is_editor, is_user = role == "editor", role != ""
        assert ("is not refreshed. No Amazon account" in shown["products"]) is is_editor, role
        assert ("The SearchIndex is invalid." in shown["block"]) is is_user, role
        assert "Product 1" in shown["block"]
    status = site.php(
        "wp_set_current_user( 0 );"
        "$response = rest_do_request( new WP_REST_Request( 'POST', '/amzlinkr/v1/refresh' ) );"
        "return $response->get_status();"
    )
    assert status == 401


@ONE_VERSION
def test_problem_ends_with_its_cause(site: Site, service: RecordingService) -> None:
    join(site, service)
    codes = ("not_connected", "amazon_no_credentials", "amazon_not_eligible")
    shown: dict[str, list[str]] = {}
    for state in ("", "link_only", "not_eligible", "throttled", "valid"):
        join(site, service)
        site.php(SET_STATE, state=state)
        shown[state] = []
        for code in codes:
            store(site, service, report({"US": {"code": code, "action": "Do it."}}))
            if site.php(MARKETPLACES):
                shown[state].append(code)
    assert shown == {
        "": ["not_connected"],
        "link_only": ["amazon_no_credentials"],
        "not_eligible": ["amazon_not_eligible"],
        "throttled": ["amazon_not_eligible"],
        "valid": [],
    }
    # Site Health names an account that is down once.
    site.php(SET_STATE, state="not_eligible")
    store(site, service, report({"US": {"code": "amazon_not_eligible", "action": "Do it."}}))
    assert sum("US" in text for text in site.php(HEALTH)) == 1
    # A tag without keys is a choice of the owner.
    site.php(SET_STATE, state="link_only")
    store(site, service, report({"US": NO_KEYS}))
    assert not any("US" in text for text in site.php(HEALTH))
    page = render(site)["products"]
    assert '<div class="notice notice-info inline" id="amzlinkr-not-refreshed">' in page
    assert "US is not refreshed. Tag only, no API access yet. Enter the API" in page

    site.php(SET_STATE, state="valid")
    run_sync(site, service, entry(saved_list(observed_at=ago(2))), checked_at={"US": ago(2)})
    store(site, service, report(None, {"tea": refused(ago(1))}))
    describe = "return AmzLinkr\\SyncProblems\\describe_lists();"
    assert list(site.php(describe)) == ["tea"]
    run_sync(site, service, entry(saved_list(observed_at=ago())))
    assert site.php(describe) == []
    # Another search replaces the refused one.
    store(site, service, report(None, {"tea": refused(ago(-1))}))
    assert list(site.php(describe)) == ["tea"]
    service.replies["PUT /v1/lists/tea"] = Reply(unfilled(query={"keywords": "green tea"}))
    saved = send(site, "PUT", "/lists/tea", size=10, keywords="green tea")
    assert (saved.get("problem"), saved["is_awaited"]) == ("", True)
    # The editor that waits for the list shows the reason.
    service.replies["GET /v1/lists/tea"] = service.replies["PUT /v1/lists/tea"]
    waiting = send(site, "GET", "/lists/tea")
    assert "The SearchIndex is invalid." in waiting["problem"]
    assert waiting["is_awaited"] is False


@ONE_VERSION
def test_refresh_names_what_it_cannot_refresh(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, entry(saved_list(observed_at=ago(2))))
    service.replies["POST /v1/sync"] = Reply(
        report({"DE": NOT_CONNECTED}, {"tea": refused(ago())}, last_run_at=None)
    )
    problems = send(site, "POST", "/refresh")["problems"]
    assert [text.partition(".")[0] for text in problems] == [
        "DE is not refreshed",
        problems[1].partition(".")[0],
    ]
    assert "The SearchIndex is invalid." in problems[1]
    service.replies["POST /v1/sync"] = Reply({"last_run_at": None})
    assert send(site, "POST", "/refresh")["problems"] == []


@ONE_VERSION
def test_unusual_tag_has_a_warning(site: Site, service: RecordingService) -> None:
    service.join(site)
    connection = ACCOUNT | {"warning": WARNING}
    service.replies["PUT /v1/connections/US"] = Reply(connection)
    service.replies["GET /v1/site"] = Reply(SITE | {"connections": [connection]})
    saved = send(site, "PUT", "/accounts/US", partner_tag="demo-21")
    assert saved["warning"] == WARNING
    assert [account["warning"] for account in saved["accounts"]] == [WARNING]
    # It stays beside the tag, until a call to Amazon tests the tag.
    assert [account["warning"] for account in site.php(SCRIPT_DATA)] == [WARNING]
    site.php(SET_STATE, state="valid")
    assert [account["warning"] for account in site.php(SCRIPT_DATA)] == [""]

    keys = {"api": "creators", "credential_id": "id", "credential_secret": "secret"}
    fields = {"credential_version": "2.1", "partner_tag": "demo-21", "marketplace": "US"}
    answers: list[tuple[object, str]] = [
        (connection, WARNING),
        (ACCOUNT, ""),
        (ACCOUNT | {"warning": None}, ""),
        (ACCOUNT | {"warning": ["x"]}, ""),
    ]
    for answer, expected in answers:
        validated = {"status": "valid", "message": "Your keys work.", "connection": answer}
        service.replies["POST /v1/validate"] = Reply(validated)
        service.replies["GET /v1/site"] = Reply(SITE | {"connections": [answer]})
        saved = send(site, "POST", "/accounts", **keys, **fields)
        assert saved["warning"] == expected
        assert saved["accounts"][0]["warning"] == expected


@ONE_VERSION
def test_texts_are_german_on_a_german_site(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, *LISTS)
    action = NotConnected.default_action
    store(
        site,
        service,
        report({"DE": {"code": "not_connected", "action": action}}, {"tea": refused(ago())}),
    )
    site.php(SET_WARNING, warning=WARNING)
    languages = site.root / "wp-content/languages"
    languages.mkdir(exist_ok=True)
    shutil.copyfile(translations.PLUGIN / "languages/amzlinkr-de_DE.mo", languages / "de_DE.mo")
    site.php("update_option( 'WPLANG', 'de_DE' );")
    shown = render(site)
    assert (
        "DE wird nicht aktualisiert. Es ist kein Amazon-Konto verbunden. Für Links"
        in shown["products"]
    )
    assert "Liste „tea“: Amazon hat die Suche abgelehnt (" in shown["attention"]
    assert "Ändern Sie die genannte Kategorie" in shown["lists"]
    assert "Die Liste „tea“ wird nicht aktualisiert" in shown["block"]
    for name in ("products", "attention", "lists", "widget", "health", "block"):
        assert not re.search(
            "refuse[sd] the|not refreshed|Associate tag|Change the", shown[name]
        ), name
    warning = site.php(SCRIPT_DATA)[0]["warning"]
    assert warning.startswith("Tags mit dieser Endung gehören")
    assert "(DE, UK); dieser Marktplatz ist US." in warning
    assert "commission" not in warning


@ONE_VERSION
def test_pages_show_warnings_and_reasons_after_a_click(
    site: Site, browser: Browser, service: RecordingService
) -> None:
    join(site, service)
    connection = ACCOUNT | {"warning": WARNING}
    service.replies["PUT /v1/connections/US"] = Reply(connection)
    service.replies["POST /v1/sync"] = Reply(report({"DE": NOT_CONNECTED | {"action": ATTACK}}))
    owner = browser.log_in(site)
    pages.open_page(owner, site, "amzlinkr-settings")
    service.replies["GET /v1/site"] = Reply(SITE | {"connections": [connection]})
    owner.get_by_label("I have no API access yet").check()
    owner.get_by_label("Associate Tag", exact=True).fill("demo-21")
    owner.get_by_role("button", name="Save").click()
    notice = owner.locator("#amzlinkr-validated .notice-warning")
    expect(notice).to_contain_text("The tag is saved.")
    expect(notice).to_contain_text(WARNING)
    beside = owner.locator("#amzlinkr-accounts .amzlinkr-tag-warning")
    expect(beside).to_have_text(f" {WARNING}")
    owner.reload()
    expect(beside).to_have_text(f" {WARNING}")

    pages.open_page(owner, site, "amzlinkr")
    owner.get_by_role("button", name="Refresh now").click()
    refreshed = owner.locator("#amzlinkr-refreshed .notice-warning")
    expect(refreshed).to_contain_text("DE is not refreshed. No Amazon account is connected. <img")
    assert owner.locator("img[src=x]").count() == 0
    assert browser.errors == []
