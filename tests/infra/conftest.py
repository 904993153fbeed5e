"""Fixtures with template.yaml, as written and after the SAM transform."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from amzlinkr.wiring import Dependencies
from infra.environments import SAM, Environment
from infra.local.stack.transform import Template, load, transform
from tests.clock import FakeClock
from tests.simulation.capacity import Ledger
from tests.simulation.memory_aws import MemoryAws

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"


def translated(**parameters: str) -> Template:
    """Return the transformed template.yaml with these parameters and placeholders for the code."""
    return transform(
        load(ROOT / "template.yaml"), parameters, REGION, lambda name, _folder: f"s3://code/{name}"
    )


@pytest.fixture(scope="session")
def source() -> Template:
    return load(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def template() -> Template:
    """Return the template as deployed to production, with an AmazonUrl that must have no effect."""
    return translated(Stage="prod", AmazonUrl="http://elsewhere.example")


@pytest.fixture(scope="session")
def sam() -> Path:
    """Return the SAM CLI."""
    path = Environment(SAM).folder / "bin" / "sam"
    assert path.exists(), "`make test` installs the SAM CLI"
    return path


@pytest.fixture
def memory(clock: FakeClock) -> Iterator[tuple[Dependencies, Ledger]]:
    """Yield dependencies on the in-memory AWS, and its record of capacity units."""
    aws = MemoryAws(clock.now)
    with aws.beneath() as config:
        yield Dependencies(config, clock), aws.dynamodb.ledger
