"""Failures of the operator's commands: one line of text and an exit status, without traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

EXIT_BAD_INPUT, EXIT_FAILED, EXIT_INTERRUPTED = 2, 1, 130
_REMEDIES: tuple[tuple[tuple[type[BotoCoreError], ...], str], ...] = (
    (
        (NoCredentialsError, PartialCredentialsError),
        "There are no AWS credentials. Sign in (`aws sso login`, `aws configure`) or name a "
        "profile with --profile.",
    ),
    (
        (ProfileNotFound,),
        "This AWS profile does not exist. `aws configure list-profiles` lists yours.",
    ),
    ((NoRegionError,), "There is no AWS region. Name it with --region, or set AWS_REGION."),
    ((SSOError, TokenRetrievalError), "The AWS session has ended. Sign in again: `aws sso login`."),
    (
        (EndpointConnectionError,),
        "AWS does not answer at this address. Check the network and --region.",
    ),
)
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_KEYS = {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_MISSING = {"ResourceNotFoundException", "ValidationError"}
"""CloudFormation reports a stack that does not exist as the second."""
_NOT_OFFERED = {
    "InvalidAction",
    "UnknownOperationException",
    "NotImplemented",
    "UnsupportedOperation",
}


class CommandFailure(Exception):
    """A failure with the line to print and the exit status."""

    def __init__(self, text: str, exit_status: int = EXIT_FAILED) -> None:
        super().__init__(text)
        self.exit_status = exit_status


@contextmanager
def aws_failures(action: str, if_missing: str = "", if_silent: str = "") -> Iterator[None]:
    """Raise `CommandFailure` with a remedy for every error of AWS; `action` names what failed.

    `if_missing` is the remedy if AWS does not find what the command names, and `if_silent` the text
    if nothing answers at the address of AWS.
    """
    try:
        yield
    except ClientError as error:
        raise CommandFailure(f"{action}: {_client_error_text(error, if_missing)}") from error
    except BotoCoreError as error:
        known = (text for types, text in _REMEDIES if isinstance(error, types))
        text = next(known, f"AWS failed: {_one_line(str(error))}")
        if if_silent and isinstance(error, EndpointConnectionError):
            text = if_silent
        raise CommandFailure(f"{action}: {text}") from error


def _client_error_text(error: ClientError, if_missing: str) -> str:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in _EXPIRED:
        return "The AWS session has ended. Sign in again."
    if code in _UNKNOWN_KEYS:
        return "AWS rejects the credentials. Check the profile and its access keys."
    if code in _DENIED:
        allow = f"The AWS identity in use needs the permission for {error.operation_name}"
        return f"{allow}. AWS reports: {_one_line(message)}"
    if code in _NOT_OFFERED:
        return f"{error.operation_name} is not offered here. The local stack lacks some AWS calls."
    text = f"{code}: {_one_line(message)}"
    return f"{text.rstrip('.')}. {if_missing}" if if_missing and code in _MISSING else text


def _one_line(text: str) -> str:
    return " ".join(text.split())
