"""Smoke test of a deployed service: its exit codes, and that it removes what it created.

`tests/e2e/test_stack.py` runs it against the local stack.
"""

import pytest

from infra.smoke import EXPECTED_AVAILABILITY, KEY_VARIABLE, main
from tests.unit.wire import Script, Wire, reply

KEY = "amzl_test_0123456789"
MARKETPLACES = reply(200, {"marketplaces": [{"code": "US"}, {"code": "DE"}]})
CONNECTED = reply(200, {"connections": [{"marketplace": "US"}]})
NO_CONNECTIONS = reply(200, {"connections": []})
FEED = reply(200, {"changes": [], "next_cursor": "c", "has_more": False})
VALID = reply(200, {"status": "valid"})
EMPTY_PAGE = reply(200, {"items": []})
ERROR = reply(500, {"code": "internal_error"})
REMOVED = [reply(204, {})] * (len(EXPECTED_AVAILABILITY) + 1)
"""The removal of all products and of the connection."""


@pytest.mark.parametrize("arguments", [[], ["https://a.example"], ["a.example/v1"]])
def test_a_wrong_url_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments, KEY)

    assert "service_url" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("key", ["", KEY.replace("test", "live"), "nonsense"])
def test_only_a_sandbox_key_is_used(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["https://a.example/v1"], key) == 2

    output = capsys.readouterr()
    assert output.err == f"{KEY_VARIABLE} must be an API key of the sandbox (amzl_test_…)\n"
    assert not output.out


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        (
            [MARKETPLACES, reply(401, {"code": "api_key_rejected"})],
            "GET /connections: expected 200",
        ),
        ([MARKETPLACES, reply(200, {})], "KeyError: 'connections'"),
    ],
)
def test_a_failure_before_anything_is_created_is_one_line(
    replies: list[Script], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Wire(replies) as wire:
        assert main([f"{wire.url}/v1"], KEY) == 1

    output = capsys.readouterr()
    assert output.err.startswith(f"FAILED  {message}")
    assert output.err.count("\n") == 1
    assert KEY not in output.err


def test_what_was_created_is_removed_after_a_failed_check(
    capsys: pytest.CaptureFixture[str],
) -> None:
    replies = [MARKETPLACES, CONNECTED, FEED, VALID, EMPTY_PAGE, *REMOVED]
    with Wire(replies) as wire:
        assert main([f"{wire.url}/v1"], KEY) == 1

        assert "expected products, got []" in capsys.readouterr().err
        assert [(one.method, one.path.partition("?")[0]) for one in wire.sent[-3:]] == [
            *(("DELETE", f"/v1/products/{asin}") for asin in EXPECTED_AVAILABILITY),
            ("DELETE", "/v1/connections/DE"),
        ]


def test_a_service_that_is_down_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Wire([]) as wire:
        url = wire.url
    assert main([f"{url}/v1"], KEY) == 1

    assert capsys.readouterr().err.startswith("FAILED  ConnectionError: ")
