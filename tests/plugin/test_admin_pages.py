"""Admin pages and REST routes: capabilities, stored secrets, moves, uninstallation, Site Health."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.fake_amazon.accounts import DEMO_ACCESS_KEY, DEMO_SECRET_KEY
from tests.plugin import pages
from tests.plugin.backend import Backend
from tests.plugin.browser import Browser
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

READ_ALL_TABLES = """
global $wpdb;
$found = array();
foreach ( $wpdb->get_col( 'SHOW TABLES' ) as $table ) {
    $found[ $table ] = $wpdb->get_results( "SELECT * FROM $table", ARRAY_N );
}
return array_map( 'wp_json_encode', $found );
"""
CALL_ROUTES_AS_ROLE = """
wp_set_current_user( 0 === strlen( $role ) ? 0 : wp_insert_user( array(
    'user_login' => "the_$role",
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) ) );
$statuses = array();
foreach ( $routes as list( $method, $path ) ) {
    $request = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
    $request->set_param( 'items', array( 'B0DEMO0001' ) );
    $request->set_param( 'size', 10 );
    $statuses[ "$method $path" ] = rest_do_request( $request )->get_status();
}
return $statuses;
"""
SUBMIT_FORMS_AS_USER = """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
wp_set_current_user( get_user_by( 'login', $user )->ID );
add_filter( 'wp_die_handler', static fn() => static function ( $text, $title, $arguments ) {
    throw new Exception( $text, is_int( $title ) ? $title : $arguments['response'] );
} );
return array_map( static function ( $action ) {
    $_REQUEST = array( '_wpnonce' => wp_create_nonce( "amzlinkr_$action" ) );
    $_POST    = array( 'mode' => 'local', 'statement' => 'changed' );
    try {
        do_action( "admin_post_amzlinkr_$action" );
    } catch ( Exception $died ) {
        return $died->getCode();
    }
    return 200;
}, $actions );
"""
SEND_INVALID_REQUESTS = """
wp_set_current_user( 1 );
$statuses = array();
foreach ( $requests as list( $method, $path, $params ) ) {
    $request = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
    array_map( array( $request, 'set_param' ), array_keys( $params ), $params );
    $statuses[] = rest_do_request( $request )->get_status();
}
return $statuses;
"""
INVALID_REQUESTS: list[tuple[str, str, dict[str, object]]] = [
    ("GET", "/search", {"keywords": ["x"]}),
    ("GET", "/search", {"keywords": "x", "page": "two"}),
    ("GET", "/search", {"keywords": "x", "marketplace": "USA"}),
    ("GET", "/search", {"keywords": "x", "in_stock": "perhaps"}),
    ("POST", "/accounts", {"api": ["creators"]}),
    ("POST", "/accounts", {"api": "creators", "credential_secret": {"a": "b"}}),
    ("PUT", "/accounts/US", {"partner_tag": ["demo-20"]}),
    ("PUT", "/accounts/US", {"partner_tag": "x" * 1001}),
    ("POST", "/import", {}),
    ("POST", "/import", {"items": [["x"]]}),
    ("POST", "/import", {"items": ["B0DEMO0000"], "idempotency_key": "x\r\nX-Injected: yes"}),
    ("POST", "/import", {"items": ["B0DEMO0000"], "idempotency_key": "x\n"}),
    ("GET", "/import/job_1", {"limit": 101}),
    ("GET", "/diagnostics", {"marketplace": ["US"]}),
]
REFRESH_DURING_SYNC = """
wp_set_current_user( 1 );
$lock   = AmzLinkr\\Sync\\acquire_lock();
$status = rest_do_request( new WP_REST_Request( 'POST', '/amzlinkr/v1/refresh' ) )->get_status();
AmzLinkr\\Options\\delete_row( AmzLinkr\\Sync\\LOCK, $lock );
$delay = wp_next_scheduled( AmzLinkr\\Sync\\CONTINUE_HOOK, array( 'refresh' ) ) - time();
return array( $status, $delay, wp_schedule_single_event( time(), AmzLinkr\\Sync\\CONTINUE_HOOK ) );
"""
READ_URL_SAFETY_FLAGS = """
$flags = array();
add_filter( 'http_request_args', static function ( $arguments ) use ( &$flags ) {
    $flags[] = $arguments['reject_unsafe_urls'];
    return $arguments;
} );
foreach ( $urls as $url ) {
    AmzLinkr\\Service\\send( $url, 'GET', '/marketplaces' );
}
return $flags;
"""
TEST_AFTER_HOURS_WITHOUT_SYNC = """
$connection                 = get_option( 'amzlinkr_connection' );
$connection['connected_at'] = time() - 90000;
update_option( 'amzlinkr_connection', $connection );
$last_run = array( 'ran_at' => time() - 7200, 'succeeded_at' => time() - 7200 );
update_option( 'amzlinkr_sync', $last_run + AmzLinkr\\Sync\\get_state() );
return AmzLinkr\\SiteHealth\\run_test();
"""
RUN_SITE_HEALTH_TEST = "return AmzLinkr\\SiteHealth\\run_test();"
PRIVACY_GUIDE = """
require_once ABSPATH . 'wp-admin/includes/admin.php';
set_current_screen( 'dashboard' );
do_action( 'admin_init' );
return WP_Privacy_Policy_Content::get_suggested_policy_text();
"""
OLD_URL = "http://127.0.0.1:1"
"""The address of the original of a copy: nothing of the copy is served there."""
SET_OLD_URL = """
$connection         = get_option( 'amzlinkr_connection' );
$connection['home'] = base64_encode( $url );
update_option( 'amzlinkr_connection', $connection );
"""
HAS_MOVED_WITH_LANGUAGE_PATH = """
add_filter( 'home_url', static fn( $url ) => "$url/de" );
return AmzLinkr\\Connection\\has_moved();
"""
ADMINISTRATOR_ROUTES = [
    ("POST", "/accounts"),
    ("GET", "/accounts"),
    ("DELETE", "/accounts/US"),
    ("PUT", "/accounts/US"),
    ("GET", "/diagnostics"),
]
EDITOR_ROUTES = [
    ("DELETE", "/products/US/B0DEMO0000"),
    ("POST", "/refresh"),
    ("DELETE", "/lists/tea"),
]
AUTHOR_ROUTES = [
    ("POST", "/import"),
    ("GET", "/import/job_1"),
    ("GET", "/lists/tea"),
    ("PUT", "/lists/tea"),
]
CONTRIBUTOR_ROUTES = [("GET", "/search"), ("GET", "/lists")]
ACTIONS = ("connect", "disconnect", "keep_as_copy", "save_display", "save_notifications")


def read_all_tables(site: Site) -> dict[str, str]:
    """Return the rows of each database table as JSON."""
    found: dict[str, str] = site.php(READ_ALL_TABLES)
    return found


def encodings(secret: str) -> list[str]:
    """Return a secret in common encodings and a part of it."""
    raw = secret.encode()
    inside = base64.b64encode(raw)[4:-4].decode()
    return [secret, secret[::-1], raw.hex(), inside, json.dumps(secret)[1:-1], secret[8:20]]


def test_amazon_keys_are_not_stored_and_api_key_is_encrypted(
    site: Site, browser: Browser, backend: Backend
) -> None:
    owner = browser.log_in(site)
    pages.activate(owner, site)
    pages.connect(owner, site, backend)
    browser.allow(r"^422 POST .*amzlinkr/v1/accounts")
    pages.save_keys(owner, Secret=pages.SECRET[:-1] + "X")
    pages.save_keys(owner)
    owner.get_by_label("PA-API 5.0").check()
    owner.get_by_label("Access Key").fill(DEMO_ACCESS_KEY)
    owner.get_by_label("Secret Key").fill(DEMO_SECRET_KEY)
    owner.get_by_label("Associate Tag").fill("demo-20")
    owner.get_by_role("button", name="Save").click()
    expect(owner.locator("#amzlinkr-accounts")).to_contain_text("PA-API 5.0")
    browser.screenshot(owner, "paapi5")
    site.cron("amzlinkr_sync")

    api_key = backend.service_of(site).api_key
    stored = json.dumps(read_all_tables(site))
    assert "amzlinkr_connection" in stored
    secrets = [pages.CREDENTIAL_ID, pages.SECRET, DEMO_ACCESS_KEY, DEMO_SECRET_KEY, api_key]
    for secret in secrets:
        for encoding in encodings(secret):
            assert encoding not in stored
    for page in ("amzlinkr", "amzlinkr-settings", "amzlinkr-settings&tab=connection"):
        owner.goto(f"{site.url}/wp-admin/admin.php?page={page}")
        html = owner.content()
        assert not [secret for secret in secrets if secret in html]
    autoloaded = site.php("return array_keys( wp_load_alloptions() );")
    assert "amzlinkr_connection" in autoloaded
    assert "amzlinkr_api_key" not in autoloaded


def test_challenge_is_served_at_both_urls_for_its_own_sign_up_only(site: Site) -> None:
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    challenge = {"signup_id": "su_1", "token": "the-token"}
    site.php("update_option( 'amzlinkr_challenge', $challenge );", challenge=challenge)

    for path in ("/.well-known/amzlinkr/su_1", "/?amzlinkr_challenge=su_1"):
        assert site.get(path).body == "the-token"
    for path in ("/.well-known/amzlinkr/su_2", "/?amzlinkr_challenge=su_2", "/?x=su_1"):
        assert "the-token" not in site.get(path).body


def test_each_role_can_use_its_own_routes_only(site: Site, backend: Backend) -> None:
    backend.join(site)
    routes = [*ADMINISTRATOR_ROUTES, *EDITOR_ROUTES, *AUTHOR_ROUTES, *CONTRIBUTOR_ROUTES]

    def refused_routes(role: str, status: int = 403) -> list[tuple[str, str]]:
        statuses: dict[str, int] = site.php(CALL_ROUTES_AS_ROLE, role=role, routes=routes)
        return [(method, path) for method, path in routes if statuses[f"{method} {path}"] == status]

    assert refused_routes("", 401) == routes
    assert refused_routes("subscriber") == routes
    assert refused_routes("contributor") == [
        *ADMINISTRATOR_ROUTES,
        *EDITOR_ROUTES,
        *AUTHOR_ROUTES,
    ]
    assert refused_routes("author") == [*ADMINISTRATOR_ROUTES, *EDITOR_ROUTES]
    assert refused_routes("editor") == ADMINISTRATOR_ROUTES
    for user in ("the_subscriber", "the_editor"):
        assert site.php(SUBMIT_FORMS_AS_USER, user=user, actions=ACTIONS) == [403] * len(ACTIONS)
    assert site.php("return get_option( 'amzlinkr_connection' );")


@pytest.mark.parametrize("version", ["6.5"])
def test_deleting_the_site_deletes_it_at_the_service(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site)
    owner = browser.log_in(site)
    pages.open_page(owner, site, "amzlinkr-settings", tab="connection")
    owner.get_by_label("Delete:").check()
    owner.get_by_role("button", name="Disconnect this site").click()
    owner.get_by_text("This site is disconnected.").wait_for()
    assert service.call("GET", "/site").status in (401, 403)

    pages.connect(owner, site, backend)
    assert backend.service_of(site).call("GET", "/site").json["connections"] == []


@pytest.mark.parametrize("version", ["6.5"])
def test_nothing_is_sent_without_consent(site: Site, browser: Browser, backend: Backend) -> None:
    owner = browser.log_in(site)
    pages.activate(owner, site)
    pages.open_page(owner, site, "amzlinkr")
    owner.get_by_label("Service URL").fill(backend.url)
    owner.locator("form.amzlinkr-form").evaluate("form => { form.noValidate = true; }")
    owner.get_by_role("button", name="Connect this site").click()
    owner.get_by_text("Nothing was sent.").wait_for()
    assert not [sent for sent in site.requests() if sent["url"].startswith(backend.url)]


@pytest.mark.parametrize("version", ["6.5"])
def test_forms_without_nonce_are_refused(site: Site, browser: Browser, backend: Backend) -> None:
    backend.join(site)
    owner = browser.log_in(site)
    before = site.php("return get_option( 'amzlinkr_connection' );")
    for action in ACTIONS:
        form: dict[str, str | float | bool] = {
            "action": f"amzlinkr_{action}",
            "mode": "local",
            "statement": "changed",
        }
        response = owner.request.post(f"{site.url}/wp-admin/admin-post.php", form=form)
        assert response.status == 403
    without_nonce = owner.request.post(f"{site.url}/?rest_route=/amzlinkr/v1/refresh")
    assert without_nonce.status == 401
    assert site.php("return get_option( 'amzlinkr_connection' );") == before
    assert site.php("return get_option( 'amzlinkr_display' );") == []


def test_moved_site_sends_nothing_until_the_owner_has_chosen(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site)
    assert site.php(HAS_MOVED_WITH_LANGUAGE_PATH) is False
    new_url = site.url.replace("127.0.0.1", "localhost")
    site.php(SET_OLD_URL, url=OLD_URL)
    site.move_to(new_url)
    already_sent = len(site.requests())
    site.cron("amzlinkr_sync")
    site.php("AmzLinkr\\Accounts\\refresh();")
    new_requests = site.requests()[already_sent:]
    assert not [sent for sent in new_requests if sent["url"].startswith(backend.url)]

    moved = replace(site, url=new_url)
    owner = browser.log_in(moved)
    pages.open_page(owner, moved, "amzlinkr")
    browser.screenshot(owner, "moved")
    expect(owner.get_by_text("has changed from")).to_contain_text(OLD_URL)
    owner.get_by_label("The site at the old address stays").check()
    owner.get_by_role("button", name="This is a copy").click()
    owner.get_by_text("This copy is disconnected.").wait_for()
    assert site.php("return get_option( 'amzlinkr_connection' );") is False
    assert service.call("GET", "/site").status == 200


def test_moved_site_imports_its_products_again(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site)
    service.call("POST", "/import", {"items": ["B0DEMO0000", "B0DEMO0001"]})
    site.cron("amzlinkr_sync")
    render_box = "return do_shortcode( '[amzlinkr asin=B0DEMO0001]' );"
    assert "amzlinkr-box__price" in site.php(render_box)
    new_url = site.url.replace("127.0.0.1", "localhost")
    site.move_to(new_url)

    moved = replace(site, url=new_url)
    owner = browser.log_in(moved)
    pages.open_page(owner, moved, "amzlinkr")
    expect(owner.get_by_label("Delete the data of the old address")).not_to_be_checked()
    expect(owner.locator(".amzlinkr-notice #_wpnonce")).to_have_count(0)
    owner.get_by_label("Delete the data of the old address").check()
    owner.get_by_role("button", name="The site was moved").click()
    owner.get_by_text("This site is connected.").wait_for()
    site.cron("amzlinkr_sync")
    site.cron()
    assert "See price on Amazon" in site.php(render_box)
    pages.save_keys(owner)
    owner.locator("#amzlinkr-validated .notice-success").wait_for()
    browser.screenshot(owner, "moved-and-connected")
    site.cron()

    new_service = backend.service_of(site)
    assert new_service.call("GET", "/site").json["site_url"] == new_url
    imported = new_service.call("GET", "/products").json["products"]
    assert [product["asin"] for product in imported] == ["B0DEMO0000", "B0DEMO0001"]
    assert service.call("GET", "/site").json["code"] == "api_key_rejected"
    site.cron("amzlinkr_sync")
    assert site.php("return AmzLinkr\\Products\\count_all();") == 2
    assert "amzlinkr-box__price" in site.php(render_box)


@pytest.mark.parametrize("version", ["6.5"])
def test_site_without_a_valid_api_key_can_connect_again(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site)
    service.call("POST", "/import", {"items": ["B0DEMO0000"]})
    site.cron("amzlinkr_sync")
    settings = site.folder / "settings.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"AUTH_KEY": "another"}))
    assert site.php(RUN_SITE_HEALTH_TEST)["status"] == "critical"

    owner = browser.log_in(site)
    pages.open_page(owner, site, "amzlinkr-settings", tab="connection")
    expect(owner.get_by_role("heading", name="Connect this site again")).to_be_visible()
    browser.screenshot(owner, "connection-lost")
    pages.open_page(owner, site, "amzlinkr")
    expect(owner.get_by_label("Service URL")).to_have_value(backend.url)
    pages.connect(owner, site, backend)
    assert backend.service_of(site).call("GET", "/site").status == 200

    # The service revokes the API key: the form appears again.
    service = backend.service_of(site)
    api_keys = service.call("GET", "/keys").json["keys"]
    (current,) = [api_key for api_key in api_keys if api_key["current"]]
    service.call("DELETE", f"/keys/{current['kid']}")
    site.cron("amzlinkr_sync")
    health = site.php(RUN_SITE_HEALTH_TEST)
    assert health["status"] == "critical"
    assert "Connect this site again" in health["description"]
    pages.connect(owner, site, backend)
    site.cron("amzlinkr_sync")
    assert site.php("return AmzLinkr\\SiteHealth\\get_lost_connection_problem();") == ""

    # Moved and with changed salts: the old API key cannot be decrypted to delete the old site.
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"AUTH_KEY": "a third"}))
    new_url = site.url.replace("127.0.0.1", "localhost")
    site.move_to(new_url)
    moved = replace(site, url=new_url)
    owner = browser.log_in(moved)
    pages.open_page(owner, moved, "amzlinkr")
    owner.get_by_label("Delete the data of the old address").check()
    owner.get_by_role("button", name="The site was moved").click()
    owner.get_by_text("the data of the old address was not deleted").wait_for()

    # The settings load the marketplaces if they are missing.
    site.php("delete_option( 'amzlinkr_marketplaces' );")
    pages.open_page(owner, moved, "amzlinkr-settings")
    expect(owner.get_by_label("Amazon Locale").locator("option")).to_have_count(22)
    assert owner.evaluate("window.amzlinkrData.mayImport") is True


@pytest.mark.parametrize("version", ["6.5"])
def test_invalid_requests_are_refused(site: Site, backend: Backend) -> None:
    backend.join(site)
    statuses = site.php(SEND_INVALID_REQUESTS, requests=INVALID_REQUESTS)
    assert statuses == [400] * len(INVALID_REQUESTS)
    assert site.debug_log() == ""


@pytest.mark.parametrize("version", ["6.5"])
def test_refresh_schedules_a_second_run_beside_a_continuation(site: Site, backend: Backend) -> None:
    backend.join(site)
    status, delay, continuation_scheduled = site.php(REFRESH_DURING_SYNC)
    assert (status, continuation_scheduled) == (200, True)
    assert 60 < delay <= 360


@pytest.mark.parametrize("version", ["6.5"])
def test_service_calls_tables_and_overdue_syncs(site: Site, backend: Backend) -> None:
    backend.join(site)
    urls = ["https://203.0.113.5/v1", backend.url]
    assert site.php(READ_URL_SAFETY_FLAGS, urls=urls) == [True, False]
    tables = "return apply_filters( 'wpmu_drop_tables', array( 'another' ) );"
    created = [f"wp_amzlinkr_{name}" for name in ("products", "lists", "clicks")]
    assert site.php(tables) == ["another", *created]
    decimals = "return array_column( AmzLinkr\\Accounts\\get_marketplaces(), 'decimals', 'code' );"
    assert site.php(decimals)["JP"] == 0

    overdue = site.php(TEST_AFTER_HOURS_WITHOUT_SYNC)
    assert overdue["status"] == "recommended"
    assert "cron job" in overdue["description"]
    site.cron("amzlinkr_sync")
    assert site.php(RUN_SITE_HEALTH_TEST)["status"] == "good"


def test_uninstallation_removes_all_data_of_the_plugin(
    site: Site, browser: Browser, backend: Backend
) -> None:
    backend.join(site)
    backend.service_of(site).call("POST", "/import", {"items": ["B0DEMO0000"]})
    site.cron("amzlinkr_sync")
    owner = browser.log_in(site)
    pages.open_page(owner, site, "amzlinkr-settings", tab="display")
    owner.get_by_label("Associate statement").fill("I earn from this.")
    owner.locator("#submit").click()
    owner.get_by_text("Saved.").wait_for()
    assert "I earn from this." in site.php("return do_shortcode( '[amzlinkr asin=B0DEMO0000]' );")
    browser.screenshot(owner, "display")

    owner.on("dialog", lambda dialog: dialog.accept())
    owner.goto(f"{site.url}/wp-admin/plugins.php")
    owner.get_by_role("link", name="Deactivate AmzLinkr").click()
    owner.get_by_text("Plugin deactivated.").wait_for()
    assert "amzlinkr" not in site.php("return wp_json_encode( _get_cron_array() );")
    owner.get_by_role("link", name="Delete AmzLinkr").click()
    expect(owner.get_by_text("was successfully deleted")).to_be_visible()

    tables = read_all_tables(site)
    left = {table: rows for table, rows in tables.items() if "amzlinkr" in rows.lower()}
    assert _without_core_options(left) == {}
    assert not [table for table in tables if "amzlinkr" in table]


def _without_core_options(tables: dict[str, str]) -> dict[str, str]:
    """Remove the options in which WordPress itself records plugins and their updates."""
    core_options = {"recently_activated", "_site_transient_update_plugins", "uninstall_plugins"}
    kept: dict[str, Any] = {}
    for table, rows in tables.items():
        plugin_rows = [
            row
            for row in json.loads(rows)
            if "amzlinkr" in json.dumps(row).lower() and not core_options & set(map(str, row))
        ]
        if plugin_rows:
            kept[table] = json.dumps(plugin_rows)
    return kept


def test_site_health_and_privacy_guide_include_the_plugin(
    site: Site, browser: Browser, backend: Backend
) -> None:
    backend.join(site)
    assert site.php(RUN_SITE_HEALTH_TEST)["status"] == "good"
    account = f"accounts/{pages.CREDENTIAL_ID}"
    backend.amazon.send("PUT", account, {"state": "not_eligible"})
    backend.service_of(site).call("GET", "/search", keywords="tea")
    site.cron("amzlinkr_sync")
    health = site.php(RUN_SITE_HEALTH_TEST)
    assert health["status"] == "recommended"
    assert "US: Not eligible" in health["description"]
    backend.amazon.send("PUT", account, {"state": "ok"})

    owner = browser.log_in(site)
    owner.goto(f"{site.url}/wp-admin/site-health.php")
    owner.get_by_role("button", name="Amazon prices need your attention").click()
    expect(owner.get_by_role("link", name="Open the settings")).to_be_visible()
    browser.screenshot(owner, "site-health")
    guide = site.php(PRIVACY_GUIDE)
    assert "It receives no data about visitors" in json.dumps(guide)

    site.php("update_option( AmzLinkr\\Connection\\API_KEY_OPTION, 'corrupted' );")
    assert site.php(RUN_SITE_HEALTH_TEST)["status"] == "critical"
