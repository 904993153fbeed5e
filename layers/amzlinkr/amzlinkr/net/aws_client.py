"""Clients for AWS services: constructed on the first call, on one session, with short timeouts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from botocore.session import Session

CONSTRUCTION_LOCK = RLock()
"""Held while a client is constructed: botocore's session is not thread-safe then."""


class LazyClient:
    """A client that is constructed when one of its operations is first used.

    Construction takes long, and most requests need one or two of the services. Concurrent threads
    share one client of each service.
    """

    def __init__(self, service: str) -> None:
        self._service = service
        self._client: Any = None

    def __getattr__(self, operation: str) -> Any:
        return getattr(self.construct(), operation)

    def construct(self) -> Any:
        """Return the client, which is constructed unless it exists."""
        if self._client is None:
            with CONSTRUCTION_LOCK:
                if self._client is None:
                    self._client = _new_client(self._service)
        return self._client

    def reset(self) -> None:
        """Close idle connections. The next call opens a new one."""
        if self._client is not None:
            self._client.close()


def aws_client(service: str) -> Any:
    """Return the client of an AWS service, which is constructed when used."""
    return LazyClient(service)


@contextmanager
def aws_errors() -> Iterator[None]:
    """Raise `StoreUnavailable` for every failure of an AWS call."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise StoreUnavailable from error


def error_code(error: Exception) -> str:
    """Return the code of an AWS error, or an empty string if AWS did not answer."""
    return error.response["Error"].get("Code", "") if isinstance(error, ClientError) else ""


@cache
def aws_session() -> Session:
    """Return the session of this process. Its clients share the data that botocore has parsed."""
    from botocore.session import get_session

    return get_session()


def _new_client(service: str) -> Any:
    """Return a client in retry mode `standard`, with timeouts that allow one retry."""
    import boto3
    from botocore.config import Config

    return boto3.Session(botocore_session=aws_session()).client(
        service,
        config=Config(
            connect_timeout=0.5,
            read_timeout=1,
            retries={"mode": "standard", "total_max_attempts": 2},
        ),
    )
