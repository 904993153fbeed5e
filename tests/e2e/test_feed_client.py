"""The documented Python client of the feed on the running stack; tests/api has the others."""

from pathlib import Path

from infra.local.stack.stack import Stack
from tests.e2e.conftest import sign_up
from tests.feed_clients.real_feed import followed_site


def test_client_shows_what_the_service_has(stack: Stack, tmp_path: Path) -> None:
    with followed_site(stack, sign_up(stack), ".py", tmp_path) as site:
        site.live()
