"""The running stack: the real template on the embedded AWS, with IAM enforced."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from infra.local.demo.onboarding import KEYS
from infra.local.stack.client import Service
from infra.local.stack.emulator import connection
from infra.local.stack.stack import Stack, running_stack
from infra.local.stack.wordpress import WordPress
from tests.secret_canaries import Canaries

KID_ENDS = len("amzl_live_") + 8
SECRETS = [KEYS["credential_secret"].removeprefix("amzn1.oa2-cs.v1.")]
"""Which may be in no file and no log when all is over; those of the sites that sign up follow."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    state: Path = tmp_path_factory.mktemp("stack")
    with running_stack(state=state, enforce_iam=True) as running:
        yield running
        written = "\n".join([*files(state), *logs(running)])
        assert '"request"' in written, "the functions' logs are among them"
        assert Canaries(SECRETS).find_in(written) is None


@pytest.fixture(scope="session")
def service(stack: Stack) -> Service:
    """A signed-up site with valid keys."""
    signed_up = sign_up(stack)
    assert signed_up.call("POST", "/validate", KEYS).status == 200
    return signed_up


def files(state: Path) -> Iterator[str]:
    """All that the stack, the emulator and the fake Amazon wrote to disk."""
    return (file.read_text(errors="replace") for file in state.rglob("*") if file.is_file())


def logs(stack: Stack) -> Iterator[str]:
    """All that the functions and the API wrote to CloudWatch, metrics included."""
    client = boto3.client("logs", **connection(stack.aws_endpoint))
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            events = client.get_paginator("filter_log_events")
            for found in events.paginate(logGroupName=group["logGroupName"]):
                yield from (event["message"] for event in found["events"])


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
    SECRETS.append(service.api_key[KID_ENDS:])
    SECRETS.append(started["challenge"]["token"])
    return service
