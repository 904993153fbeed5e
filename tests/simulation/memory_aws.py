"""AWS in memory: every botocore call of the process goes here, one at a time.

`before` and `after` are for harnesses: what they raise is what the caller sees, before the call is
carried out or after it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from unittest import mock

from botocore.client import BaseClient

from amzlinkr.config import Config
from tests.calls import TEMPLATE
from tests.config import local_config
from tests.limits import SIGNING_KEY
from tests.simulation.memory_dynamodb import MemoryDynamoDB
from tests.simulation.memory_sqs import MemorySQS, Queue
from tests.simulation.memory_tables import Arguments, refused

SERVICE_SECRET = "amzlinkr/local/service"


class MemorySecrets:
    """Secrets Manager, as far as keys are sealed and opened."""

    def __init__(self) -> None:
        self.secrets: dict[str, list[str]] = {}

    def call(self, operation: str, arguments: Arguments) -> Arguments:
        """Carry out one request."""
        name = arguments.get("Name") or arguments["SecretId"]
        if operation == "CreateSecret" and name in self.secrets:
            raise refused(operation, "ResourceExistsException", "exists")
        if operation in ("CreateSecret", "PutSecretValue"):
            versions = self.secrets.setdefault(name, [])
            versions.append(arguments["SecretString"])
            return {"ARN": name, "Name": name, "VersionId": str(len(versions))}
        if operation == "GetSecretValue":
            if name not in self.secrets:
                raise refused(operation, "ResourceNotFoundException", "none")
            number = int(arguments.get("VersionId") or len(self.secrets[name]))
            return {"SecretString": self.secrets[name][number - 1], "VersionId": str(number)}
        raise NotImplementedError(operation)


class MemoryAws:
    """The services, and what happens around each call."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.dynamodb = MemoryDynamoDB()
        self.sqs = MemorySQS(lambda: now().timestamp())
        self.secrets = MemorySecrets()
        self.before: Callable[[str, Arguments], None] | None = None
        self.after: Callable[[str, Arguments], None] | None = None
        self.calls = 0

    @contextmanager
    def attached(self) -> Iterator[Config]:
        """Send every client's calls here; the configuration of what the template declares."""

        def call(client: BaseClient, operation: str, arguments: Arguments) -> Arguments:
            return self.call(client.meta.service_model.service_name, operation, arguments)

        self._create_resources()
        with mock.patch.object(BaseClient, "_make_api_call", call):
            yield self.configured()

    def call(self, service: str, operation: str, arguments: Arguments) -> Arguments:
        """One call of one client."""
        self.calls += 1
        if self.before:
            self.before(operation, arguments)
        answer = self._service(service).call(operation, arguments)
        headers = {"date": format_datetime(self.now(), usegmt=True)}
        answer["ResponseMetadata"] = {
            "HTTPStatusCode": 200, "HTTPHeaders": headers, "RetryAttempts": 0, "RequestId": "1",
        }  # fmt: skip
        if self.after:
            self.after(operation, arguments)
        return answer

    def _service(self, name: str) -> MemoryDynamoDB | MemorySQS | MemorySecrets:
        if name == "dynamodb":
            return self.dynamodb
        return self.sqs if name == "sqs" else self.secrets

    def _create_resources(self) -> None:
        """The template's tables and queues, under their logical names."""
        for name, resource in TEMPLATE["Resources"].items():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::DynamoDB::Table":
                self.dynamodb.call("CreateTable", {"TableName": name, **properties})
            if resource["Type"] == "AWS::SQS::Queue":
                redrive = properties.get("RedrivePolicy", {})
                self.sqs.queues[name] = Queue(
                    visibility=properties.get("VisibilityTimeout", 30),
                    retention=properties["MessageRetentionPeriod"],
                    most_receives=redrive.get("maxReceiveCount", 0),
                    dead_letters=name.replace("Queue", "DeadLetterQueue") if redrive else "",
                )
        self.secrets.call("CreateSecret", {"Name": SERVICE_SECRET, "SecretString": SIGNING_KEY})

    @staticmethod
    def configured() -> Config:
        """What the template would tell the functions."""
        return local_config(signing_secret_id=SERVICE_SECRET)
