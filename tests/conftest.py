"""Fixtures for all tests: a replacement for AWS, a fake Amazon, a fake clock, signed-up sites."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

from amzlinkr.config import KMS, Config
from amzlinkr.net import aws_client
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import FakeAmazonState
from tests.calls import TEMPLATE
from tests.clock import FakeClock
from tests.config import local_config
from tests.iam.unused_grants import (
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.limits import SIGNING_SECRET
from tests.observability import emitted
from tests.simulation.memory_aws import MemoryAws, switchable_aws
from tests.site_client import Site
from tests.work_units import pytest_xdist_make_scheduler

HOOKS = (
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
    pytest_xdist_make_scheduler,
)

ACCESS_KEY = "AKIATESTTESTTESTTEST"
SECRET_KEY = "kT7/xQ2+vB9/mZ4+cR6/pL1+wN8/hJ3+yD5/gF0="
TAG = "test-20"
CREDENTIAL = (
    "amzn1.application-oa2-client.test",
    r"""amzn1.oa2-cs.v1.uH6"eW4\aS9/rX2+dC8"bM5\nK7=""",
    "3.1",
)
"""A Creators API credential. Both secrets contain characters that JSON, URLs, or base64 escape."""


@pytest.fixture(autouse=True, scope="session")
def _no_real_aws() -> Iterator[None]:
    """Set an environment with which no AWS client can reach a real account."""
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
def _cache_service_models() -> Iterator[None]:
    """Share botocore's parsed service models between clients; each would parse them again."""
    cached = cache(botocore.loaders.create_loader)
    with mock.patch.object(botocore.session, "create_loader", cached):
        yield


@pytest.fixture(autouse=True, scope="session")
def _share_clients() -> Iterator[None]:
    """Share AWS clients, those of tests and of the service: thousands take milliseconds each."""
    with (
        mock.patch.object(boto3, "client", _shared(boto3.client)),
        mock.patch.object(aws_client, "_new_client", _shared(aws_client._new_client)),
    ):
        yield


def _shared(create: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that creates one client for each environment and arguments."""

    @cache
    def shared(_environment: frozenset[tuple[str, str]], *args: Any, **options: Any) -> Any:
        return create(*args, **options)

    def client(*args: Any, **options: Any) -> Any:
        environment = {name: text for name, text in os.environ.items() if name.startswith("AWS_")}
        return shared(frozenset(environment.items()), *args, **options)

    return client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add `--on-moto`, and the check of metrics at the end of a complete run."""
    pluginmanager.register(emitted)
    text = "run tests marked memory_aws on moto as well as all others"
    parser.addoption("--on-moto", action="store_true", help=text)


@pytest.fixture(autouse=True, scope="session")
def _switchable_aws() -> Iterator[None]:
    with switchable_aws():
        yield


@pytest.fixture
def aws(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Config]:
    """Create the template's tables, queues, and signing secret.

    Tests marked `memory_aws` run on the simulation's in-memory AWS, which is checked against
    emulators, unless `--on-moto` is given: moto needs milliseconds per call. Others run on moto.
    Those marked `queue_time` never run on moto. Those marked `kms_store` store credentials
    encrypted.
    """
    in_memory = request.node.get_closest_marker("memory_aws") is not None
    on_memory = in_memory and not request.config.getoption("--on-moto")
    on_memory |= request.node.get_closest_marker("queue_time") is not None
    with MemoryAws(clock.now).beneath() if on_memory else aws_on_moto() as config:
        is_kms = request.node.get_closest_marker("kms_store") is not None
        yield with_credential_key(config) if is_kms else config


def with_credential_key(config: Config) -> Config:
    """Create the key of the credential store `kms`, and return a configuration with this store."""
    arn = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    return replace(config, credential_store=KMS, credential_key_arn=arn)


@contextmanager
def aws_on_moto() -> Iterator[Config]:
    """Create the template's tables, queues, and signing secret in moto."""
    with (
        mock_aws(),
        mock.patch.object(SecretsManagerBackend, "put_secret_value", _put_unless_deleted),
    ):
        yield make_resources()


_put_secret_value = SecretsManagerBackend.put_secret_value


def _put_unless_deleted(backend: Any, secret_id: str, *args: Any, **more: Any) -> Any:
    """Reject a write to a deleted secret as Secrets Manager does; moto accepts it."""
    if secret_id in backend.secrets and backend.secrets[secret_id].is_deleted():
        raise InvalidRequestException("You can't perform this operation: marked for deletion.")
    return _put_secret_value(backend, secret_id, *args, **more)


@pytest.fixture
def amazon(clock: FakeClock) -> Iterator[FakeAmazon]:
    """Start a fake Amazon on the test's clock, with one account for each API."""
    state = FakeAmazonState(lambda: clock.now().timestamp(), clock.monotonic)
    with FakeAmazon(state=state) as fake:
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
    """Return the service's dependencies on the test's AWS (`aws`) and the fake Amazon."""
    deps = Dependencies(replace(aws, amazon_url=amazon.url), clock)
    deps.map_concurrently.max_threads = 1  # moto is not made for threads
    return deps


@pytest.fixture
def creators_site(deps: Dependencies) -> Site:
    """Sign up a site with a valid Creators API credential for the US."""
    site = Site.sign_up(deps)
    assert site.connect_creators(CREDENTIAL, TAG).json["status"] == "valid"
    return site


@pytest.fixture
def site(deps: Dependencies) -> Site:
    """Sign up a site with valid PA-API credentials for the US."""
    return Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)


def make_resources() -> Config:
    """Create the template's tables under their logical names, queues, and the signing secret."""
    dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
    for name, resource in TEMPLATE["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::DynamoDB::Table":
            required = ("AttributeDefinitions", "KeySchema", "BillingMode")
            optional = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
            attributes = {
                key: properties[key] for key in (*required, *optional) if key in properties
            }
            dynamodb.create_table(TableName=name, **attributes)
    queues = {
        name: sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})[
            "QueueUrl"
        ]
        for name in ("RefreshQueue", "RefreshDeadLetterQueue", "ImportQueue", "SandboxImportQueue")
    }
    secret = boto3.client("secretsmanager").create_secret(
        Name="amzlinkr/local/service", SecretString=SIGNING_SECRET
    )
    return local_config(
        refresh_queue_url=queues["RefreshQueue"],
        refresh_dead_letters_url=queues["RefreshDeadLetterQueue"],
        import_queue_url=queues["ImportQueue"],
        sandbox_import_queue_url=queues["SandboxImportQueue"],
        signing_secret_id=secret["ARN"],
    )
