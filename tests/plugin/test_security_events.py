"""Security events of the service: the list in the settings, and one e-mail about each event."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from amzlinkr.domain.audit import signed_up
from tests.plugin.backend import Backend
from tests.plugin.recording_service import API_KEY, RecordingService, Reply
from tests.plugin.site import Site
from tests.plugin.test_translations import LANGUAGES

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

AUDIT = "GET /v1/audit"
SECRET = "amzl_live_secret_of_a_new_key"
HOSTILE = "<script>attack()</script> \"quoted\" 'single' & [gallery]"
MAKE_DUE = """
$sent           = get_option( 'amzlinkr_audit_sent' );
$sent['ran_at'] = 0;
update_option( 'amzlinkr_audit_sent', $sent );
"""
RENDER_SETTINGS = """
wp_set_current_user( 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/settings-connection.php';
return ob_get_clean();
"""
SUBMIT_SWITCH = """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/notices.php';
wp_set_current_user( 1 );
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Exception( $url );
} );
$_REQUEST = array( '_wpnonce' => wp_create_nonce( 'amzlinkr_save_notifications' ) );
$_POST    = $fields;
try {
    do_action( 'admin_post_amzlinkr_save_notifications' );
} catch ( Exception $redirect ) {
    return $redirect->getMessage();
}
"""


def event(name: str, *, hours_ago: float = 1, **fields: object) -> dict[str, object]:
    """Return an event of the service."""
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    defaults = {"event": name, "actor": "sign-up", "detail": ""}
    return {"at": at.strftime("%Y-%m-%dT%H:%M:%SZ")} | defaults | fields


def page(*events: object) -> Reply:
    """Return a page of `GET /v1/audit`."""
    return Reply({"events": list(events), "next_cursor": None, "has_more": False})


def run_sync(site: Site) -> None:
    """Run the scheduled events as if the last request for events was more than an hour ago."""
    if site.php("return (bool) get_option( 'amzlinkr_audit_sent' );"):
        site.php(MAKE_DUE)
    site.cron("amzlinkr_sync", "amzlinkr_audit_run")


def test_new_events_are_mailed_once(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    created = event("key_created", actor="k7f3", detail=f"Key {SECRET}, <b>B0DEMO0000</b>")
    replaced = event("credentials_replaced", hours_ago=2, actor="k7f3", detail="US")
    old = event("suspended", hours_ago=30, actor="operator")
    service.replies[AUDIT] = page(created, replaced, old)

    run_sync(site)

    (mail,) = site.mails()
    assert mail["to"] == "owner@example.com"
    assert mail["subject"] == "[Kitchen Notes] AmzLinkr security events"
    text = mail["message"]
    assert "An API key was created. · with the API key k7f3" in text
    assert "Amazon keys were replaced." in text
    assert "suspended" not in text
    assert f"{site.url}/wp-admin/admin.php?page=amzlinkr-settings&tab=connection" in text
    # Details may name products or repeat what a caller has sent.
    for part in (SECRET, "B0DEMO0000", "<b>", API_KEY):
        assert part not in str(mail)

    run_sync(site)
    assert len(site.mails()) == 1
    service.replies[AUDIT] = page(event("resumed", actor="operator"), created, replaced, old)
    run_sync(site)
    second = site.mails()[1]["message"]
    assert "The operator ended the suspension of the site. · by the operator" in second
    assert "An API key" not in second


def test_events_are_requested_once_an_hour(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    for _ in range(3):
        site.cron("amzlinkr_sync", "amzlinkr_audit_run")
    assert [line for line in service.lines() if "/audit" in line] == ["GET /v1/audit?limit=100"]


def test_opened_settings_do_not_delay_the_mail(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    service.replies[AUDIT] = page(event("signed_up_again"))
    site.php(RENDER_SETTINGS)
    assert site.mails() == []
    site.cron("amzlinkr_sync", "amzlinkr_audit_run")
    assert len(site.mails()) == 1


def test_failed_mail_is_sent_by_a_later_run(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    service.replies[AUDIT] = page(event("signed_up_again"))
    site.define(TEST_MAIL_FAILS=True)
    run_sync(site)
    site.define(TEST_MAIL_FAILS=None)
    run_sync(site)
    run_sync(site)
    assert len(site.mails()) == 2


def test_mail_can_be_switched_off_and_on(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    service.replies[AUDIT] = page(event("signed_up_again"))
    assert "checked='checked'" in site.php(RENDER_SETTINGS)
    assert "tab=connection" in site.php(SUBMIT_SWITCH, fields={"save": "Save"})
    assert "checked='checked'" not in site.php(RENDER_SETTINGS).partition('name="audit"')[2][:60]
    run_sync(site)
    site.php(SUBMIT_SWITCH, fields={"audit": "1"})
    # An event of the time without e-mails is not sent later.
    run_sync(site)
    assert site.mails() == []
    service.replies[AUDIT] = page(event("key_revoked"), event("signed_up_again"))
    run_sync(site)
    assert len(site.mails()) == 1


def test_settings_list_events_as_text(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.php("update_option( 'timezone_string', 'Asia/Tokyo' );")
    service.replies[AUDIT] = page(
        event("key_created", actor="k7f3", detail=HOSTILE) | {"at": "2026-11-20T20:05:00Z"},
        event("another_event", actor=HOSTILE, detail="x" * 5000),
        event("key_revoked", at="<img src=x>"),
        event(HOSTILE),
        {"at": ["2026-11-20T20:05:00Z"], "event": {"a": 1}, "actor": None},
        "not an event",
    )

    html = site.php(RENDER_SETTINGS)

    assert "November 21, 2026 5:05 am JST" in html
    assert "An API key was created." in html
    assert "with the API key k7f3" in html
    assert "&lt;script&gt;attack()&lt;/script&gt; &quot;quoted&quot;" in html
    assert "Another event: another_event" in html
    assert html.partition('id="amzlinkr-events"')[2].count('<tr role="row">') == 3
    assert "x" * 301 not in html
    for part in ("<script", "<img", 'attack()"'):
        assert part not in html


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"code": "not_found", "detail": "No such call.", "status": 404}, 404),
        Reply(b"<h1>Bad gateway</h1>", 502),
        Reply({"events": "none"}),
        Reply({"code": "internal_error", "detail": "A fault.", "status": 500}, 500),
    ],
    ids=["not-found", "html", "shape", "fault"],
)
def test_service_without_events_is_silent(
    reply: Reply, site: Site, service: RecordingService
) -> None:
    service.join(site)
    site.get()
    service.replies[AUDIT] = reply
    run_sync(site)
    html = site.php(RENDER_SETTINGS)
    assert "Security events" not in html
    assert site.mails() == []
    assert site.php("return AmzLinkr\\Sync\\get_problem();") is None
    # After the service has security events, a failure keeps the list.
    service.replies[AUDIT] = page(event("signed_up_again"))
    run_sync(site)
    service.replies[AUDIT] = Reply(b"", 503)
    html = site.php(RENDER_SETTINGS)
    assert "The site was signed up again." in html
    assert "may be out of date" in html


def test_events_are_deleted_with_the_connection(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    service.replies[AUDIT] = page(event("signed_up_again"))
    run_sync(site)
    site.php("AmzLinkr\\Disconnect\\disconnect_locally();")
    assert site.php("return get_option( 'amzlinkr_audit' );") is False
    assert site.php("return get_option( 'amzlinkr_audit_sent' );") is False


def test_mail_and_list_are_german_on_a_german_site(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    languages = site.root / "wp-content/languages"
    languages.mkdir(exist_ok=True)
    shutil.copyfile(LANGUAGES / "amzlinkr-de_DE.mo", languages / "de_DE.mo")
    site.php("update_option( 'WPLANG', 'de_DE' );")
    signed_up_again, _ = signed_up("k7f3", datetime.now(UTC), is_known=True)
    service.replies[AUDIT] = page(event("signed_up_again", detail=signed_up_again.detail))
    run_sync(site)
    (mail,) = site.mails()
    assert mail["subject"] == "[Kitchen Notes] Sicherheitsereignisse von AmzLinkr"
    assert "Die Website wurde erneut angemeldet." in mail["message"]
    assert "durch eine Anmeldung" in mail["message"]
    html = site.php(RENDER_SETTINGS)
    assert "Sicherheitsereignisse" in html
    assert "Alle früheren API-Schlüssel wurden widerrufen." in html
    assert "Die Website wurde erneut angemeldet." in html


def test_events_of_the_service_are_shown_and_mailed(site: Site, backend: Backend) -> None:
    client = backend.join(site)
    site.get()
    api_key = client.call("POST", "/keys").json["api_key"]
    run_sync(site)
    text = "\n".join(mail["message"] for mail in site.mails())
    assert text.count("An API key was created. · by a sign-up") == 1
    assert text.count("An API key was created. · with the API key") == 1
    assert api_key not in text
    html = site.php(RENDER_SETTINGS)
    assert "An API key was created." in html
    assert "Another event" not in html


def test_actor_is_an_identifier(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    for actor in ("k7f3 https://evil.example", "k7f3\nhttps://evil.example", "x" * 41):
        service.replies[AUDIT] = page(event("key_created", actor=actor))
        run_sync(site)
        assert actor.split()[-1] not in str(site.mails()) + site.php(RENDER_SETTINGS)
    assert site.mails()


@pytest.mark.parametrize(
    "between",
    [
        Reply({"code": "not_found", "detail": "No such call.", "status": 404}, 404),
        Reply({"events": [], "next_cursor": None, "has_more": False}),
    ],
    ids=["not-found", "empty"],
)
def test_events_are_not_new_after_a_gap(
    between: Reply, site: Site, service: RecordingService
) -> None:
    service.join(site)
    site.get()
    known = page(event("signed_up_again"))
    for reply in (known, between, known):
        service.replies[AUDIT] = reply
        run_sync(site)
    assert len(site.mails()) == 1


def test_new_key_does_not_hide_behind_other_events(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    known = event("credentials_replaced", hours_ago=3)
    service.replies[AUDIT] = page(known)
    run_sync(site)
    others = [event("settings_changed", actor="k7f3", detail=str(i)) for i in range(250)]
    events = [*others, event("key_created", hours_ago=2, actor="k7f3"), known]
    for start in (0, 100, 200, 300):
        cursor = f"&cursor=c{start}" if start else ""
        following = f"c{start + 100}"
        service.replies[f"{AUDIT}?limit=100{cursor}"] = Reply(
            {"events": events[start : start + 100], "next_cursor": following, "has_more": True}
        )
    service.requests.clear()

    run_sync(site)
    run_sync(site)

    _, mail = site.mails()
    assert "An API key was created. · with the API key k7f3" in mail["message"]
    assert "with the API key k7f3 · 250 times" in mail["message"]
    assert mail["message"].count("\n- ") == 2
    # The page with the known event is the last one; later the first page has one.
    asked = [line for line in service.lines() if "/audit" in line]
    first = f"{AUDIT}?limit=100"
    assert asked == [first, f"{first}&cursor=c100", f"{first}&cursor=c200", first]


def test_pages_without_an_end_are_bounded(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    events = [event("settings_changed", detail=str(i)) for i in range(100)]
    service.replies[AUDIT] = Reply({"events": events, "next_cursor": "c", "has_more": True})
    run_sync(site)
    assert len([line for line in service.lines() if "/audit" in line]) == 10


REJECTED = Reply(
    {"code": "api_key_rejected", "detail": "Rejected.", "action": "Connect.", "status": 401}, 401
)


@pytest.mark.parametrize("paths", [["changes", "audit", "site"], ["audit"]], ids=["sync", "audit"])
def test_rejected_api_key_is_mailed_once(
    paths: list[str], site: Site, service: RecordingService
) -> None:
    service.join(site)
    site.get()
    run_sync(site)
    service.replies.update({f"GET /v1/{path}": REJECTED for path in paths})

    for _ in range(3):
        run_sync(site)

    (mail,) = site.mails()
    assert mail["to"] == "owner@example.com"
    assert f"rejects the API key of {site.url}" in mail["message"]
    assert f"{site.url}/wp-admin/admin.php?page=amzlinkr-settings&tab=connection" in mail["message"]
    assert API_KEY not in str(mail)
    # Another problem is not a success, after which the next rejection is new.
    service.replies.update({f"GET /v1/{path}": Reply(b"", 503) for path in paths})
    run_sync(site)
    service.replies.update({f"GET /v1/{path}": REJECTED for path in paths})
    run_sync(site)
    assert len(site.mails()) == 1
    for path in paths:
        del service.replies[f"GET /v1/{path}"]
    run_sync(site)
    service.replies.update({f"GET /v1/{path}": REJECTED for path in paths})
    run_sync(site)
    assert len(site.mails()) == 2


def test_rejected_api_key_is_not_mailed_without_consent(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    site.get()
    site.php("AmzLinkr\\Audit\\set_notifying( false );")
    service.replies[AUDIT] = service.replies["GET /v1/changes"] = REJECTED
    run_sync(site)
    site.php("AmzLinkr\\Audit\\set_notifying( true );")
    run_sync(site)
    assert site.mails() == []


def test_sync_that_ends_early_does_not_stop_the_mail(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.get()
    service.replies[AUDIT] = page(event("key_created", actor="k7f3"))
    plugin = site.root / "wp-content/mu-plugins/ends-early.php"
    plugin.write_text("<?php add_action( 'amzlinkr_sync', static function () { exit; }, 1 );")
    run_sync(site)
    # Another request runs the events that were left.
    site.php("delete_transient( 'doing_cron' );")
    site.cron()
    assert len(site.mails()) == 1
