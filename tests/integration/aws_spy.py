"""Interception of every AWS API call, and access to everything that is stored in moto."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from amzlinkr.config import Config

WRITES = frozenset(
    {
        "BatchWriteItem",
        "CreateSecret",
        "DeleteItem",
        "DeleteSecret",
        "PutItem",
        "PutSecretValue",
        "SendMessageBatch",
        "TransactWriteItems",
        "UpdateItem",
    }
)
Arguments = dict[str, Any]
Intercept = Callable[[str, Arguments, Callable[[], Any]], Any]
"""Called with the operation, its arguments, and a function that sends the call."""


class ProcessKilled(BaseException):
    """The simulated end of a process; a `BaseException`, so that no code under test catches it."""


@contextmanager
def intercept_calls(intercept: Intercept) -> Iterator[None]:
    """Pass every AWS API call of any client to `intercept`, and return its result instead."""
    # All boto3 clients and pynamodb send their calls through this method.
    real = BaseClient._make_api_call  # type: ignore[attr-defined] # private, hence not in the stubs

    def call(client: BaseClient, operation: str, arguments: Arguments) -> Any:
        return intercept(operation, arguments, lambda: real(client, operation, arguments))

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield


@contextmanager
def record_calls(kill_at: int = 0, *, committed: bool = False) -> Iterator[list[str]]:
    """Yield a list that receives the operation names of all AWS calls in the block.

    With `kill_at`, the process "dies" at the call with that number, counted from 1: before the
    call is sent, or if `committed`, after it was carried out and before its response was read.
    The usage counter that starts every request is neither recorded nor counted.
    """
    made: list[str] = []

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if is_usage_counter_update(operation, arguments):
            return proceed()
        made.append(operation)
        if kill_at and (len(made) > kill_at or (len(made) == kill_at and not committed)):
            raise ProcessKilled
        try:
            return proceed()
        finally:
            if len(made) == kill_at:
                raise ProcessKilled

    with intercept_calls(intercept):
        yield made


@contextmanager
def run_before_call(number: int, action: Callable[[], object]) -> Iterator[list[str]]:
    """Run `action` once, before the AWS call with this number, counted from 1.

    Yield a list that receives the operation names of all calls except those of `action`.
    """
    made: list[str] = []
    is_acting = False

    def intercept(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        nonlocal is_acting
        if not is_acting:
            made.append(operation)
            if len(made) == number:
                is_acting = True
                action()
                is_acting = False
        return proceed()

    with intercept_calls(intercept):
        yield made


@contextmanager
def run_before_each_call(action: Callable[[], None]) -> Iterator[None]:
    """Run `action` before every AWS call in the block, those of `action` included."""

    def intercept(_operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        action()
        return proceed()

    with intercept_calls(intercept):
        yield


@contextmanager
def fail_calls(is_failing: Callable[[Arguments], bool], code: str) -> Iterator[None]:
    """Raise a `ClientError` with this code for every call with matching arguments."""

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if is_failing(arguments):
            raise ClientError({"Error": {"Code": code, "Message": "simulated"}}, operation)
        return proceed()

    with intercept_calls(intercept):
        yield


def is_usage_counter_update(operation: str, arguments: Arguments) -> bool:
    """Return whether this call counts an API call of a site, as every request does first."""
    key = arguments.get("Key", {}).get("pk", {})
    return operation == "UpdateItem" and "S" in key and key["S"].startswith("count#calls#")


def writes(made: list[str]) -> list[str]:
    """Return those of the operations that change something."""
    return [operation for operation in made if operation in WRITES]


@cache
def dynamodb() -> Any:
    """Return a shared client: creating one takes longer than a scan of a small table."""
    return boto3.client("dynamodb")


@cache
def sqs() -> Any:
    """Return a shared client."""
    return boto3.client("sqs")


def table(name: str) -> dict[str, dict[str, Any]]:
    """Return all items of a table except usage counters, by `"pk sk"`."""
    deserialize = TypeDeserializer().deserialize
    found = dynamodb().scan(TableName=name, ConsistentRead=True)["Items"]
    items = [{key: deserialize(value) for key, value in item.items()} for item in found]
    return {
        f"{item['pk']} {item.get('sk', '')}".strip(): item
        for item in items
        if not item["pk"].startswith("count#")
    }


def tables(config: Config, *, quotas: bool = True) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the items of all tables by table name, with or without the quotas table."""
    names = [config.sites_table, config.products_table, config.shelves_table, config.jobs_table]
    return {name: table(name) for name in (*names, *([config.quotas_table] if quotas else []))}


def secrets() -> dict[str, str]:
    """Return the newest version of the sites' secrets of both stores, by name."""
    client = boto3.client("secretsmanager")
    names = [found["Name"] for found in client.list_secrets()["SecretList"]]
    plain = {
        name: client.get_secret_value(SecretId=name)["SecretString"]
        for name in names
        if not name.endswith("/service")
    }
    return plain | encrypted_secrets()


def encrypted_secrets() -> dict[str, str]:
    """Return the newest version of the secrets that KMS encrypted, by name."""
    items = [item for item in table("SitesTable").values() if item["type"] == "ciphertext"]
    newest = {item["pk"].partition("#")[2]: item for item in sorted(items, key=_stored_at)}
    return {name: _decrypted(name, item["ciphertext"]) for name, item in newest.items()}


def _stored_at(item: dict[str, Any]) -> int:
    return int(item["stored_at"])


def _decrypted(name: str, ciphertext: str) -> str:
    site_id, marketplace = name.split("/")[-3:-1]
    decrypted = boto3.client("kms").decrypt(
        CiphertextBlob=base64.b64decode(ciphertext),
        EncryptionContext={"site_id": site_id, "marketplace": marketplace},
    )
    return str(decrypted["Plaintext"], "utf-8")


def peek_messages(url: str) -> list[Any]:
    """Return up to ten visible messages of a queue, and leave them visible."""
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
    """Return the decoded bodies of up to ten visible messages."""
    return [json.loads(message["Body"]) for message in peek_messages(url)]


def empty_queue(url: str) -> None:
    """Delete all visible messages; PurgeQueue would work only once a minute."""
    while found := peek_messages(url):
        for message in found:
            sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def move_messages(dead_letters_url: str, queue_url: str) -> int:
    """Move messages as a task of SQS does, which no emulator offers, and return their number."""
    moved = 0
    while (
        batch := sqs()
        .receive_message(
            QueueUrl=dead_letters_url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["MessageGroupId", "MessageDeduplicationId"],
        )
        .get("Messages", [])
    ):
        for message in batch:
            attributes = message["Attributes"]
            sqs().send_message(
                QueueUrl=queue_url,
                MessageBody=message["Body"],
                MessageGroupId=attributes["MessageGroupId"],
                MessageDeduplicationId=attributes["MessageDeduplicationId"],
            )
            sqs().delete_message(QueueUrl=dead_letters_url, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def delete_site_rows(site_id: str, config: Config) -> None:
    """Delete a site's products, shelves, and jobs; keep the site itself."""
    for name in (config.products_table, config.shelves_table, config.jobs_table):
        for item in table(name).values():
            if item["pk"].startswith(site_id):
                key = {"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}}
                dynamodb().delete_item(TableName=name, Key=key)
