"""Admin commands: invites, suspension, and resumption, each with an audit log line."""

import json
from types import SimpleNamespace

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from functions.admin import app as admin
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import (
    Context,
    event_of,
    resume,
    run_admin_command,
    run_sync,
    send,
    set_dependencies,
    suspend,
)
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.iam.enforcer import PolicyEnforcer
from tests.integration import aws_spy
from tests.site_client import Site, start_sign_up, verify_sign_up

URL = "https://behind-a-wall.example"


def sign_up_invited(deps: Dependencies) -> Site:
    """Invite the site at `URL`, sign it up, and verify the sign-up."""
    started = start_sign_up(deps, URL, invite=create_invite(deps)).json
    verified = verify_sign_up(deps, started).json
    return Site(deps, verified["site_id"], verified["api_key"])


def create_invite(deps: Dependencies, url: str = URL) -> str:
    done = run_admin_command(deps, order="invite", site_url=url, by="support")
    assert done["status"] == "invited"
    return str(done["invite"])


def test_invite_replaces_site_verification_once(deps: Dependencies) -> None:
    invite = create_invite(deps)
    first, second = (start_sign_up(deps, URL, invite=invite).json for _ in range(2))
    verified = verify_sign_up(deps, first)
    assert (verified.status, verified.json["site_url"]) == (201, URL)

    # The first sign-up can repeat a lost response; another one cannot use the invite again.
    assert verify_sign_up(deps, first).status == 201
    late = verify_sign_up(deps, second)
    assert (late.status, late.json["code"]) == (422, "invite_used")
    refused = start_sign_up(deps, URL, invite=invite)
    assert (refused.status, refused.json["field"]) == (422, "invite")


@pytest.mark.parametrize("url", ["https://another.example", "https://www.behind-a-wall.example"])
def test_invite_is_rejected_for_another_host(deps: Dependencies, url: str) -> None:
    refused = start_sign_up(deps, url, invite=create_invite(deps))
    assert (refused.status, refused.json["field"]) == (422, "invite")


def test_invite_expires_after_seven_days(deps: Dependencies, clock: FakeClock) -> None:
    invite = create_invite(deps)
    clock.advance(days=7)
    assert start_sign_up(deps, URL, invite=invite).status == 422


def test_invite_is_stored_hashed_only(deps: Dependencies, aws: Config) -> None:
    assert create_invite(deps) not in str(aws_spy.tables(aws))


def test_suspended_site_is_not_synced_until_resumed(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    done = suspend(deps, site.get("/v1/site").json["site_url"])
    assert done["site_ids"] == [site.site_id]
    calls = len(amazon.control.calls())
    clock.advance(hours=2)
    assert run_sync(deps) == 0
    assert len(amazon.control.calls()) == calls

    resume(deps, site.site_id)
    clock.advance(hours=2)
    assert run_sync(deps) == 1


def test_search_of_a_suspended_site_is_rejected(site: Site, deps: Dependencies) -> None:
    suspend(deps, site.site_id)
    assert site.get("/v1/search", keywords="tea").json["code"] == "site_suspended"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/products", 403), ("/v1/connections", 403), ("/v1/export", 200), ("/v1/site", 200)],
)
def test_suspended_site_can_only_read_itself_and_export(
    site: Site, deps: Dependencies, path: str, status: int
) -> None:
    event = event_of("GET", path, site_id=site.site_id)
    event["requestContext"]["authorizer"]["suspended"] = "true"

    response = send(deps, event)

    assert response.status == status
    assert (response.json.get("code") == "site_suspended") is (status == 403)


def test_reused_invite_does_not_affect_the_first_site(
    deps: Dependencies, amazon: FakeAmazon
) -> None:
    invite = create_invite(deps)
    first, second = (start_sign_up(deps, URL, invite=invite).json for _ in range(2))
    verified = verify_sign_up(deps, first).json
    site = Site(deps, verified["site_id"], verified["api_key"])
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200

    assert verify_sign_up(deps, second).json["code"] == "invite_used"
    assert site.get("/v1/search", keywords="tea").status == 200


def test_admin_command_is_logged_for_audit(
    site: Site, deps: Dependencies, caplog: pytest.LogCaptureFixture
) -> None:
    run_admin_command(
        deps, order="suspend", site=site.site_id, by="support@example.com", reason="spam"
    )
    (audit,) = [vars(record) for record in caplog.records if record.message == "audit"]
    assert (audit["done"], audit["host"]) == ("suspended", "127.0.0.1")
    assert audit["site_ids"] == (site.site_id,)
    assert (audit["by"], audit["reason"]) == ("support@example.com", "spam")


class CallerContext(Context):
    """A Lambda context of a caller with a Cognito identity, a client context, or neither."""

    def __init__(self, identity: object, client_context: object) -> None:
        super().__init__()
        self.identity, self.client_context = identity, client_context


COGNITO = SimpleNamespace(cognito_identity_id="us-east-1:4f0a")
STATED = SimpleNamespace(custom={"caller": "arn:aws:iam::123456789012:user/ops"})


@pytest.mark.parametrize(
    ("identity", "client_context", "caller"),
    [
        (COGNITO, STATED, "us-east-1:4f0a"),
        (SimpleNamespace(cognito_identity_id=None), STATED, STATED.custom["caller"]),
        (None, SimpleNamespace(custom=None), None),
        (None, SimpleNamespace(custom={"caller": ["x"]}), None),
        (None, SimpleNamespace(custom={"caller": "x" * 101}), None),
        (None, None, None),
    ],
)
def test_audit_record_names_the_caller_beside_the_statement_of_the_operator(
    site: Site,
    deps: Dependencies,
    guard: PolicyEnforcer,
    identity: object,
    client_context: object,
    caller: str | None,
) -> None:
    set_dependencies(admin, lambda: deps)
    commands = (
        {"order": "suspend", "site": site.site_id, "by": "me", "reason": "spam"},
        {"order": "resume", "site": site.site_id, "by": "me", "reason": "resolved"},
        {"order": "invite", "site_url": URL, "by": "me"},
    )
    for command in commands:
        guard.printed.clear()
        admin.handler(command, CallerContext(identity, client_context))
        lines = [json.loads(line) for line in "".join(guard.printed).splitlines()]
        (audit,) = [line for line in lines if line.get("message") == "audit"]
        assert audit["by"] == "me"
        assert audit.get("caller") == caller
        assert audit["invocation_id"] == "request"


@pytest.mark.parametrize(
    "command",
    [
        {}, {"order": "nonsense"}, {"order": "suspend", "site": "site_x"},
        {"order": "suspend", "site": "site_x", "by": "", "reason": "b"},
        {"order": "suspend", "site": "site_unknown", "by": "a", "reason": "b"},
        {"order": "resume", "site": "https://unknown.example", "by": "a", "reason": "b"},
        {"order": "invite", "site_url": "https://10.0.0.1", "by": "a"},
        {"order": "suspend", "site": "example.com", "by": "a", "reason": "b"},
    ],
)  # fmt: skip
def test_invalid_admin_command_is_refused_with_the_reason(
    deps: Dependencies, command: dict[str, str]
) -> None:
    done = run_admin_command(deps, **command)
    assert done["status"] == "refused"
    assert done["detail"]
    assert done["action"]


@pytest.mark.parametrize(
    ("command", "field", "action"),
    [
        ({"order": "invite", "site_url": URL}, "by", "Add it to the request"),
        ({"order": "invite", "site_url": URL, "by": ""}, "by", "named field"),
        ({"order": "invite", "site_url": "example.com", "by": "me"}, "site_url", "https://"),
        ({"order": "foo"}, "order", "Use invite, pause_sync, read_only, "),
        ({}, "order", "Use invite, pause_sync, read_only, "),
        ({"order": "sites", "cursor": "x"}, "cursor", "Omit the cursor"),
    ],
)
def test_refusal_names_the_field(
    deps: Dependencies, command: dict[str, str], field: str, action: str
) -> None:
    done = run_admin_command(deps, **command)

    assert (done["status"], done["field"]) == ("refused", field)
    assert action in done["action"]


def test_refusal_without_a_field(deps: Dependencies) -> None:
    assert "field" not in run_admin_command(deps, order="site", site="site_unknown")
