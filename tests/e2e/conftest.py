"""The running stack: the real template on the embedded AWS, with IAM enforced."""

import logging
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.stack.client import ServiceClient
from infra.local.stack.emulator import client_options
from infra.local.stack.progress import STACK_LOGGER
from infra.local.stack.stack import Stack, running_stack
from infra.local.stack.wordpress import WordPress
from tests.secret_canaries import Canaries

KID_END = len("amzl_live_") + 8
SECRETS = [CREATORS_CREDENTIALS["credential_secret"].removeprefix("amzn1.oa2-cs.v1.")]
"""Secrets that no file and no log may contain after the run; sign-ups add theirs."""


class StepRecorder(logging.Handler):
    """The steps that the stack's start reported, in order."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.steps: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.steps.append(record.getMessage())


@pytest.fixture(scope="session")
def recorded_start() -> Iterator[StepRecorder]:
    recorder = StepRecorder()
    STACK_LOGGER.addHandler(recorder)
    STACK_LOGGER.setLevel(logging.INFO)
    yield recorder
    STACK_LOGGER.removeHandler(recorder)
    STACK_LOGGER.setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, recorded_start: StepRecorder
) -> Iterator[Stack]:
    state: Path = tmp_path_factory.mktemp("stack")
    with running_stack(state=state, enforce_iam=True) as running:
        yield running
        written = "\n".join([*files(state), *logs(running)])
        assert '"request"' in written, "the functions' logs are among them"
        assert Canaries(SECRETS).find_in(written) is None


@pytest.fixture(scope="session")
def service(stack: Stack) -> ServiceClient:
    """Return a client of a new site with valid Amazon credentials."""
    client = sign_up(stack)
    assert client.call("POST", "/validate", CREATORS_CREDENTIALS).status == 200
    return client


def files(state: Path) -> Iterator[str]:
    """Read all files that the stack, the emulator and the fake Amazon wrote."""
    return (file.read_text(errors="replace") for file in state.rglob("*") if file.is_file())


def logs(stack: Stack) -> Iterator[str]:
    """Read all log events of the functions and the API, metrics included."""
    client = boto3.client("logs", **client_options(stack.aws_endpoint))
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            events = client.get_paginator("filter_log_events")
            for found in events.paginate(logGroupName=group["logGroupName"]):
                yield from (event["message"] for event in found["events"])


def sign_up(stack: Stack) -> ServiceClient:
    """Sign up a new site and return a client with its API key."""
    service = ServiceClient(stack.api_url)
    with WordPress() as wordpress:
        body = {"site_url": wordpress.url, "email": "owner@example.com"}
        signup = service.call("POST", "/signup", body).json
        wordpress.serve_challenge(signup["challenge"])
        secret = {"signup_secret": signup["signup_secret"]}
        verified = service.call("POST", f"/signup/{signup['signup_id']}/verify", secret)
    assert verified.status == 201, verified.json
    service.api_key = verified.json["api_key"]
    SECRETS.append(service.api_key[KID_END:])
    SECRETS.extend((signup["challenge"]["token"], signup["signup_secret"]))
    return service
