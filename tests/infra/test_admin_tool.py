"""The operator's tool: its output, and one clear line for everything that goes wrong."""

import io
import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from amzlinkr import SERVICE_VERSION
from infra.admin.__main__ import main
from infra.admin.arguments import parse_arguments
from infra.admin.site_tables import host_text, invite_text, site_text, sites_text
from infra.admin.tables import ago, status_text, table
from tests.unit.wire import Wire

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
STATUS: dict[str, Any] = {
    "status": "ok", "stage": "prod", "version": "0.2.0", "signup_mode": "invite",
    "sync": {
        "state": "paused", "since": "2026-11-29T11:00:00Z", "by": "ops", "reason": "license",
        "last_run_at": "2026-11-29T11:58:00Z", "last_run_planned": 40,
        "next_run_at": "2026-11-29T12:03:00Z",
    },
    "read_only": {"on": False},
    "oldest_due_at": "2026-11-29T11:50:00Z",
    "sites": {"live": 10, "sandbox": 2, "suspended": 1},
    "connections": {"valid": 9, "throttled": 1},
    "counted": {"is_estimate": False, "rows_read": 80, "rows_total": 80},
    "pending_imports": {
        "jobs": 3, "is_minimum": False, "oldest_created_at": "2026-11-29T11:59:30Z",
    },
    "new_sites_today": {"used": 4, "limit": 500},
    "queues": [
        {"name": "refresh", "messages": 5, "in_flight": 1, "is_dead_letter_queue": False},
        {"name": "refresh", "messages": 2, "in_flight": 0, "is_dead_letter_queue": True},
    ],
}  # fmt: skip


def lines_of(text: str) -> dict[str, str]:
    """Return the values of a table with two columns."""
    return {line[:17].rstrip(): line[17:].strip() for line in text.splitlines()}


def test_release_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert project["project"]["version"] == SERVICE_VERSION


def test_status_states_every_value_with_its_distance_from_now() -> None:
    text = status_text(STATUS, NOW)

    lines = lines_of(text)
    assert lines["stage"] == "prod, release 0.2.0"
    assert lines["price sync"] == "paused by ops since 2026-11-29 11:00:00Z (60 min ago): license"
    assert lines["writes"] == "accepted"
    assert lines["last planner run"].endswith("(2 min ago), 40 shelves enqueued")
    assert lines["next planner run"].endswith("(in 3 min), expected")
    assert lines["oldest due shelf"].endswith("(10 min ago)")
    assert lines["sites"] == "10 live, 2 sandbox, 1 suspended"
    assert lines["connections"] == "9 valid, 1 throttled"
    assert lines["pending imports"].startswith("3 jobs, the oldest from 2026-11-29 11:59:30Z")
    assert lines["new sites today"] == "4 of 500, sign-up mode invite"
    assert text.splitlines()[-1].split() == ["refresh", "(dead", "letters)", "2", "0"]


def test_one_is_singular() -> None:
    status = STATUS | {
        "sync": STATUS["sync"] | {"last_run_planned": 1},
        "pending_imports": STATUS["pending_imports"] | {"jobs": 1},
    }

    lines = lines_of(status_text(status, NOW))

    assert lines["last planner run"].endswith("(2 min ago), 1 shelf enqueued")
    assert lines["pending imports"].startswith("1 job, the oldest")


def test_times_of_an_invite_have_the_same_form() -> None:
    expires_at = "2026-12-06T13:00:00.123456+01:00"

    text = invite_text({"host": "a.example", "invite": "code", "expires_at": expires_at})

    assert text == "Invite for a.example, until 2026-12-06 12:00:00Z:\ncode"


def test_estimated_bounded_and_late_values_are_marked() -> None:
    status = STATUS | {
        "counted": {"is_estimate": True, "rows_read": 20_000, "rows_total": 8_000_000},
        "pending_imports": STATUS["pending_imports"] | {"jobs": 1_000, "is_minimum": True},
        "sync": {"state": "running", "next_run_at": "2026-11-29T11:50:00Z"},
        "queues": "The queues could not be read: no permission.",
    }

    text = status_text(status, NOW)

    lines = lines_of(text)
    assert lines["sites"].startswith("about 10 live")
    assert lines["connections"].startswith("about 9 valid")
    assert "estimated from a sample of 20000 of about 8000000 rows" in text
    assert lines["pending imports"].startswith("at least 1,000 jobs")
    assert lines["next planner run"].endswith("LATE")
    assert lines["last planner run"] == "never"
    assert text.endswith("The queues could not be read: no permission.")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-29T11:59:01Z", "59 s ago"), ("2026-11-29T11:58:00.5Z", "119 s ago"),
        ("2026-11-29T10:00:00Z", "2 h ago"), ("2026-11-20T12:00:00Z", "9 days ago"),
        ("2026-11-29T12:00:30Z", "in 30 s"),
    ],
)  # fmt: skip
def test_distance_from_now(moment: str, words: str) -> None:
    assert ago(moment, NOW).endswith(f"({words})")


def test_columns_are_aligned() -> None:
    assert table(("a", "b"), [("long", "x"), ("s", "y")]) == "a     b\nlong  x\ns     y"


def test_sites_and_their_next_page() -> None:
    site = {"site_id": "site_a", "mode": "live", "created_at": "2026-11-29T11:00:00Z"}
    page = {"sites": [site | {"site_url": "https://a.example"}], "next_cursor": "Wy=="}

    text = sites_text(page)

    assert text.splitlines()[1].split() == [
        "site_a", "live", "2026-11-29", "11:00:00Z", "active", "https://a.example",
    ]  # fmt: skip
    assert text.endswith("More sites follow: --cursor Wy==")
    assert sites_text({"sites": []}) == "no sites"


def test_incomplete_suspension_is_to_be_repeated() -> None:
    change = {"status": "suspended", "host": "a.example", "site_id": None, "site_ids": ["site_a"]}

    done = host_text(change | {"unchanged": 0, "remaining": 0})
    partly = host_text(change | {"unchanged": 2, "remaining": 5})

    assert done == "Suspended the host a.example. Changed sites: site_a."
    assert partly.splitlines() == [
        f"{done} Sites that were in this state before: 2.",
        "No time was left for 5 sites. Repeat the command for them.",
    ]


def test_site_shows_connections_keys_and_events() -> None:
    site = {
        "site_id": "site_a", "mode": "live", "site_url": "https://a.example",
        "email": "a@b.example",
        "created_at": "2026-11-29T11:00:00Z", "suspended_at": "2026-11-29T11:30:00Z",
        "refresh_hours": 1.0, "products": {"fresh": 3, "stale": 0, "expired": 1, "missing": 0},
        "connections": [{
            "marketplace": "US", "state": "not_eligible", "problem": "amazon_not_eligible",
            "api": "creators", "partner_tag": "a-20", "key_hint": "…0001",
            "next_probe_at": "2026-11-29T14:00:00Z",
        }],
        "keys": [{"kid": "abcdefgh", "scope": "full", "created_at": "2026-11-29T11:00:00Z"}],
        "events": [{
            "at": "2026-11-29T11:30:00Z", "event": "suspended", "actor": "operator", "detail": "x",
        }],
    }  # fmt: skip

    text = site_text(site, NOW)

    assert "T11:" not in text
    assert "2026-11-29 11:30:00Z  suspended" in text
    for part in (
        "suspended since 2026-11-29 11:30:00Z\n", "3 fresh, 0 stale, 1 expired, 0 missing",
        "amazon_not_eligible", "(in 2 h)", "abcdefgh", "operator",
    ):  # fmt: skip
        assert part in text


BAD_INPUT = [
    [], ["nonsense"], ["site"], ["suspend", "https://a.example"], ["suspend", "x", "--reason", ""],
    ["read-only", "--reason", "x"], ["read-only", "maybe", "--reason", "x"],
    ["sites", "--limit", "0"], ["sites", "--limit", "101"], ["sites", "--limit", "x"],
    ["status", "--stage", "a", "--local"], ["status", "extra"], ["redrive", "a", "b"],
    ["status", "--stage", ""], ["status", "--stage", "Prod"],
    ["pause-sync", "--reason", "x" * 501], ["invite", "https://a.example", "--by", "x" * 101],
]  # fmt: skip


@pytest.mark.parametrize("arguments", BAD_INPUT, ids=" ".join)
def test_wrong_arguments_are_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse_arguments(arguments)

    assert stopped.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Remove everything from which boto3 could take a region, credentials, or a profile."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID",
                 "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["status"], "--region"),
        (["status", "--region", "us-east-1"], "There are no AWS credentials"),
        (["status", "--profile", "unknown"], "profile does not exist"),
        (["status", "--region", "us-east-1", "--stack-name", "x"], "There are no AWS credentials"),
        (["status", "--local", "nowhere.json"], "make run"),
        (["status", "--local", "."], "make run"),
    ],
)
def test_failure_without_an_account_is_one_line_with_a_remedy(
    aws_environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    remedy: str,
) -> None:
    assert main(arguments) == 1

    shown = capsys.readouterr()
    assert shown.out == ""
    assert remedy in shown.err
    assert len(shown.err.splitlines()) == 1


@contextmanager
def stubbed(monkeypatch: pytest.MonkeyPatch, *services: str) -> Iterator[dict[str, Stubber]]:
    """Stub the responses of these services, for every client that the tool creates."""
    session: Any = boto3.Session("test", "test", region_name="us-east-1")
    stubs = {name: Stubber(session.client(name)) for name in services}

    def client(_session: boto3.Session, name: str, **_options: object) -> Any:
        return stubs[name].client

    monkeypatch.setattr(boto3.Session, "client", client)
    for stub in stubs.values():
        stub.activate()
    yield stubs
    for stub in stubs.values():
        stub.assert_no_pending_responses()


def payload(content: object) -> StreamingBody:
    data = json.dumps(content).encode()
    return StreamingBody(io.BytesIO(data), len(data))


def test_stack_leads_to_the_function_and_its_queues(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    function = {"LogicalResourceId": "AdminFunction", "PhysicalResourceId": "amzlinkr-x-admin"}
    queue = {"LogicalResourceId": "RefreshQueue", "PhysicalResourceId": "https://queue"}
    times = {"LastUpdatedTimestamp": NOW, "ResourceStatus": "CREATE_COMPLETE"}
    pages: list[dict[str, Any]] = [
        {"StackResourceSummaries": [function | times | {"ResourceType": "AWS::Lambda::Function"}],
         "NextToken": "next"},
        {"StackResourceSummaries": [queue | times | {"ResourceType": "AWS::SQS::Queue"}]},
    ]  # fmt: skip
    attributes = {
        "QueueArn": "arn", "ApproximateNumberOfMessages": "4",
        "ApproximateNumberOfMessagesNotVisible": "1",
    }  # fmt: skip
    with stubbed(monkeypatch, "lambda", "cloudformation", "sqs") as stubs:
        for page in (pages[0], *pages):
            stubs["cloudformation"].add_response("list_stack_resources", page)
        stubs["lambda"].add_response(
            "invoke",
            {"Payload": payload(STATUS)},
            {
                "FunctionName": "amzlinkr-x-admin",
                "Qualifier": "live",
                "Payload": b'{"order": "status"}',
            },
        )
        tags = {"aws:cloudformation:stack-name": "mine"}
        stubs["lambda"].add_response("get_function", {"Tags": tags})
        stubs["sqs"].add_response("get_queue_attributes", {"Attributes": attributes})

        assert main(["status", "--stack-name", "mine", "--json"]) == 0

    (found,) = json.loads(capsys.readouterr().out)["queues"]
    assert (found["name"], found["messages"], found["in_flight"]) == ("refresh", 4, 1)


@pytest.mark.parametrize(
    ("response", "exit_status", "text"),
    [
        ({"status": "refused", "code": "not_found", "detail": "No site.", "action": "Check."},
         2, "No site. Check."),
        ({"status": "refused", "code": "invalid_cursor", "detail": "Not valid", "action": "Omit"},
         2, "Not valid. Omit.\n"),
        ({"status": "refused", "code": "store_unavailable", "detail": "Down.", "action": "Wait."},
         1, "Down. Wait."),
        ({"status": "refused", "code": "invalid_request", "field": "reason", "detail": "Empty.",
          "action": "Correct."}, 2, "reason: Empty. Correct."),
        ({"errorMessage": "boom"}, 1, "failed. Its log"),
    ],
)  # fmt: skip
def test_refusal_and_fault_of_the_function(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    response: dict[str, str],
    exit_status: int,
    text: str,
) -> None:
    with stubbed(monkeypatch, "lambda") as stubs:
        fault = {"FunctionError": "Unhandled"} if "errorMessage" in response else {}
        metadata = {"ResponseMetadata": {"RequestId": "one"}}
        content = {"Payload": payload(response), **fault, **metadata}
        stubs["lambda"].add_response("invoke", content)

        assert main(["site", "site_x", "--stage", "prod"]) == exit_status

    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.splitlines())) == ("", 1)
    assert text in shown.err


@pytest.mark.parametrize(
    "change",
    [
        *({"aws_endpoint": wrong} for wrong in (
            5, None, "", "nourl", "ftp://a", "http://", "http://a b", "http://a:x", "http://-a",
            "http://a..b", "http://user@a", "http://[::1]:1", "http://a/path", "http://a:99999",
        )),
        {"region": 5}, {"region": None}, {"functions": {"AdminFunction": 5}}, {"functions": 5},
    ],
    ids=str,
)  # fmt: skip
def test_wrong_description_of_a_local_stack_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    described = {
        "aws_endpoint": "http://127.0.0.1:1", "region": "us-east-1",
        "functions": {"AdminFunction": "amzlinkr-local-admin"},
    }  # fmt: skip
    file = tmp_path / "stack.json"
    file.write_text(json.dumps(described | change), "utf-8")

    assert main(["status", "--local", str(file)]) == 2

    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.splitlines())) == ("", 1)
    assert str(file) in shown.err


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"null"])
def test_file_that_describes_nothing_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = tmp_path / "stack.json"
    file.write_bytes(content)

    assert main(["status", "--local", str(file)]) == 2

    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ResourceNotFoundException", "amzlinkr-prod-admin could not be invoked"),
        ("ResourceNotFoundException", "Name the deployment with --stage, --stack-name"),
        ("AccessDeniedException", "permission for Invoke"),
        ("ExpiredTokenException", "session has ended"),
        ("UnrecognizedClientException", "rejects the credentials"),
    ],
)
def test_error_of_aws_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str, text: str
) -> None:
    with stubbed(monkeypatch, "lambda") as stubs:
        stubs["lambda"].add_client_error("invoke", code, "first line\nsecond line")

        assert main(["status", "--json"]) == 1

    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.splitlines())) == ("", 1)
    assert text in shown.err


def test_status_is_shown_if_only_the_queues_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with stubbed(monkeypatch, "lambda", "sqs") as stubs:
        stubs["lambda"].add_response("invoke", {"Payload": payload(STATUS)})
        stubs["lambda"].add_client_error("get_function", "AccessDeniedException", "no")

        assert main(["status"]) == 0

    out = capsys.readouterr().out
    assert "10 live" in out
    assert "The queues could not be found: The AWS identity in use needs the permission" in out


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (["read-only", "on"], {"order": "read_only", "on": True}),
        (["read-only", "off"], {"order": "read_only", "on": False}),
        (["pause-sync"], {"order": "pause_sync"}),
        (["resume-sync"], {"order": "resume_sync"}),
    ],
)
def test_switches_are_sent_with_person_and_reason(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], sent: dict[str, object]
) -> None:
    state = {"status": "ok", "sync": {"state": "running"}, "read_only": {"on": False}}
    with stubbed(monkeypatch, "lambda") as stubs:
        expected = json.dumps(sent | {"by": "ops", "reason": "test"}).encode()
        stubs["lambda"].add_response(
            "invoke",
            {"Payload": payload(state)},
            {"FunctionName": "amzlinkr-prod-admin", "Qualifier": "live", "Payload": expected},
        )

        assert main([*arguments, "--by", "ops", "--reason", "test"]) == 0


def test_stopped_local_stack_is_one_line_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "stack.json"
    described = {"region": "us-east-1", "functions": {"AdminFunction": "amzlinkr-local-admin"}}
    with Wire([]) as wire:
        file.write_text(json.dumps(described | {"aws_endpoint": wire.url}), "utf-8")

    assert main(["status", "--local", str(file)]) == 1

    assert capsys.readouterr().err == (
        "python -m infra.admin: The function amzlinkr-local-admin could not be invoked: The local "
        "stack does not answer. Start it with `make run`.\n"
    )
