"""The stores on which a schedule can run: moto and the in-memory AWS."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from unittest import mock

from amzlinkr.config import Config
from tests.conftest import aws_on_moto
from tests.simulation.memory_aws import MemoryAws

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "simulation",
    "AWS_EC2_METADATA_DISABLED": "true",
}


Now = Callable[[], datetime]


@contextmanager
def moto(_now: Now) -> Iterator[Config]:
    """Create empty tables in moto."""
    with mock.patch.dict(os.environ, ENVIRONMENT), aws_on_moto() as config:
        yield config


@contextmanager
def memory(now: Now) -> Iterator[Config]:
    """Create empty tables in memory."""
    aws = MemoryAws(now)
    with mock.patch.dict(os.environ, ENVIRONMENT), aws.attached() as config:
        yield config


def by_name(name: str) -> Callable[[Now], AbstractContextManager[Config]]:
    """Return the store with this name."""
    return {"moto": moto, "memory": memory}[name]
