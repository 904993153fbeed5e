"""Who may do what, what is kept where, and what is left when the plugin goes."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from infra.local.fake_amazon.accounts import DEMO_ACCESS_KEY, DEMO_SECRET_KEY
from tests.wordpress import pages
from tests.wordpress.backend import Backend
from tests.wordpress.browser import Browser
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress

EVERYTHING = """
global $wpdb;
$found = array();
foreach ( $wpdb->get_col( 'SHOW TABLES' ) as $table ) {
    $found[ $table ] = $wpdb->get_results( "SELECT * FROM $table", ARRAY_N );
}
return array_map( 'wp_json_encode', $found );
"""
ASKS = """
wp_set_current_user( 0 === strlen( $role ) ? 0 : wp_insert_user( array(
    'user_login' => "the_$role",
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) ) );
$statuses = array();
foreach ( $calls as list( $method, $path ) ) {
    $asked                        = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
    $asked->set_param( 'items', array( 'B0DEMO0001' ) );
    $statuses[ "$method $path" ] = rest_do_request( $asked )->get_status();
}
return $statuses;
"""
SENDS_FORMS = """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
wp_set_current_user( get_user_by( 'login', $user )->ID );
add_filter( 'wp_die_handler', static fn() => static function ( $text, $title, $how ) {
    throw new Exception( $text, is_int( $title ) ? $title : $how['response'] );
} );
return array_map( static function ( $action ) {
    $_REQUEST = array( '_wpnonce' => wp_create_nonce( "amzlinkr_$action" ) );
    $_POST    = array( 'how' => 'here', 'statement' => 'taken over' );
    try {
        do_action( "admin_post_amzlinkr_$action" );
    } catch ( Exception $ended ) {
        return $ended->getCode();
    }
    return 200;
}, $actions );
"""
ASKS_AWRY = """
wp_set_current_user( 1 );
$statuses = array();
foreach ( $awry as list( $method, $path, $given ) ) {
    $one = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
    array_map( array( $one, 'set_param' ), array_keys( $given ), $given );
    $statuses[] = rest_do_request( $one )->get_status();
}
return $statuses;
"""
AWRY: list[tuple[str, str, dict[str, object]]] = [
    ("GET", "/search", {"keywords": ["x"]}),
    ("GET", "/search", {"keywords": "x", "page": "two"}),
    ("GET", "/search", {"keywords": "x", "marketplace": "USA"}),
    ("GET", "/search", {"keywords": "x", "in_stock": "perhaps"}),
    ("POST", "/accounts", {"api": ["creators"]}),
    ("POST", "/accounts", {"api": "creators", "credential_secret": {"a": "b"}}),
    ("POST", "/import", {}),
    ("POST", "/import", {"items": [["x"]]}),
    ("POST", "/import", {"items": ["B0DEMO0000"], "idempotency_key": "x\r\nX-Injected: yes"}),
    ("POST", "/import", {"items": ["B0DEMO0000"], "idempotency_key": "x\n"}),
    ("GET", "/import/job_1", {"limit": 101}),
    ("GET", "/diagnostics", {"marketplace": ["US"]}),
]
REFRESHES = """
wp_set_current_user( 1 );
$lock  = AmzLinkr\\Sync\\acquire_lock();
$asked = rest_do_request( new WP_REST_Request( 'POST', '/amzlinkr/v1/refresh' ) )->get_status();
AmzLinkr\\Options\\delete_row( AmzLinkr\\Sync\\LOCK, $lock );
$after = wp_next_scheduled( AmzLinkr\\Sync\\CONTINUE_HOOK, array( 'refresh' ) ) - time();
return array( $asked, $after, wp_schedule_single_event( time(), AmzLinkr\\Sync\\CONTINUE_HOOK ) );
"""
ASKED_SAFELY = """
$safe = array();
add_filter( 'http_request_args', static function ( $asked ) use ( &$safe ) {
    $safe[] = $asked['reject_unsafe_urls'];
    return $asked;
} );
foreach ( $urls as $url ) {
    AmzLinkr\\Service\\send( $url, 'GET', '/marketplaces' );
}
return $safe;
"""
NO_SYNC_FOR_HOURS = """
$connection                 = get_option( 'amzlinkr_connection' );
$connection['connected_at'] = time() - 90000;
update_option( 'amzlinkr_connection', $connection );
$synced = array( 'ran_at' => time() - 7200, 'succeeded_at' => time() - 7200 );
update_option( 'amzlinkr_sync', $synced + AmzLinkr\\Sync\\get_state() );
return AmzLinkr\\SiteHealth\\run_test();
"""
PRIVACY_GUIDE = """
require_once ABSPATH . 'wp-admin/includes/admin.php';
set_current_screen( 'dashboard' );
do_action( 'admin_init' );
return WP_Privacy_Policy_Content::get_suggested_policy_text();
"""
IN_ANOTHER_LANGUAGE = """
add_filter( 'home_url', static fn( $url ) => "$url/de" );
return AmzLinkr\\Connection\\has_moved();
"""
OF_OWNERS = [
    ("POST", "/accounts"),
    ("GET", "/accounts"),
    ("DELETE", "/accounts/US"),
    ("GET", "/diagnostics"),
]
OF_EDITORS = [("DELETE", "/products/US/B0DEMO0000"), ("POST", "/refresh")]
OF_AUTHORS = [("POST", "/import"), ("GET", "/import/job_1")]
OF_WRITERS = [("GET", "/search")]
ACTIONS = ("connect", "disconnect", "keep_as_copy", "save_display")


def everything(site: Site) -> dict[str, str]:
    """All rows of all tables, as text."""
    found: dict[str, str] = site.php(EVERYTHING)
    return found


def spellings(secret: str) -> list[str]:
    """How a secret could stand somewhere without looking like itself."""
    raw = secret.encode()
    inside = base64.b64encode(raw)[4:-4].decode()
    return [secret, secret[::-1], raw.hex(), inside, json.dumps(secret)[1:-1], secret[8:20]]


def test_amazons_keys_never_reach_the_database_and_the_api_key_only_sealed(
    site: Site, browser: Browser, backend: Backend
) -> None:
    owner = browser.owner(site)
    pages.activate(owner, site)
    pages.connect(owner, site, backend)
    browser.excuse(r"^422 POST .*amzlinkr/v1/accounts")
    pages.save_keys(owner, Secret=pages.SECRET[:-1] + "X")
    pages.save_keys(owner)
    owner.get_by_label("PA-API 5.0").check()
    owner.get_by_label("Access Key").fill(DEMO_ACCESS_KEY)
    owner.get_by_label("Secret Key").fill(DEMO_SECRET_KEY)
    owner.get_by_label("Associate Tag").fill("demo-20")
    owner.get_by_role("button", name="Save").click()
    expect(owner.locator("#amzlinkr-accounts")).to_contain_text("PA-API 5.0")
    browser.picture(owner, "paapi5")
    site.cron("amzlinkr_sync")

    api_key = backend.service_of(site).api_key
    stored = json.dumps(everything(site))
    assert "amzlinkr_connection" in stored
    secrets = [pages.CREDENTIAL_ID, pages.SECRET, DEMO_ACCESS_KEY, DEMO_SECRET_KEY, api_key]
    for secret in secrets:
        for spelling in spellings(secret):
            assert spelling not in stored
    for page in ("amzlinkr", "amzlinkr-settings", "amzlinkr-settings&tab=connection"):
        owner.goto(f"{site.url}/wp-admin/admin.php?page={page}")
        html = owner.content()
        assert not [secret for secret in secrets if secret in html]
    autoloaded = site.php("return array_keys( wp_load_alloptions() );")
    assert "amzlinkr_connection" in autoloaded
    assert "amzlinkr_api_key" not in autoloaded


def test_the_challenge_is_answered_in_both_forms_and_to_its_own_sign_up_only(site: Site) -> None:
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    challenge = {"signup_id": "su_1", "token": "the-token"}
    site.php("update_option( 'amzlinkr_challenge', $challenge );", challenge=challenge)

    for path in ("/.well-known/amzlinkr/su_1", "/?amzlinkr_challenge=su_1"):
        assert site.get(path).body == "the-token"
    for path in ("/.well-known/amzlinkr/su_2", "/?amzlinkr_challenge=su_2", "/?x=su_1"):
        assert "the-token" not in site.get(path).body


def test_everybody_may_do_what_is_theirs_only(site: Site, backend: Backend) -> None:
    backend.join(site)
    everyone = [*OF_OWNERS, *OF_EDITORS, *OF_AUTHORS, *OF_WRITERS]

    def refused(role: str, status: int = 403) -> list[tuple[str, str]]:
        statuses: dict[str, int] = site.php(ASKS, role=role, calls=everyone)
        return [
            (method, path) for method, path in everyone if statuses[f"{method} {path}"] == status
        ]

    assert refused("", 401) == everyone
    assert refused("subscriber") == everyone
    assert refused("contributor") == [*OF_OWNERS, *OF_EDITORS, *OF_AUTHORS]
    assert refused("author") == [*OF_OWNERS, *OF_EDITORS]
    assert refused("editor") == OF_OWNERS
    for role in ("the_subscriber", "the_editor"):
        assert site.php(SENDS_FORMS, user=role, actions=ACTIONS) == [403] * len(ACTIONS)
    assert site.php("return get_option( 'amzlinkr_connection' );")


@pytest.mark.parametrize("version", ["6.5"])
def test_who_leaves_is_gone_from_the_service_too(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site)
    owner = browser.owner(site)
    pages.open_page(owner, site, "amzlinkr-settings", tab="connection")
    owner.get_by_label("Leave:").check()
    owner.get_by_role("button", name="Disconnect this site").click()
    owner.get_by_text("This site is disconnected.").wait_for()
    assert service.call("GET", "/site").status in (401, 403)

    pages.connect(owner, site, backend)
    assert backend.service_of(site).call("GET", "/site").json["connections"] == []


@pytest.mark.parametrize("version", ["6.5"])
def test_without_consent_nothing_is_sent(site: Site, browser: Browser, backend: Backend) -> None:
    owner = browser.owner(site)
    pages.activate(owner, site)
    pages.open_page(owner, site, "amzlinkr")
    owner.get_by_label("Service URL").fill(backend.url)
    owner.locator("form.amzlinkr-form").evaluate("form => { form.noValidate = true; }")
    owner.get_by_role("button", name="Connect this site").click()
    owner.get_by_text("Nothing was sent.").wait_for()
    assert not [one for one in site.requests() if one["url"].startswith(backend.url)]


@pytest.mark.parametrize("version", ["6.5"])
def test_forms_need_the_page_they_came_from(site: Site, browser: Browser, backend: Backend) -> None:
    backend.join(site)
    owner = browser.owner(site)
    before = site.php("return get_option( 'amzlinkr_connection' );")
    for action in ACTIONS:
        given: dict[str, str | float | bool] = {
            "action": f"amzlinkr_{action}",
            "how": "here",
            "statement": "taken over",
        }
        answer = owner.request.post(f"{site.url}/wp-admin/admin-post.php", form=given)
        assert answer.status == 403
    unsigned = owner.request.post(f"{site.url}/?rest_route=/amzlinkr/v1/refresh")
    assert unsigned.status == 401
    assert site.php("return get_option( 'amzlinkr_connection' );") == before
    assert site.php("return get_option( 'amzlinkr_display' );") is False


def test_a_site_with_another_address_asks_before_it_speaks(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site)
    assert site.php(IN_ANOTHER_LANGUAGE) is False
    moved = site.url.replace("127.0.0.1", "localhost")
    site.move_to(moved)
    asked = len(site.requests())
    site.cron("amzlinkr_sync")
    site.php("AmzLinkr\\Accounts\\refresh();")
    assert not [one for one in site.requests()[asked:] if one["url"].startswith(backend.url)]

    here = replace(site, url=moved)
    owner = browser.owner(here)
    pages.open_page(owner, here, "amzlinkr")
    browser.picture(owner, "moved")
    expect(owner.get_by_text("has changed from")).to_contain_text(site.url)
    owner.get_by_role("button", name="It is a copy").click()
    owner.get_by_text("This copy is not connected any more.").wait_for()
    assert site.php("return get_option( 'amzlinkr_connection' );") is False
    assert service.call("GET", "/site").status == 200


def test_a_moved_site_takes_its_products_along(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site)
    service.call("POST", "/import", {"items": ["B0DEMO0000", "B0DEMO0001"]})
    site.cron("amzlinkr_sync")
    box = "return do_shortcode( '[amzlinkr asin=B0DEMO0001]' );"
    shown = site.php(box)
    moved = site.url.replace("127.0.0.1", "localhost")
    site.move_to(moved)

    here = replace(site, url=moved)
    owner = browser.owner(here)
    pages.open_page(owner, here, "amzlinkr")
    expect(owner.get_by_label("Delete at the service")).not_to_be_checked()
    expect(owner.locator("#_wpnonce")).to_have_count(0)
    owner.get_by_label("Delete at the service").check()
    owner.get_by_role("button", name="It was moved").click()
    owner.get_by_text("This site is connected.").wait_for()
    site.cron("amzlinkr_sync")
    site.cron()
    assert "amzlinkr-box__price" in shown
    assert "See price on Amazon" in site.php(box)
    pages.save_keys(owner)
    owner.locator("#amzlinkr-validated .notice-success").wait_for()
    browser.picture(owner, "moved-and-connected")
    site.cron()

    now = backend.service_of(site)
    assert now.call("GET", "/site").json["site_url"] == moved
    imported = now.call("GET", "/products").json["products"]
    assert [product["asin"] for product in imported] == ["B0DEMO0000", "B0DEMO0001"]
    assert service.call("GET", "/site").json["code"] == "api_key_rejected"
    site.cron("amzlinkr_sync")
    assert len(site.php("return AmzLinkr\\Products\\get_page( 1, 50 );")) == 2
    assert "amzlinkr-box__price" in site.php(box)


@pytest.mark.parametrize("version", ["6.5"])
def test_a_site_whose_key_is_lost_connects_again_right_there(
    site: Site, browser: Browser, backend: Backend
) -> None:
    service = backend.join(site)
    service.call("POST", "/import", {"items": ["B0DEMO0000"]})
    site.cron("amzlinkr_sync")
    settings = site.folder / "settings.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"AUTH_KEY": "another"}))
    assert site.php("return AmzLinkr\\SiteHealth\\run_test();")["status"] == "critical"

    owner = browser.owner(site)
    pages.open_page(owner, site, "amzlinkr-settings", tab="connection")
    expect(owner.get_by_role("heading", name="Connect this site again")).to_be_visible()
    browser.picture(owner, "key-lost")
    pages.open_page(owner, site, "amzlinkr")
    expect(owner.get_by_label("Service URL")).to_have_value(backend.url)
    pages.connect(owner, site, backend)
    assert backend.service_of(site).call("GET", "/site").status == 200

    # The service has ended the key: the form is there as well.
    again = backend.service_of(site)
    (held,) = [key for key in again.call("GET", "/keys").json["keys"] if key["current"]]
    again.call("DELETE", f"/keys/{held['kid']}")
    site.cron("amzlinkr_sync")
    told = site.php("return AmzLinkr\\SiteHealth\\run_test();")
    assert told["status"] == "critical"
    assert "Connect this site again" in told["description"]
    pages.connect(owner, site, backend)
    site.cron("amzlinkr_sync")
    assert site.php("return AmzLinkr\\SiteHealth\\get_lost_connection_problem();") == ""

    # Moved, and with salts of its own: the key that could delete the old site cannot be read.
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"AUTH_KEY": "a third"}))
    moved = site.url.replace("127.0.0.1", "localhost")
    site.move_to(moved)
    here = replace(site, url=moved)
    owner = browser.owner(here)
    pages.open_page(owner, here, "amzlinkr")
    owner.get_by_label("Delete at the service").check()
    owner.get_by_role("button", name="It was moved").click()
    owner.get_by_text("the service still holds what it has under the old address").wait_for()

    # The list of locales came to nothing when the site was connected.
    site.php("delete_option( 'amzlinkr_marketplaces' );")
    pages.open_page(owner, here, "amzlinkr-settings")
    expect(owner.get_by_label("Amazon Locale").locator("option")).to_have_count(22)
    assert owner.evaluate("window.amzlinkrData.mayImport") is True


@pytest.mark.parametrize("version", ["6.5"])
def test_what_is_asked_awry_is_refused_and_what_is_asked_twice_is_not(
    site: Site, backend: Backend
) -> None:
    backend.join(site)
    assert site.php(ASKS_AWRY, awry=AWRY) == [400] * len(AWRY)
    assert site.debug_log() == ""

    asked, after, go_on = site.php(REFRESHES)
    assert (asked, go_on) == (200, True)
    assert 60 < after <= 360

    local = backend.url
    assert site.php(ASKED_SAFELY, urls=["https://service.example/v1", local]) == [True, False]
    tables = "return apply_filters( 'wpmu_drop_tables', array( 'one' ) );"
    assert site.php(tables) == ["one", "wp_amzlinkr_products"]
    decimals = "return array_column( AmzLinkr\\Accounts\\get_marketplaces(), 'decimals', 'code' );"
    assert site.php(decimals)["JP"] == 0

    late = site.php(NO_SYNC_FOR_HOURS)
    assert late["status"] == "recommended"
    assert "cron job" in late["description"]
    site.cron("amzlinkr_sync")
    assert site.php("return AmzLinkr\\SiteHealth\\run_test();")["status"] == "good"


def test_nothing_is_left_of_a_plugin_that_is_deleted(
    site: Site, browser: Browser, backend: Backend
) -> None:
    backend.join(site)
    backend.service_of(site).call("POST", "/import", {"items": ["B0DEMO0000"]})
    site.cron("amzlinkr_sync")
    owner = browser.owner(site)
    pages.open_page(owner, site, "amzlinkr-settings", tab="display")
    owner.get_by_label("Associate statement").fill("I earn from this.")
    owner.get_by_role("button", name="Save").click()
    owner.get_by_text("Saved.").wait_for()
    assert "I earn from this." in site.php("return do_shortcode( '[amzlinkr asin=B0DEMO0000]' );")
    browser.picture(owner, "display")

    owner.on("dialog", lambda dialog: dialog.accept())
    owner.goto(f"{site.url}/wp-admin/plugins.php")
    owner.get_by_role("link", name="Deactivate AmzLinkr").click()
    owner.get_by_text("Plugin deactivated.").wait_for()
    assert "amzlinkr" not in site.php("return wp_json_encode( _get_cron_array() );")
    owner.get_by_role("link", name="Delete AmzLinkr").click()
    expect(owner.get_by_text("was successfully deleted")).to_be_visible()

    left = {table: rows for table, rows in everything(site).items() if "amzlinkr" in rows.lower()}
    assert _without_cores_own(left) == {}
    assert not [table for table in everything(site) if "amzlinkr" in table]


def _without_cores_own(left: dict[str, str]) -> dict[str, str]:
    """WordPress itself remembers which plugins were active lately, and what updates it saw."""
    of_core = ("recently_activated", "_site_transient_update_plugins", "uninstall_plugins")
    kept: dict[str, Any] = {}
    for table, rows in left.items():
        ours = [
            row
            for row in json.loads(rows)
            if "amzlinkr" in json.dumps(row).lower() and not set(of_core) & set(map(str, row))
        ]
        if ours:
            kept[table] = json.dumps(ours)
    return kept


def test_site_health_and_the_privacy_guide_know_the_plugin(
    site: Site, browser: Browser, backend: Backend
) -> None:
    backend.join(site)
    health = "return AmzLinkr\\SiteHealth\\run_test();"
    assert site.php(health)["status"] == "good"
    account = f"accounts/{pages.CREDENTIAL_ID}"
    backend.amazon.tell("PUT", account, {"state": "not_eligible"})
    backend.service_of(site).call("GET", "/search", keywords="tea")
    site.cron("amzlinkr_sync")
    told = site.php(health)
    assert told["status"] == "recommended"
    assert "US: Not eligible yet" in told["description"]
    backend.amazon.tell("PUT", account, {"state": "ok"})

    owner = browser.owner(site)
    owner.goto(f"{site.url}/wp-admin/site-health.php")
    owner.get_by_role("button", name="Amazon prices need your attention").click()
    expect(owner.get_by_role("link", name="Open the settings")).to_be_visible()
    browser.picture(owner, "site-health")
    guide = site.php(PRIVACY_GUIDE)
    assert "It receives no data about visitors" in json.dumps(guide)

    site.php("update_option( AmzLinkr\\Connection\\API_KEY_OPTION, 'spoiled' );")
    assert site.php(health)["status"] == "critical"
