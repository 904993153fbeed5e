"""Options that the operator's commands share, and the AWS session that they select."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING, NoReturn

import boto3

from infra.command_failures import EXIT_BAD_INPUT

if TYPE_CHECKING:
    from botocore.session import Session as BotocoreSession

DEFAULT_STAGE = "prod"
_STAGE = re.compile(r"[a-z][a-z0-9-]{0,15}")  # as the template's parameter


class OneLineParser(argparse.ArgumentParser):
    """A parser that prints one line for wrong arguments, and exits with status 2."""

    def error(self, message: str) -> NoReturn:
        """Implement `ArgumentParser.error`."""
        line = " ".join(message.split())
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: {line} (--help shows the usage)\n")


def session_options() -> OneLineParser:
    """Return the options that select the region and the AWS identity."""
    options = OneLineParser(add_help=False)
    options.add_argument("--region", help="AWS region (default: as the AWS CLI)")
    options.add_argument("--profile", help="AWS profile (default: as the AWS CLI)")
    return options


def open_session(
    options: argparse.Namespace, botocore_session: BotocoreSession | None = None
) -> boto3.Session:
    """Return a session with the region and the profile of the options, or those of the AWS CLI.

    A `botocore_session` receives them too. Raises errors of botocore.
    """
    # The AWS CLI reads AWS_REGION before AWS_DEFAULT_REGION, and boto3 the latter only.
    region = os.environ.get("AWS_REGION")  # noqa: TID251 - a command, which has no configuration
    return boto3.Session(
        profile_name=options.profile,
        region_name=options.region or region or None,
        botocore_session=botocore_session,
    )


def stage_name(text: str) -> str:
    """Return the name of a stage; raise an error of argparse if it cannot be one."""
    if not _STAGE.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a stage: up to 16 lower-case letters, digits, and hyphens"
        )
    return text
