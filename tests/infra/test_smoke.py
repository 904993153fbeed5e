"""Smoke test of a deployed service: its exit codes, and that it removes what it created.

`tests/e2e/test_stack.py` runs it against the local stack.
"""

import pytest

from amzlinkr.security.api_keys import new_api_key
from infra.smoke import EXPECTED_AVAILABILITY, KEY_VARIABLE, UNKNOWN_ASIN, main
from tests.unit.wire import Script, Wire, reply

KEY = new_api_key("test").text.reveal()
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
        f"{KEY_VARIABLE} must be a complete API key of the sandbox (amzl_test_…), without spaces "
        "or line breaks\n"
    )
    assert not output.out


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        (
            [MARKETPLACES, reply(401, {"code": "api_key_rejected"})],
            "GET /connections: expected 200",
        ),
        (
            [MARKETPLACES, reply(200, {})],
            "GET /connections: expected a documented response, got {}",
        ),
        ([reply(200, [1])], "GET /marketplaces: expected a documented response, got [1]"),
        ([reply(200, b"null")], "GET /marketplaces: expected a documented response, got None"),
        ([reply(200, {"marketplaces": [{"code": []}]}), NO_CONNECTIONS, FEED],
         "GET /changes: expected a documented response"),
        ([reply(200, b"<html>")], "GET /marketplaces: JSONDecodeError: "),
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
    assert main([f"{url}/v1"], KEY) == 1

    assert capsys.readouterr().err.startswith("FAILED  GET /marketplaces: ConnectionError: ")
