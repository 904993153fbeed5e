"""The configuration of a deployed stage, for commands that read and write its tables."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from amzlinkr.config import Config, config_from_environment
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.net.aws_client import aws_session
from infra.command_failures import CommandFailure, aws_failures
from infra.command_options import DEFAULT_STAGE, OneLineParser, open_session, stage_name

OTHER_STAGE = "Name the deployment with --stage, and its region with --region."


def stage_option() -> OneLineParser:
    """Return the option that selects the stage."""
    options = OneLineParser(add_help=False)
    options.add_argument(
        "--stage",
        type=stage_name,
        default=DEFAULT_STAGE,
        help=f"stage of the deployment (default: {DEFAULT_STAGE})",
    )
    return options


def deployed_config(options: argparse.Namespace) -> Config:
    """Return the configuration of the selected stage.

    The stores of a configuration use the process-wide AWS session, which receives the region and
    the AWS identity of the options.

    Raises:
        CommandFailure: The stage could not be read, or has the configuration of another release.
    """
    stage = options.stage
    with aws_failures(f"The stage {stage} could not be read", OTHER_STAGE):
        client = open_session(options, aws_session()).client("lambda")
        found = client.get_function_configuration(FunctionName=f"amzlinkr-{stage}-validate")
    try:
        return config_from_environment(found["Environment"]["Variables"])
    except (KeyError, ValueError) as error:
        raise CommandFailure(
            f"The stage {stage} has another configuration ({error}). Deploy this release first."
        ) from error


@contextmanager
def table_failures() -> Iterator[None]:
    """Raise `CommandFailure` if a table does not respond."""
    try:
        yield
    except StoreUnavailable as error:
        # The class of the error only: its text could contain what was sent.
        reason = type(error.__cause__ or error).__name__
        raise CommandFailure(f"The tables could not be read ({reason}). Repeat it.") from error
