"""The deployed template answers as the contract says, through API Gateway, with IAM enforced."""

import json

import boto3
import pytest
import requests

from infra.local.demo.console import Console
from infra.local.demo.onboarding import Joining
from infra.local.demo.products import Selling
from infra.local.stack.client import FakeAmazonControl, Scheduler, ServiceClient
from infra.local.stack.emulator import client_options
from infra.local.stack.stack import Stack
from tests.e2e.listeners import listening_addresses
from tests.e2e.malformed import malformed

PROBLEM = "application/problem+json"


def test_the_whole_story_holds(stack: Stack) -> None:
    parties = (
        ServiceClient(stack.api_url),
        FakeAmazonControl(stack.amazon_url),
        Scheduler(stack.aws_endpoint, stack.functions["PriceSyncFunction"]),
        Console(),
    )
    acts: list[Joining | Selling] = [Joining(*parties), Selling(*parties)]

    for act in acts:
        act.play()


@pytest.mark.parametrize(
    ("path", "key", "status", "code"),
    [
        ("/site", "", 401, "api_key_missing"),
        ("/site", "Bearer nonsense", 401, "api_key_missing"),
        ("/site", "Bearer {unknown}", 403, "api_key_rejected"),
        ("/nowhere", "", 404, "not_found"),
    ],
)
def test_the_gateway_speaks_problem_json(
    stack: Stack, path: str, key: str, status: int, code: str
) -> None:
    from amzlinkr.security.api_keys import new_api_key

    header = key.format(unknown=new_api_key().text.reveal())

    answer = requests.get(stack.api_url + path, headers={"Authorization": header}, timeout=10)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert answer.json()["code"] == code


def test_functions_are_called_by_the_names_of_stack_json(stack: Stack) -> None:
    names = {"api_url", "aws_endpoint", "region", "amazon_url", "functions"}
    client = boto3.client("lambda", **client_options(stack.aws_endpoint))

    answer = client.invoke(FunctionName=stack.functions["PriceSyncFunction"], Payload=b"{}")

    assert names == set(stack.description())
    assert "planned" in json.loads(answer["Payload"].read())


def test_nothing_listens_beyond_this_machine(stack: Stack) -> None:
    addresses = listening_addresses()

    assert addresses
    assert {address for address in addresses if not address.startswith("127.")} == set()


def refuse(service: ServiceClient, seeds: range) -> None:
    """Send malformed requests: each is refused in words, none is a fault of ours."""
    for seed in seeds:
        wrong = malformed(seed, service.api_key)
        answer = requests.request(
            wrong.method,
            service.api_url + wrong.path,
            data=wrong.body,
            headers=wrong.headers,
            timeout=30,
        )
        asked = f"seed {seed}: {wrong.method} {wrong.path[:80]}"
        told = f"{asked}: {answer.status_code} {answer.text[:300]}"
        assert 400 <= answer.status_code < 500, told
        assert answer.headers["Content-Type"] == PROBLEM, told
        problem = answer.json()
        assert problem["action"], told
        assert problem.get("field") or problem["code"] != "invalid_request", told


def rows(stack: Stack) -> int:
    """How many rows there are, limits of our own aside."""
    client = boto3.client("dynamodb", **client_options(stack.aws_endpoint))
    tables = [name for name in client.list_tables()["TableNames"] if "Quotas" not in name]
    return sum(client.scan(TableName=name, Select="COUNT")["Count"] for name in tables)


def test_malformed_requests_are_refused_and_leave_nothing(
    stack: Stack, service: ServiceClient
) -> None:
    before = rows(stack)

    refuse(service, range(120))

    assert rows(stack) == before


@pytest.mark.prove
def test_a_thousand_malformed_requests_are_refused(stack: Stack, service: ServiceClient) -> None:
    before = rows(stack)

    refuse(service, range(1_000))

    assert rows(stack) == before
