"""Fixtures: a fake Amazon with manual clocks, and clients of its demo accounts."""

import time
from collections.abc import Iterator

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import FakeAmazonState
from tests.integration.fake_amazon.creators_client import CreatorsClient
from tests.integration.fake_amazon.signed_client import Client, Clocks


@pytest.fixture
def clocks() -> Clocks:
    return Clocks(wall=time.time())


@pytest.fixture
def fake(clocks: Clocks) -> Iterator[FakeAmazon]:
    state = FakeAmazonState(lambda: clocks.wall, lambda: clocks.monotonic)
    with FakeAmazon(state=state) as running:
        running.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=1000))
        yield running


@pytest.fixture
def client(fake: FakeAmazon) -> Client:
    return Client(fake.url)


@pytest.fixture
def creators(fake: FakeAmazon) -> CreatorsClient:
    return CreatorsClient(fake.url)


@pytest.fixture
def cognito(creators: CreatorsClient) -> CreatorsClient:
    return creators.with_credential(*accounts.COGNITO_CREDENTIAL)
