"""Detection of secrets in logs, output, stored items, and responses."""

import base64
import json
import logging
import sys
from typing import Any
from urllib.parse import quote

import pytest

from tests.iam.enforcer import PolicyEnforcer, as_function, without_tokens
from tests.secret_canaries import Canaries, LogRecorder, without_field

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY"
ODD = r"""a"b\c/d+e"f\g/h"""
"""A secret that every encoding changes."""
ENCODED = {
    "raw": SECRET,
    "part": SECRET[11:19],
    "end": SECRET[-8:],
    "url": quote(SECRET, safe=""),
    "hex": SECRET.encode().hex(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 at offset 1": base64.b64encode(f"x{SECRET}".encode()).decode(),
    "base64 at offset 2": base64.b64encode(f"xy{SECRET}z".encode()).decode(),
    "reversed": SECRET[::-1],
}
ESCAPED = {
    "json": json.dumps({"key": ODD}),
    "json with slashes escaped": json.dumps({"key": ODD}).replace("/", r"\/"),
    "url-safe base64": base64.urlsafe_b64encode(ODD.encode()).decode(),
    "url-safe base64 at offset 1": base64.urlsafe_b64encode(f"x{ODD}".encode()).decode(),
}


@pytest.mark.parametrize("name", ENCODED)
def test_encoded_secret_is_detected(name: str) -> None:
    assert Canaries([SECRET]).find_in(f"before {ENCODED[name]} after") is not None


@pytest.mark.parametrize("name", ESCAPED)
def test_secret_with_escaped_characters_is_detected(name: str) -> None:
    assert Canaries([ODD]).find_in(f"before {ESCAPED[name]} after") is not None


def test_url_safe_base64_is_detected() -> None:
    secret = "\u00ff\u00fe\u00ff>>>???\u00ff\u00ff\u00fe~~~"
    safe = base64.urlsafe_b64encode(secret.encode()).decode()
    assert safe != base64.b64encode(secret.encode()).decode()
    assert Canaries([secret]).find_in(safe) is not None


def test_text_without_eight_secret_bytes_is_clean() -> None:
    assert Canaries([SECRET]).find_in(f"AKIA {SECRET[:7]} {SECRET[8:15]} *** " * 50) is None


def test_secret_created_during_the_test_is_detected() -> None:
    canaries = Canaries([])
    canaries.created.append(SECRET)
    assert canaries.find_in(SECRET[3:20]) is not None


def test_exceptions_and_extra_fields_are_recorded() -> None:
    recorder, log = LogRecorder(), logging.getLogger("tests.secret_canaries")
    log.addHandler(recorder)
    log.warning("failed", exc_info=ValueError(SECRET))
    log.warning("with more", extra={"body": {"key": SECRET[5:20]}})
    assert [bool(Canaries([SECRET]).find_in(line)) for line in recorder.lines] == [True, True]


def searched_response(response: dict[str, Any], name: str = "api_keys") -> str:
    """Return the part of a function's response that is searched for secrets."""
    guard = PolicyEnforcer()
    as_function(name, lambda _event, _context: response, guard)({}, None)
    return str(guard.responses)


def test_console_output_is_recorded() -> None:
    def handler(_event: object, _context: object) -> dict[str, Any]:
        sys.stdout.write(SECRET[:12])
        sys.stderr.write(SECRET[12:])
        return {}

    guard = PolicyEnforcer()
    as_function("api_keys", handler, guard)({}, None)
    assert guard.printed == [SECRET[:12], SECRET[12:]]


def test_only_the_field_that_returns_an_api_key_is_exempt() -> None:
    shown = {"api_key": SECRET, "kid": "4fJ2kQ9z"}
    response = {"statusCode": 201, "headers": {}, "body": json.dumps(shown)}
    assert SECRET not in searched_response(response)
    assert SECRET in searched_response(response, "search")
    assert SECRET in searched_response(response | {"statusCode": 200})
    assert SECRET in searched_response(response | {"headers": {"X-Key": SECRET}})
    assert SECRET in searched_response(response | {"body": json.dumps({**shown, "kid": SECRET})})
    assert SECRET in searched_response(response | {"body": json.dumps({"more": shown})})


def test_without_field_removes_a_nested_field() -> None:
    body = {"challenge": {"token": SECRET, "path": "/x"}, "token": "kept"}
    assert without_field("challenge.token", body) == {"challenge": {"path": "/x"}, "token": "kept"}
    assert without_field("challenge.other", body) == body
    assert without_field("invite", {"invite": SECRET, "host": "h"}) == {"host": "h"}


def test_sign_up_token_is_exempt_in_its_own_item_only() -> None:
    signup, another = ({"pk": {"S": pk}, "token": {"S": SECRET}} for pk in ("signup#1", "site_1"))
    assert SECRET not in str(without_tokens({"TransactItems": [{"Put": {"Item": signup}}]}))
    assert SECRET in str(without_tokens({"TransactItems": [{"Put": {"Item": another}}]}))
