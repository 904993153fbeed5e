"""The in-memory Secrets Manager and SQS return the same responses and errors as moto.

Both receive the same calls through boto3. Where moto differs from what AWS documents, the expected
result is AWS's, and a comment names the difference.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import boto3
import pytest
from botocore.exceptions import ClientError

from amzlinkr.config import Config
from tests.clock import FakeClock
from tests.conftest import aws_on_moto
from tests.simulation.memory_aws import MemoryAws

Backend = Literal["memory", "moto"]
NAME = "amzlinkr/local/site/US/1"
DELETED = "InvalidRequestException"
MISSING = "ResourceNotFoundException"


@pytest.fixture(params=["memory", "moto"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.param  # type: ignore[no-any-return] # one of the two above


@pytest.fixture
def config(backend: Backend, clock: FakeClock) -> Iterator[Config]:
    """Return the configuration of one of the two replacements for AWS."""
    with MemoryAws(clock.now).beneath() if backend == "memory" else aws_on_moto() as config:
        yield config


def code(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the error code of a call, or an empty string after a success."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


@pytest.fixture
def vault(config: Config) -> Any:
    return boto3.client("secretsmanager")


def names(vault: Any) -> list[str]:
    return [found["Name"] for found in vault.list_secrets()["SecretList"]]


def test_versions_of_a_secret(vault: Any) -> None:
    first = vault.create_secret(Name=NAME, SecretString="a")["VersionId"]
    second = vault.put_secret_value(SecretId=NAME, SecretString="b")["VersionId"]

    def value(**version: str) -> str:
        text: str = vault.get_secret_value(SecretId=NAME, **version)["SecretString"]
        return text

    assert first != second
    assert (value(VersionId=first), value(VersionId=second), value()) == ("a", "b", "b")
    absent = "00000000-0000-0000-0000-000000000000"
    assert code(vault.get_secret_value, SecretId=NAME, VersionId=absent) == MISSING
    assert NAME in names(vault)


def test_missing_secret(vault: Any) -> None:
    assert code(vault.get_secret_value, SecretId=NAME) == MISSING
    assert code(vault.put_secret_value, SecretId=NAME, SecretString="a") == MISSING
    assert code(vault.delete_secret, SecretId=NAME, RecoveryWindowInDays=7) == MISSING
    assert NAME not in names(vault)


def test_name_of_a_secret_cannot_be_created_twice(vault: Any) -> None:
    vault.create_secret(Name=NAME, SecretString="a")
    assert code(vault.create_secret, Name=NAME, SecretString="b") == "ResourceExistsException"
    assert vault.get_secret_value(SecretId=NAME)["SecretString"] == "a"


def test_deleted_secret_rejects_every_call_and_reserves_its_name(
    vault: Any, backend: Backend
) -> None:
    version = vault.create_secret(Name=NAME, SecretString="a")["VersionId"]
    vault.delete_secret(SecretId=NAME, RecoveryWindowInDays=7)

    assert code(vault.get_secret_value, SecretId=NAME) == DELETED
    assert code(vault.get_secret_value, SecretId=NAME, VersionId=version) == DELETED
    assert code(vault.put_secret_value, SecretId=NAME, SecretString="b") == DELETED
    assert code(vault.delete_secret, SecretId=NAME, RecoveryWindowInDays=7) == DELETED
    assert NAME not in names(vault)
    # AWS answers InvalidRequestException: the name "is already scheduled for deletion". moto treats
    # the secret as an existing one.
    expected = DELETED if backend == "memory" else "ResourceExistsException"
    assert code(vault.create_secret, Name=NAME, SecretString="c") == expected


def test_forced_deletion_releases_the_name(vault: Any) -> None:
    for value in ("a", "b"):
        vault.create_secret(Name=NAME, SecretString=value)
        assert vault.get_secret_value(SecretId=NAME)["SecretString"] == value
        vault.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
        assert code(vault.get_secret_value, SecretId=NAME) == MISSING
    assert code(vault.delete_secret, SecretId=NAME, ForceDeleteWithoutRecovery=True) == ""
    vault.create_secret(Name=NAME, SecretString="c")
    vault.delete_secret(SecretId=NAME, RecoveryWindowInDays=7)
    vault.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
    vault.create_secret(Name=NAME, SecretString="d")


def test_ciphertext_decrypts_with_its_key_and_context_only(
    config: Config, backend: Backend
) -> None:
    kms = boto3.client("kms")
    key, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    context = {"site_id": "site_a", "marketplace": "US"}
    blob, again = (
        kms.encrypt(KeyId=key, Plaintext=b"text", EncryptionContext=context)["CiphertextBlob"]
        for _ in range(2)
    )
    encrypted = {"CiphertextBlob": blob, "EncryptionContext": context}

    assert kms.decrypt(KeyId=key, **encrypted)["Plaintext"] == b"text"
    assert kms.decrypt(**encrypted)["Plaintext"] == b"text"
    assert (b"text" in blob, blob == again) == (False, False)
    # AWS names the reason; moto denies access.
    expected = "IncorrectKeyException" if backend == "memory" else "AccessDeniedException"
    assert code(kms.decrypt, KeyId=other, **encrypted) == expected
    for wrong in ({}, {"site_id": "site_a"}, {**context, "site_id": "site_b"}):
        changed = encrypted | {"EncryptionContext": wrong}
        assert code(kms.decrypt, KeyId=key, **changed) == "InvalidCiphertextException"
    changed = encrypted | {"CiphertextBlob": b"x" * 200}
    assert code(kms.decrypt, KeyId=key, **changed) in (
        "InvalidCiphertextException", "AccessDeniedException",
    )  # fmt: skip


class FifoQueue:
    """One FIFO queue, called through boto3."""

    def __init__(self, url: str) -> None:
        self.client = boto3.client("sqs")
        self.url = url

    def send(self, body: str, group: str = "g", deduplication_id: str = "") -> None:
        """Send a message. Its body is its deduplication ID unless one is passed."""
        self.client.send_message(
            QueueUrl=self.url,
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=deduplication_id or body,
        )

    def receive(self, limit: int = 10, visibility_timeout: int = 60) -> list[Any]:
        """Return the messages that one call receives."""
        response = self.client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=limit,
            VisibilityTimeout=visibility_timeout,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(response.get("Messages", []))

    def delete(self, message: Any) -> None:
        """Delete a received message."""
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


def bodies(messages: list[Any]) -> list[str]:
    return [message["Body"] for message in messages]


@pytest.fixture
def queue(config: Config) -> FifoQueue:
    return FifoQueue(config.refresh_queue_url)


def test_message_is_received_until_it_is_deleted(queue: FifoQueue) -> None:
    queue.send("1")
    (first,) = queue.receive(visibility_timeout=0)
    (second,) = queue.receive(visibility_timeout=0)
    assert [first["Body"], second["Body"]] == ["1", "1"]
    counts = [m["Attributes"]["ApproximateReceiveCount"] for m in (first, second)]
    assert counts == ["1", "2"]
    assert second["Attributes"]["MessageGroupId"] == "g"
    queue.delete(second)
    assert queue.receive() == []


def test_messages_with_one_deduplication_id_are_delivered_once(
    queue: FifoQueue, backend: Backend
) -> None:
    queue.send("1", deduplication_id="same")
    queue.send("2", deduplication_id="same")
    (only,) = queue.receive()
    assert only["Body"] == "1"
    queue.delete(only)
    # AWS remembers the ID for five minutes, also after the message was deleted; moto does not.
    queue.send("3", deduplication_id="same")
    assert bodies(queue.receive()) == ([] if backend == "memory" else ["3"])


def test_group_is_ordered_and_blocked_by_a_message_in_flight(queue: FifoQueue) -> None:
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        queue.send(body, group)
    (first,) = queue.receive(limit=1)
    assert first["Body"] == "a1"
    (other,) = queue.receive()
    assert other["Body"] == "b1"
    queue.delete(first)
    assert bodies(queue.receive()) == ["a2"]


def test_batch_is_sent_with_its_attributes(queue: FifoQueue) -> None:
    attributes = {"reason": {"DataType": "String", "StringValue": "text"}}
    entries = [
        {
            "Id": str(number), "MessageBody": str(number), "MessageGroupId": "g",
            "MessageDeduplicationId": str(number), "MessageAttributes": attributes,
        }
        for number in range(3)
    ]  # fmt: skip
    sent = queue.client.send_message_batch(QueueUrl=queue.url, Entries=entries)
    assert [entry["Id"] for entry in sent["Successful"]] == ["0", "1", "2"]
    received = queue.receive()
    assert bodies(received) == ["0", "1", "2"]
    assert received[0]["MessageAttributes"]["reason"]["StringValue"] == "text"


def test_deleted_queue_rejects_every_call(queue: FifoQueue) -> None:
    queue.client.delete_queue(QueueUrl=queue.url)
    for call in (lambda: queue.send("1"), queue.receive):
        assert code(call) == "AWS.SimpleQueueService.NonExistentQueue"
