"""AWS in memory: a replacement for all botocore calls of the process, one at a time."""

import itertools
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from unittest import mock

from botocore.client import BaseClient

from amzlinkr.config import Config
from amzlinkr.storage.connection import StorageConnection
from tests.calls import TEMPLATE
from tests.config import local_config
from tests.limits import SIGNING_SECRET
from tests.simulation.memory_dynamodb import MemoryDynamoDB
from tests.simulation.memory_sqs import MemorySQS, Queue
from tests.simulation.memory_tables import Arguments, client_error

SERVICE_SECRET = "amzlinkr/local/service"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/"
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012"


@lru_cache(maxsize=1024)
def http_date(second: datetime) -> str:
    """Return the value of a `Date` header. Many responses of a schedule have the same second."""
    return format_datetime(second, usegmt=True)


class MemoryConnection(StorageConnection):
    """A connection that emits the events that botocore emits around a request on the wire."""

    def _make_api_call(self, operation_name: str, operation_kwargs: Arguments) -> Any:
        context: Arguments = {}
        self.before_call(context)
        response = super()._make_api_call(operation_name, operation_kwargs)
        self.after_call(context, response)
        return response


class MemorySecrets:
    """Secrets Manager, as far as the credential vault uses it.

    `deleted` holds the names that AWS blocks for the recovery window, which is 7 to 30 days and
    longer than any test.
    """

    def __init__(self) -> None:
        self.secrets: dict[str, dict[str, str]] = {}
        self.deleted: set[str] = set()
        self._versions = itertools.count(1)

    def call(self, operation: str, arguments: Arguments) -> Arguments:
        """Execute one request."""
        if operation == "ListSecrets":
            return {"SecretList": [{"ARN": name, "Name": name} for name in self.secrets]}
        name = arguments.get("Name") or arguments["SecretId"]
        self._check(operation, name, forced=arguments.get("ForceDeleteWithoutRecovery", False))
        if operation in ("CreateSecret", "PutSecretValue"):
            version = f"version-{next(self._versions)}"
            self.secrets.setdefault(name, {})[version] = arguments["SecretString"]
            return {"ARN": name, "Name": name, "VersionId": version}
        if operation == "DeleteSecret":
            self._delete(name, forced=arguments.get("ForceDeleteWithoutRecovery", False))
            return {"ARN": name, "Name": name}
        if operation == "GetSecretValue":
            version = arguments.get("VersionId") or next(reversed(self.secrets[name]))
            if version not in self.secrets[name]:
                raise client_error(operation, "ResourceNotFoundException", "no such version")
            return {"SecretString": self.secrets[name][version], "VersionId": version}
        if operation == "DescribeSecret":
            # Secrets Manager labels the two newest versions.
            newest = zip(reversed(self.secrets[name]), ("AWSCURRENT", "AWSPREVIOUS"), strict=False)
            stages = {version: [stage] for version, stage in newest}
            return {"ARN": name, "Name": name, "VersionIdsToStages": stages}
        raise NotImplementedError(operation)

    def _check(self, operation: str, name: str, *, forced: bool) -> None:
        """Raise the error of a request that the state of the secret does not permit."""
        if operation == "CreateSecret":
            if name in self.secrets:
                raise client_error(operation, "ResourceExistsException", "exists")
            if name in self.deleted:
                text = "A secret with this name is already scheduled for deletion."
                raise client_error(operation, "InvalidRequestException", text)
        elif forced:
            # Forced deletion succeeds in every state, and also for a name that does not exist.
            return
        elif name in self.deleted:
            # AWS describes a deleted secret as well; no caller distinguishes the two answers.
            raise client_error(operation, "InvalidRequestException", "marked for deletion")
        elif name not in self.secrets:
            raise client_error(operation, "ResourceNotFoundException", "none")

    def _delete(self, name: str, *, forced: bool) -> None:
        """Block the name, or release it if the deletion is forced."""
        self.secrets.pop(name, None)
        if forced:
            self.deleted.discard(name)
        else:
            self.deleted.add(name)


class MemoryKms:
    """KMS, as far as the credential vault uses it: a ciphertext and its encryption context.

    Its ciphertexts are random names of what it keeps, so that no plaintext is in them.
    """

    def __init__(self) -> None:
        self._encrypted: dict[bytes, tuple[str, bytes, object]] = {}
        self._keys = itertools.count(1)

    def call(self, operation: str, arguments: Arguments) -> Arguments:
        """Execute one request."""
        if operation == "CreateKey":
            return {"KeyMetadata": {"Arn": f"{KEY_ARN}{next(self._keys)}"}}
        key, context = arguments.get("KeyId"), arguments.get("EncryptionContext", {})
        if operation == "Encrypt":
            blob = secrets.token_bytes(200)
            self._encrypted[blob] = (arguments["KeyId"], arguments["Plaintext"], context)
            return {"CiphertextBlob": blob, "KeyId": key}
        if operation == "Decrypt":
            blob = arguments["CiphertextBlob"]
            used, plaintext, expected = self._encrypted.get(blob, ("", b"", None))
            if expected != context:
                raise client_error(operation, "InvalidCiphertextException", "")
            if key not in (used, None):
                raise client_error(operation, "IncorrectKeyException", "another key")
            return {"Plaintext": plaintext, "KeyId": used}
        raise NotImplementedError(operation)


_switch: list["MemoryAws"] = []


@contextmanager
def switchable_aws() -> Iterator[None]:
    """Let `MemoryAws.beneath` replace botocore's network calls."""
    real = BaseClient._make_api_call  # type: ignore[attr-defined] # all clients call it

    def call(client: BaseClient, operation: str, arguments: Arguments) -> Arguments:
        if not _switch:
            response: Arguments = real(client, operation, arguments)
            return response
        service = client.meta.service_model.service_name
        return _switch[-1].call(service, operation, arguments)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield


class MemoryAws:
    """DynamoDB, SQS, Secrets Manager and KMS.

    `before` and `after` are called around each call; an exception of theirs reaches the caller.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.dynamodb = MemoryDynamoDB()
        self.sqs = MemorySQS(lambda: now().timestamp())
        self.secrets = MemorySecrets()
        self.kms = MemoryKms()
        self.before: Callable[[str, Arguments], None] | None = None
        self.after: Callable[[str, Arguments], None] | None = None
        self.calls = 0

    @contextmanager
    def attached(self) -> Iterator[Config]:
        """Send all calls here, and return the configuration of the template's resources."""

        def call(client: BaseClient, operation: str, arguments: Arguments) -> Arguments:
            return self.call(client.meta.service_model.service_name, operation, arguments)

        self._create_resources()
        with mock.patch.object(BaseClient, "_make_api_call", call):
            yield self.configured()

    @contextmanager
    def beneath(self) -> Iterator[Config]:
        """Send all calls here, below the hooks that tests put around AWS calls.

        Requires `switchable_aws`.
        """
        self._create_resources()
        urls = {}
        for name in (
            "RefreshQueue",
            "RefreshDeadLetterQueue",
            "ImportQueue",
            "SandboxImportQueue",
        ):
            urls[name] = f"{QUEUE_URL}/{name}.fifo"
            self.sqs.queues[urls[name]] = replace(self.sqs.queues[name], max_receives=0)
        _switch.append(self)
        try:
            yield replace(
                self.configured(),
                refresh_queue_url=urls["RefreshQueue"],
                refresh_dead_letters_url=urls["RefreshDeadLetterQueue"],
                import_queue_url=urls["ImportQueue"],
                sandbox_import_queue_url=urls["SandboxImportQueue"],
            )
        finally:
            _switch.remove(self)

    def call(self, service: str, operation: str, arguments: Arguments) -> Arguments:
        """Execute one call of a client."""
        self.calls += 1
        if self.before:
            self.before(operation, arguments)
        response = self._service(service).call(operation, arguments)
        headers = {"date": http_date(self.now().replace(microsecond=0))}
        response["ResponseMetadata"] = {
            "HTTPStatusCode": 200, "HTTPHeaders": headers, "RetryAttempts": 0, "RequestId": "1",
        }  # fmt: skip
        if self.after:
            self.after(operation, arguments)
        return response

    def _service(self, name: str) -> MemoryDynamoDB | MemorySQS | MemorySecrets | MemoryKms:
        match name:
            case "dynamodb":
                return self.dynamodb
            case "sqs":
                return self.sqs
            case "kms":
                return self.kms
        return self.secrets

    def _create_resources(self) -> None:
        """Create the template's tables and queues, under their logical names."""
        for name, resource in TEMPLATE["Resources"].items():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::DynamoDB::Table":
                self.dynamodb.call("CreateTable", {"TableName": name, **properties})
            if resource["Type"] == "AWS::SQS::Queue":
                redrive = properties.get("RedrivePolicy", {})
                self.sqs.queues[name] = Queue(
                    visibility_timeout=properties.get("VisibilityTimeout", 30),
                    retention=properties["MessageRetentionPeriod"],
                    max_receives=redrive.get("maxReceiveCount", 0),
                    dead_letters=name.replace("Queue", "DeadLetterQueue") if redrive else "",
                )
        self.secrets.call("CreateSecret", {"Name": SERVICE_SECRET, "SecretString": SIGNING_SECRET})

    @staticmethod
    def configured() -> Config:
        """Return the configuration of the template's resources."""
        return local_config(signing_secret_id=SERVICE_SECRET)
