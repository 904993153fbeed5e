"""Clients for AWS services: constructed on the first call, with short timeouts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr.domain.errors import StoreUnavailable

_construction_lock = Lock()


class LazyClient:
    """A boto3 client that is constructed when one of its operations is first used.

    boto3 takes long to import, and most requests require no client. Concurrent threads share one
    client of each service.
    """

    def __init__(self, service: str) -> None:
        self._service = service
        self._client: Any = None

    def __getattr__(self, operation: str) -> Any:
        if self._client is None:
            # One lock for all services: they share boto3's default session, which is not
            # thread-safe while clients are constructed.
            with _construction_lock:
                if self._client is None:
                    self._client = _new_client(self._service)
        return getattr(self._client, operation)


def aws_client(service: str) -> Any:
    """Return a boto3 client of an AWS service, which is imported and constructed when used."""
    return LazyClient(service)


@contextmanager
def aws_errors() -> Iterator[None]:
    """Raise `StoreUnavailable` for every failure of a boto3 call."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise StoreUnavailable from error


def error_code(error: Exception) -> str:
    """Return the code of an AWS error, or an empty string if AWS did not answer."""
    return error.response["Error"].get("Code", "") if isinstance(error, ClientError) else ""


def _new_client(service: str) -> Any:
    """Return a boto3 client in retry mode `standard`, with timeouts that allow one retry."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        config=Config(
            connect_timeout=0.5,
            read_timeout=1,
            retries={"mode": "standard", "total_max_attempts": 2},
        ),
    )
