"""Smoke test of a deployed service: its exit codes, and that it removes what it created.

`tests/e2e/test_stack.py` runs it against the local stack.
"""

from pathlib import Path

import pytest

from amzlinkr.security.api_keys import new_api_key
from infra.local.stack.client import ServiceClient
from infra.smoke import EXPECTED_AVAILABILITY, UNKNOWN_ASIN, main
from infra.smoke_start import KEY_VARIABLE
from tests.unit.wire import Script, Wire, reply

KEY = new_api_key("test").text.reveal()
HIDDEN = "p4ss"
MARKETPLACES = reply(200, {"marketplaces": [{"code": "US"}, {"code": "DE"}]})
CONNECTED = reply(200, {"connections": [{"marketplace": "US"}]})
NO_CONNECTIONS = reply(200, {"connections": []})
FEED = reply(200, {"changes": [], "next_cursor": "c", "has_more": False})
VALID = reply(200, {"status": "valid"})
EMPTY_PAGE = reply(200, {"items": []})
ERROR = reply(500, {"code": "internal_error"})
REMOVED = [reply(204, {})] * (len(EXPECTED_AVAILABILITY) + 1)
"""The removal of all products and of the connection."""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "service_url"),
        (["https://a.example"], "does not end with /v1"),
        (["a.example/v1"], "does not begin with"),
        (["http://a.example/v1"], "unencrypted"),
        (["http://10.0.0.1/v1"], "unencrypted"),
        (["http://127.0.0.1.example.com/v1"], "unencrypted"),
        ([f"https://me:{HIDDEN}@a.example/v1"], "a user name or a password"),
    ],
)
def test_a_wrong_url_is_refused(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments, KEY)

    (line,) = capsys.readouterr().err.splitlines()
    assert reason in line
    assert HIDDEN not in line


def test_help_names_the_variable_of_the_key_and_its_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"], "")

    text = " ".join(capsys.readouterr().out.split())
    assert f"environment variable {KEY_VARIABLE}" in text
    assert 'POST /v1/keys with {"mode": "test"}' in text


@pytest.mark.parametrize(
    "key",
    ["", new_api_key("live").text.reveal(), "nonsense", f"{KEY}\n", f" {KEY}", KEY[:-1], f"{KEY}é",
     KEY[:20] + "\n" + KEY[20:]],
    ids=range(8),
)  # fmt: skip
def test_only_a_sandbox_key_is_used(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["https://a.example/v1"], key) == 2

    output = capsys.readouterr()
    assert output.err == (
        f"python -m infra.smoke: The environment variable {KEY_VARIABLE} must be a complete API "
        "key of the sandbox (amzl_test_…), without spaces or line breaks. POST /v1/keys with "
        '{"mode": "test"} returns such a key.\n'
    )
    assert not output.out


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        (
            [MARKETPLACES, reply(429, {"code": "too_many_requests"})],
            "GET /connections: expected 200, got 429",
        ),
        (
            [MARKETPLACES, reply(200, {})],
            "GET /connections: expected a documented response, got {}",
        ),
        ([reply(200, {"marketplaces": [{"code": []}]}), NO_CONNECTIONS, FEED],
         "GET /changes: expected a documented response"),
        ([MARKETPLACES, reply(200, b"<html>")], "GET /connections: JSONDecodeError: "),
        ([reply(200, {"marketplaces": {"key": "x" * 250 + KEY}})], "GET /marketplaces: expected"),
        ([reply(502, {"lines": "a\nb" * 500})], "GET /marketplaces: expected 200, got 502 "),
    ],
)  # fmt: skip
def test_a_failure_before_anything_is_created_is_one_line(
    replies: list[Script], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Wire(replies) as wire:
        assert main([f"{wire.url}/v1"], KEY) == 1

    output = capsys.readouterr()
    assert output.err.startswith(f"FAILED  {message}")
    assert output.err.count("\n") == 1
    assert len(output.err) < 500
    assert KEY[:20] not in output.err


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, [1]),
        reply(200, b"null"),
        reply(200, b"<html>"),
        reply(200, {"name": "another service"}),
        reply(404, {"message": "Not Found"}),
        reply(403, b"<html>"),
    ],
    ids=range(6),
)
def test_another_server_is_one_line_with_the_remedy(
    answer: Script, capsys: pytest.CaptureFixture[str]
) -> None:
    with Wire([answer]) as wire:
        assert main([f"{wire.url}/v1"], KEY) == 2

    assert capsys.readouterr().err == (
        f"python -m infra.smoke: {wire.url}/v1 did not answer as an AmzLinkr service. Check the "
        "URL.\n"
    )


def test_a_rejected_key_is_one_line_with_the_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    with Wire([MARKETPLACES, reply(401, {"code": "api_key_rejected"})]) as wire:
        assert main([f"{wire.url}/v1"], KEY) == 2

    (line,) = capsys.readouterr().err.splitlines()
    assert f"does not accept the API key in {KEY_VARIABLE}. POST /v1/keys" in line


def test_a_proxy_is_used_except_on_loopback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "netrc").write_text("default login me password hidden\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Wire([reply(404, {})]) as wire, Wire([reply(502, {})]) as proxy:
        for name in ("https_proxy", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)

        assert main([f"{wire.url}/v1"], KEY) == 2
        assert not proxy.sent
        assert wire.sent[0].headers["Authorization"] == f"Bearer {KEY}"
        assert main(["https://a.example/v1"], KEY) == 2
        assert (proxy.sent[0].method, proxy.sent[0].path) == ("CONNECT", "a.example:443")
        assert "Authorization" not in proxy.sent[0].headers

    assert "could not be reached at https://a.example/v1 (ProxyError)" in capsys.readouterr().err


def test_credentials_of_a_netrc_file_do_not_replace_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login me password hidden\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Wire([reply(200, {})]) as wire:
        service = ServiceClient(wire.url, uses_environment=True)
        for service.api_key in (KEY, ""):
            service.call("GET", "/connections")

    assert [one.headers.get("Authorization") for one in wire.sent] == [f"Bearer {KEY}", None]


def test_what_was_created_is_removed_after_a_failed_check(
    capsys: pytest.CaptureFixture[str],
) -> None:
    replies = [MARKETPLACES, CONNECTED, FEED, VALID, EMPTY_PAGE, *REMOVED]
    with Wire(replies) as wire:
        assert main([f"{wire.url}/v1"], KEY) == 1

        assert capsys.readouterr().err == "FAILED  GET /search: expected products, got []\n"
        assert [(one.method, one.path.partition("?")[0]) for one in wire.sent[-3:]] == [
            *(("DELETE", f"/v1/products/{asin}") for asin in EXPECTED_AVAILABILITY),
            ("DELETE", "/v1/connections/DE"),
        ]


@pytest.mark.parametrize(
    ("search", "last", "failure", "problem"),
    [
        (EMPTY_PAGE, ERROR, "products, got []", "expected 200 or 204 or 404, got 500"),
        (reply(200, {}), Script([]), "a documented response, got {}", "ConnectionError: "),
    ],
)
def test_a_failed_removal_does_not_hide_the_first_failure(
    search: Script, last: Script, failure: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    replies = [MARKETPLACES, CONNECTED, FEED, VALID, search, last]
    with Wire(replies) as wire:
        assert main([f"{wire.url}/v1"], KEY) == 1

        first, *others = capsys.readouterr().err.splitlines()
        assert first == f"FAILED  GET /search: expected {failure}"
        assert len(others) == len(REMOVED) == len(wire.sent) - 5
        assert all(line.startswith("FAILED  not removed: DELETE /") for line in others)
        assert all(problem in line for line in others)


def test_a_failed_removal_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    found = reply(200, {"items": [{"title": "one"}]})
    throttled = reply(503, {"code": "amazon_throttled", "retryable": True})
    results = [
        {"asin": asin, "status": "imported", "product": {"availability": availability}}
        for asin, availability in EXPECTED_AVAILABILITY.items()
    ]
    unknown = {"asin": UNKNOWN_ASIN, "status": "not_found"}
    imported = reply(200, {"results": [*results, unknown]})
    changes = [
        {"asin": asin, "kind": "added", "marketplace": "DE"} for asin in EXPECTED_AVAILABILITY
    ]
    feed = reply(200, {"changes": changes, "next_cursor": "d", "has_more": False})
    replies = [
        MARKETPLACES, CONNECTED, FEED, VALID, found, EMPTY_PAGE, throttled, imported, feed, ERROR,
    ]  # fmt: skip
    with Wire(replies) as wire:
        assert main([f"{wire.url}/v1"], KEY) == 1

    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("FAILED  DELETE /products/B0TESTSOLD: expected 200 or 204 or 404")


def test_a_service_that_is_down_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Wire([]) as wire:
        url = wire.url
    assert main([f"{url}/v1"], KEY) == 2

    assert capsys.readouterr().err == (
        f"python -m infra.smoke: The service could not be reached at {url}/v1 (ConnectionError). "
        "Check the URL and the network.\n"
    )
