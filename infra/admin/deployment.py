"""The deployed service that a command selects: its admin function and its queues.

On AWS it is found by its stack or its stage, with the region and the profile of the AWS CLI; a file
describes the local stack.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from infra.admin.arguments import LOCAL_STACK
from infra.command_failures import EXIT_BAD_INPUT, EXIT_FAILED, CommandFailure, aws_failures
from infra.command_options import DEFAULT_STAGE, open_session

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ADMIN_FUNCTION = "AdminFunction"
ALIAS = "live"
"""The version in use. `$LATEST` can be of a deployment that has not ended."""
STACK_TAG = "aws:cloudformation:stack-name"
OTHER_DEPLOYMENT = (
    "Name the deployment with --stage, --stack-name, or --local, and its region with --region."
)
# A command runs for up to 30 seconds. A repeated call would execute it twice.
_CONFIG = Config(read_timeout=60, retries={"total_max_attempts": 1})
# A proxy of the environment could not reach the loopback address of the local stack.
_LOCAL_CONFIG = _CONFIG.merge(Config(proxies={}))
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ENDPOINT = re.compile(rf"https?://{_LABEL}(\.{_LABEL})*(:(?P<port>[0-9]{{1,5}}))?/?")
MAX_PORT = 65_535
_START_STACK = "The local stack does not answer. Start it with `make run`."


@dataclass(frozen=True)
class ServiceDeployment:
    """A deployed service. `client_options` are those of `session.client`."""

    session: boto3.Session
    client_options: Mapping[str, Any]
    function_name: str

    def send(self, order: str, **fields: object) -> dict[str, Any]:
        """Invoke the admin function with a command and return its response.

        Raises:
            CommandFailure: The function refused the command, failed, or could not be invoked.
        """
        action = f"The function {self.function_name} could not be invoked"
        with aws_failures(action, OTHER_DEPLOYMENT, self._if_silent):
            client = self.session.client("lambda", **self.client_options)
            payload = json.dumps({"order": order, **fields}).encode()
            response = client.invoke(
                FunctionName=self.function_name, Qualifier=ALIAS, Payload=payload
            )
            content: dict[str, Any] = json.loads(response["Payload"].read())
        if "FunctionError" in response:
            raise CommandFailure(
                f"The function {self.function_name} failed. Its log has the reason, by the request "
                f"ID {response['ResponseMetadata'].get('RequestId')}."
            )
        if content["status"] == "refused":
            is_failure = content["code"] in ("store_unavailable", "internal_error")
            named = f"{content['field']}: " if "field" in content else ""
            text = f"{named}{_sentence(content['detail'])} {_sentence(content['action'])}"
            raise CommandFailure(text, EXIT_FAILED if is_failure else EXIT_BAD_INPUT)
        return content

    def queue_urls(self) -> dict[str, str]:
        """Return the URL of each queue of the stack by its logical ID."""
        with aws_failures("The queues could not be found", if_silent=self._if_silent):
            functions = self.session.client("lambda", **self.client_options)
            tags = functions.get_function(FunctionName=self.function_name).get("Tags", {})
            if STACK_TAG not in tags:
                raise CommandFailure(f"The function {self.function_name} belongs to no stack.")
            cloudformation = self.session.client("cloudformation", **self.client_options)
            return {
                resource["LogicalResourceId"]: resource["PhysicalResourceId"]
                for resource in _resources(cloudformation, tags[STACK_TAG])
                if resource["ResourceType"] == "AWS::SQS::Queue"
            }

    @property
    def _if_silent(self) -> str:
        return _START_STACK if "endpoint_url" in self.client_options else ""

    @property
    def sqs(self) -> SQSClient:
        """Return a client for the queues."""
        with aws_failures("The queues could not be read", if_silent=self._if_silent):
            client: SQSClient = self.session.client("sqs", **self.client_options)
            return client


def find_deployment(options: argparse.Namespace) -> ServiceDeployment:
    """Return the service that the options select.

    Raises:
        CommandFailure: It cannot be found.
    """
    if options.local is not None:
        return _local_deployment(Path(options.local))
    with aws_failures("The service could not be found", OTHER_DEPLOYMENT):
        session = open_session(options)
        if options.stack_name is None:
            name = f"amzlinkr-{options.stage or DEFAULT_STAGE}-admin"
            return ServiceDeployment(session, {"config": _CONFIG}, name)
        cloudformation = session.client("cloudformation", config=_CONFIG)
        for resource in _resources(cloudformation, options.stack_name):
            if resource["LogicalResourceId"] == ADMIN_FUNCTION:
                name = resource["PhysicalResourceId"]
                return ServiceDeployment(session, {"config": _CONFIG}, name)
    raise CommandFailure(f"The stack {options.stack_name} has no {ADMIN_FUNCTION}.")


def _local_deployment(file: Path) -> ServiceDeployment:
    try:
        described = json.loads(file.read_text("utf-8"))
        endpoint, region = described["aws_endpoint"], described["region"]
        name = described["functions"][ADMIN_FUNCTION]
    except OSError:
        raise CommandFailure(
            f"{file} cannot be read. Start the local stack with `make run`."
        ) from None
    except (ValueError, LookupError, TypeError):
        raise _wrong_description(file, "aws_endpoint, region, and functions") from None
    found = _ENDPOINT.fullmatch(endpoint) if isinstance(endpoint, str) else None
    if found is None or int(found["port"] or 0) > MAX_PORT:
        raise _wrong_description(file, "the URL of a local stack as aws_endpoint")
    if not isinstance(region, str) or not isinstance(name, str):
        raise _wrong_description(file, f"text as region and as functions.{ADMIN_FUNCTION}")
    session = boto3.Session("test", "test", region_name=region)
    return ServiceDeployment(session, {"endpoint_url": endpoint, "config": _LOCAL_CONFIG}, name)


def _sentence(text: str) -> str:
    """Return a text of the service with a period at its end; the title of an error has none."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _wrong_description(file: Path, expected: str) -> CommandFailure:
    return CommandFailure(
        f"{file} must have {expected}. `make run` writes such a file: {LOCAL_STACK}", EXIT_BAD_INPUT
    )


def _resources(cloudformation: Any, stack_name: str) -> Iterator[dict[str, Any]]:
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_name):
        yield from page["StackResourceSummaries"]
