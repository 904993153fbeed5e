"""Seeing what the service does to AWS: every API call, and everything that is stored."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

import boto3
from botocore.client import BaseClient

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies

WRITES = frozenset(
    {
        "BatchWriteItem",
        "CreateSecret",
        "DeleteItem",
        "DeleteSecret",
        "PutItem",
        "PutSecretValue",
        "SendMessage",
        "TransactWriteItems",
        "UpdateItem",
    }
)


def set_dependencies(worker: Any, deps: Callable[[], Dependencies]) -> None:
    """Let a worker's handler ask for these dependencies."""
    worker.dependencies = deps


class ProcessKilled(BaseException):
    """The process is gone: nothing may catch this."""


@contextmanager
def record_calls(kill_at: int = 0, *, committed: bool = False) -> Iterator[list[str]]:
    """The names of the AWS calls made inside, by any client.

    The call with the number `kill_at` is the last: the process dies before it is sent, or after
    it was carried out (or refused) and before the answer was read.
    """
    made: list[str] = []
    real = BaseClient._make_api_call  # type: ignore[attr-defined] # every client's one way out

    def call(client: BaseClient, name: str, arguments: dict[str, Any]) -> Any:
        if is_usage_counter_update(name, arguments):
            return real(client, name, arguments)
        made.append(name)
        if kill_at and (len(made) > kill_at or (len(made) == kill_at and not committed)):
            raise ProcessKilled
        try:
            return real(client, name, arguments)
        finally:
            if len(made) == kill_at:
                raise ProcessKilled

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield made


@contextmanager
def run_before_call(at: int, act: Callable[[], object]) -> Iterator[list[str]]:
    """Let something else happen, once, before the AWS call with the number `at`.

    Gives the names of the calls made inside, without those of `act`.
    """
    made: list[str] = []
    acting = False
    real = BaseClient._make_api_call  # type: ignore[attr-defined] # every client's one way out

    def call(client: BaseClient, name: str, arguments: dict[str, Any]) -> Any:
        nonlocal acting
        if not acting:
            made.append(name)
            if len(made) == at:
                acting = True
                act()
                acting = False
        return real(client, name, arguments)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield made


def is_usage_counter_update(name: str, arguments: dict[str, Any]) -> bool:
    """Whether this counts a call of a site: every call begins with that, whatever it is."""
    key = arguments.get("Key", {}).get("pk", {})
    return name == "UpdateItem" and "S" in key and key["S"].startswith("count#calls#")


def writes(made: list[str]) -> list[str]:
    """Those of the calls that change something."""
    return [name for name in made if name in WRITES]


@cache
def dynamodb() -> Any:
    """One resource for all looks: making it takes longer than the look."""
    return boto3.resource("dynamodb")


@cache
def sqs() -> Any:
    """One client for all queues."""
    return boto3.client("sqs")


def table(name: str) -> dict[str, dict[str, Any]]:
    """All items of a table, by their keys."""
    items = dynamodb().Table(name).scan(ConsistentRead=True)["Items"]
    return {
        f"{item['pk']} {item.get('sk', '')}".strip(): item
        for item in items
        if not item["pk"].startswith("count#")
    }


def tables(config: Config, *, quotas: bool = True) -> dict[str, dict[str, dict[str, Any]]]:
    """Everything in all tables; the limiter's counters only if wanted."""
    names = [config.sites_table, config.products_table, config.shelves_table, config.jobs_table]
    return {name: table(name) for name in (*names, *([config.quotas_table] if quotas else []))}


def secrets() -> dict[str, str]:
    """The sites' secrets that are not deleted, by name."""
    client = boto3.client("secretsmanager")
    names = [found["Name"] for found in client.list_secrets()["SecretList"]]
    return {
        name: client.get_secret_value(SecretId=name)["SecretString"]
        for name in names
        if not name.endswith("/service")
    }


def peek_messages(url: str) -> list[Any]:
    """Take what waits in a queue, without deleting it."""
    found: list[Any] = (
        sqs()
        .receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        .get("Messages", [])
    )
    return found


def peek_bodies(url: str) -> list[dict[str, Any]]:
    """What the waiting messages say."""
    return [json.loads(message["Body"]) for message in peek_messages(url)]


def empty_queue(url: str) -> None:
    """Empty a queue; its own PurgeQueue works once a minute only."""
    while found := peek_messages(url):
        for message in found:
            sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def delete_site_rows(site_id: str, config: Config) -> None:
    """Delete everything of a site: its own partitions and its jobs."""
    for name in (config.products_table, config.shelves_table, config.jobs_table):
        resource = dynamodb().Table(name)
        for item in table(name).values():
            if item["pk"].startswith(site_id):
                resource.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
