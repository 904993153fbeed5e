"""The detector of secrets finds what it is there for."""

import base64
import logging
from urllib.parse import quote

import pytest

from tests.canaries import Canaries, Listener

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY"
HIDDEN = {
    "raw": SECRET,
    "a part": SECRET[11:19],
    "the end": SECRET[-8:],
    "url": quote(SECRET, safe=""),
    "hex": SECRET.encode().hex(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64, one further": base64.b64encode(f"x{SECRET}".encode()).decode(),
    "base64, two further": base64.b64encode(f"xy{SECRET}z".encode()).decode(),
    "reversed": SECRET[::-1],
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_secret_is_found_however_it_is_spelled(name: str) -> None:
    assert Canaries([SECRET]).in_text(f"before {HIDDEN[name]} behind") is not None


def test_what_is_none_is_none() -> None:
    assert Canaries([SECRET]).in_text(f"AKIA {SECRET[:7]} {SECRET[8:15]} *** " * 50) is None


def test_secrets_made_on_the_way_are_known() -> None:
    canaries = Canaries([])
    canaries.made.append(SECRET)
    assert canaries.in_text(SECRET[3:20]) is not None


def test_exceptions_and_attached_values_are_heard() -> None:
    listener, log = Listener(), logging.getLogger("tests.canaries")
    log.addHandler(listener)
    log.warning("failed", exc_info=ValueError(SECRET))
    log.warning("with more", extra={"body": {"key": SECRET[5:20]}})
    assert [bool(Canaries([SECRET]).in_text(line)) for line in listener.lines] == [True, True]
