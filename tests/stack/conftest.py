"""The running stack: the real template on the embedded AWS, with IAM enforced."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.client import Service
from infra.local.joining import KEYS
from infra.local.stack import Stack, running_stack
from infra.local.wordpress import WordPress


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    state: Path = tmp_path_factory.mktemp("stack")
    with running_stack(state=state, enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="session")
def service(stack: Stack) -> Service:
    """A signed-up site with valid keys."""
    signed_up = sign_up(stack)
    assert signed_up.call("POST", "/validate", KEYS).status == 200
    return signed_up


def sign_up(stack: Stack) -> Service:
    """A new site with an api key."""
    service = Service(stack.api_url)
    with WordPress() as wordpress:
        asked = {"site_url": wordpress.url, "email": "owner@example.com"}
        started = service.call("POST", "/signup", asked).json
        wordpress.shows(started["challenge"])
        done = service.call("POST", f"/signup/{started['signup_id']}/verify")
    assert done.status == 201, done.json
    service.api_key = done.json["api_key"]
    return service
