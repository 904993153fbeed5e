"""The documented Python client keeps every rule of the feed; one with a flaw does not."""

from pathlib import Path

import pytest

from tests.feed_clients.checks import RULES, check_flaw, check_rule
from tests.feed_clients.flaws import FLAWS, Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_client_keeps_the_rule(rule: Rule, tmp_path: Path) -> None:
    check_rule(rule, ".py", tmp_path)


@pytest.mark.parametrize("name", FLAWS)
def test_flaw_is_detected(name: str, tmp_path: Path) -> None:
    check_flaw(name, ".py", tmp_path)


def test_each_rule_has_a_flaw() -> None:
    assert {flaw.rule for flaw in FLAWS.values()} == set(RULES)
