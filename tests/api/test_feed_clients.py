"""The documented clients of the feed in PHP and JavaScript, as that in Python in `make test`."""

from pathlib import Path

import pytest

from infra.local.stack.stack import Stack
from tests.e2e.conftest import sign_up
from tests.feed_clients.checks import RULES, check_flaw, check_rule
from tests.feed_clients.flaws import FLAWS, Rule
from tests.feed_clients.real_feed import followed_site

pytestmark = pytest.mark.api_tools
SUFFIXES = (".php", ".js")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_client_keeps_the_rule(rule: Rule, suffix: str, tmp_path: Path) -> None:
    check_rule(rule, suffix, tmp_path)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", FLAWS)
def test_flaw_is_detected(name: str, suffix: str, tmp_path: Path) -> None:
    check_flaw(name, suffix, tmp_path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_client_shows_what_the_service_has(suffix: str, stack: Stack, tmp_path: Path) -> None:
    with followed_site(stack, sign_up(stack), suffix, tmp_path) as site:
        site.live()
