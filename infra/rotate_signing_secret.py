"""Rotation of the signing secret: a new key for cursors, without a restart.

    python -m infra.rotate_signing_secret <stack name>

The former key stays valid until the next rotation. Cursors are valid for up to a month, so rotate
at most once a month, or twice in half an hour to end all cursors.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.security.signing_secret import content_from_json, rotated
from infra.command_failures import CommandFailure, aws_failures
from infra.command_options import OneLineParser, open_session, session_options

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

_PROGRAM = "python -m infra.rotate_signing_secret"
LOGICAL_ID = "SigningSecret"
OTHER_STACK = "Name the stack, such as amzlinkr-prod, and its region with --region."


def secret_of_stack(client: CloudFormationClient, stack: str) -> str:
    """Return the ID of the stack's signing secret."""
    found = client.describe_stack_resource(StackName=stack, LogicalResourceId=LOGICAL_ID)
    return found["StackResourceDetail"]["PhysicalResourceId"]


def rotate(client: SecretsManagerClient, secret_id: str, now: datetime) -> datetime:
    """Add a new key to the secret. Return the time of the first signature with it.

    Raises:
        CommandFailure: The last rotation is not complete, another one ran at the same time, or the
            secret has another content.
    """
    read = client.get_secret_value(SecretId=secret_id)
    try:
        content = content_from_json(read["SecretString"])
    except StoreUnavailable:
        raise CommandFailure(f"{secret_id} is not the signing secret of a stack.") from None
    if content.current_from is not None and now < content.current_from:
        # Its key would end before all processes have read it.
        raise CommandFailure(
            f"The last rotation is complete at {content.current_from:%H:%M} UTC. Repeat it then."
        )
    new = rotated(content, now)
    text = msgspec.json.encode(new).decode()
    written = client.put_secret_value(SecretId=secret_id, SecretString=text)
    replaced = client.get_secret_value(SecretId=secret_id, VersionStage="AWSPREVIOUS")
    # Secrets Manager has no conditional write. Of two concurrent rotations, the second one finds
    # that it replaced the first one, and takes its key back, with which no process signs yet.
    if replaced["VersionId"] not in (read["VersionId"], written["VersionId"]):
        client.update_secret_version_stage(
            SecretId=secret_id,
            VersionStage="AWSCURRENT",
            MoveToVersionId=replaced["VersionId"],
            RemoveFromVersionId=written["VersionId"],
        )
        raise CommandFailure("Another rotation ran at the same time; its key stays.")
    return new.current_from or now


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the stack and the options; exit with one line if they are wrong."""
    parser = OneLineParser(prog=_PROGRAM, parents=[session_options()])
    parser.add_argument("stack", help="name of the stack, such as amzlinkr-prod")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Rotate the secret of a stack. Return the exit code."""
    options = parse_arguments(arguments)
    try:
        with aws_failures("The signing secret was not rotated", OTHER_STACK):
            session = open_session(options)
            secret_id = secret_of_stack(session.client("cloudformation"), options.stack)
            active_from = rotate(session.client("secretsmanager"), secret_id, datetime.now(UTC))
    except CommandFailure as failure:
        sys.stderr.write(f"{_PROGRAM}: {failure}\n")
        return failure.exit_status
    sys.stdout.write(
        f"The new key signs from {active_from:%H:%M} UTC. The former key stays valid.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
