"""Fixtures: no real AWS anywhere, tables made from the template, a fake Amazon, a fake clock."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any
from unittest import mock

import boto3
import botocore.loaders
import botocore.session
import pytest
from moto import mock_aws
from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import State
from tests.calls import TEMPLATE, Site
from tests.clock import FakeClock
from tests.iam.used import (
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.limits import PLENTY, SIGNING_KEY

HOOKS = (pytest_configure, pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown)

ACCESS_KEY = "AKIATESTTESTTESTTEST"
SECRET_KEY = "kT7/xQ2+vB9/mZ4+cR6/pL1+wN8/hJ3+yD5/gF0="
TAG = "test-20"
CREDENTIAL = (
    "amzn1.application-oa2-client.test",
    r"""amzn1.oa2-cs.v1.uH6"eW4\aS9/rX2+dC8"bM5\nK7=""",
    "3.1",
)
"""Secrets with whatever some encoding spells differently."""


@pytest.fixture(autouse=True, scope="session")
def _no_real_aws() -> Iterator[None]:
    names = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "tests",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    before = dict(os.environ)
    os.environ.update(names)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True, scope="session")
def _descriptions_are_read_once() -> Iterator[None]:
    """One reading of botocore's service descriptions: each client would read its own."""
    remembered = cache(botocore.loaders.create_loader)
    with mock.patch.object(botocore.session, "create_loader", remembered):
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def aws() -> Iterator[Config]:
    """The template's tables, queues and service secret in moto."""
    with mock_aws(), mock.patch.object(SecretsManagerBackend, "put_secret_value", _not_to_deleted):
        yield make_resources()


_put_secret_value = SecretsManagerBackend.put_secret_value


def _not_to_deleted(backend: Any, secret_id: str, *args: Any, **more: Any) -> Any:
    """moto writes to deleted secrets; Secrets Manager does not."""
    if secret_id in backend.secrets and backend.secrets[secret_id].is_deleted():
        raise InvalidRequestException("You can't perform this operation: marked for deletion.")
    return _put_secret_value(backend, secret_id, *args, **more)


@pytest.fixture
def amazon(clock: FakeClock) -> Iterator[FakeAmazon]:
    """A fake Amazon on the test's clock, with one account for each API."""
    world = State(lambda: clock.now().timestamp(), clock.monotonic)
    with FakeAmazon(world=world) as fake:
        fake.control.put_account(
            ACCESS_KEY,
            AccountBody(
                secret_key=SECRET_KEY,
                partner_tags={"US": TAG, "DE": "test-21", "JP": "test-22"},
            ),
        )
        fake.control.put_account(
            CREDENTIAL[0],
            AccountBody(
                api="creators",
                credential_secret=CREDENTIAL[1],
                credential_version=CREDENTIAL[2],
                partner_tags={"US": TAG, "DE": "test-21", "JP": "test-22"},
            ),
        )
        yield fake


@pytest.fixture
def deps(aws: Config, amazon: FakeAmazon, clock: FakeClock) -> Dependencies:
    """The real dependencies on moto, with the connection to Amazon moved to the fake."""
    deps = Dependencies(replace(aws, amazon_url=amazon.url), clock)
    deps.map_concurrently.max_threads = 1  # moto is not made for threads
    return deps


@pytest.fixture
def creators_site(deps: Dependencies) -> Site:
    """A signed-up site with a valid Creators API credential for the US."""
    site = Site.new(deps)
    assert site.connect_creators(CREDENTIAL, TAG).json["status"] == "valid"
    return site


@pytest.fixture
def site(deps: Dependencies) -> Site:
    """A signed-up site with valid keys for the US."""
    return Site.signed_up(deps, ACCESS_KEY, SECRET_KEY, TAG)


def make_resources() -> Config:
    """Create what the template declares, under its logical names."""
    dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
    for name, resource in TEMPLATE["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::DynamoDB::Table":
            wanted = ("AttributeDefinitions", "KeySchema", "BillingMode")
            optional = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
            taken = {key: properties[key] for key in (*wanted, *optional) if key in properties}
            dynamodb.create_table(TableName=name, **taken)
    queues = {
        name: sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})[
            "QueueUrl"
        ]
        for name in ("RefreshQueue", "RefreshDeadLetterQueue", "ImportQueue")
    }
    secret = boto3.client("secretsmanager").create_secret(
        Name="amzlinkr/local/service", SecretString=SIGNING_KEY
    )
    return Config(
        stage="local",
        sites_table="SitesTable",
        products_table="ProductsTable",
        shelves_table="ShelvesTable",
        quotas_table="QuotasTable",
        jobs_table="JobsTable",
        refresh_queue_url=queues["RefreshQueue"],
        refresh_dead_letters_url=queues["RefreshDeadLetterQueue"],
        import_queue_url=queues["ImportQueue"],
        secrets_prefix="amzlinkr/local",
        signing_secret_id=secret["ARN"],
        amazon_url=None,
        allow_local_sites=True,
        limits=PLENTY,
    )
