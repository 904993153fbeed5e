"""The stack with the second fake Amazon upstream instead of the built-in one."""

from collections.abc import Iterator

import pytest

from infra.local.stack.client import Scheduler, ServiceClient
from infra.local.stack.stack import running_stack
from tests.e2e.conftest import sign_up
from tests.e2e.second_amazon.sites import World
from tests.second_amazon.server import SecondAmazon


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    state = tmp_path_factory.mktemp("second_stack")
    with SecondAmazon() as amazon, running_stack(amazon.url, state=state) as stack:
        scheduler = Scheduler(stack.aws_endpoint, stack.functions["PriceSyncFunction"])
        yield World(stack, amazon.service, scheduler)


@pytest.fixture(scope="session")
def site(world: World) -> ServiceClient:
    """Return a client of one site for tests that replace its credentials."""
    return sign_up(world.stack)
