"""Checks of a documented client in one language: a rule, and a flaw that removes one."""

from pathlib import Path

import pytest

from tests.feed_clients.clients import FeedClient, client_of
from tests.feed_clients.flaws import FLAWS, Rule
from tests.feed_clients.reading_rules import READING_RULES
from tests.feed_clients.scripted_service import ScriptedService
from tests.feed_clients.showing_rules import SHOWING_RULES

RULES = (*READING_RULES, *SHOWING_RULES)


def check_rule(rule: Rule, suffix: str, folder: Path) -> None:
    """Check that the client of a language keeps a rule."""
    with ScriptedService() as service:
        rule(FeedClient(client_of(suffix), folder / "store.json", service.url), service)


def check_flaw(name: str, suffix: str, folder: Path) -> None:
    """Check that the test of a rule fails for a client with the flaw."""
    flaw = FLAWS[name]
    old, new = flaw.change(suffix)
    text = client_of(suffix).read_text("utf-8")
    assert text.count(old) == 1, f"{text.count(old)} places of {old!r}"
    program = folder / f"feed_client{suffix}"
    program.write_text(text.replace(old, new))
    with ScriptedService() as service, pytest.raises((AssertionError, KeyError)):
        flaw.rule(FeedClient(program, folder / "store.json", service.url), service)
