"""The stores on moto and on the embedded AWS, which runs concurrent writes concurrently."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.stack.emulator import running_emulator
from infra.local.stack.processes import choose_port
from tests.clock import FakeClock
from tests.conftest import make_resources


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Config]]:
    """Yield the endpoint of the embedded AWS, and a configuration with the template's tables."""
    log: Path = tmp_path_factory.mktemp("aws") / "log"
    with running_emulator(choose_port(None), log, enforce_iam=False) as emulator:
        os.environ["AWS_ENDPOINT_URL"] = emulator.endpoint
        try:
            config = make_resources()
        finally:
            del os.environ["AWS_ENDPOINT_URL"]
        yield emulator.endpoint, config


@pytest.fixture
def racing(
    emulated: tuple[str, Config], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Dependencies:
    """Return the stores on the embedded AWS."""
    endpoint, config = emulated
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    return Dependencies(replace(config), clock)


@pytest.fixture(params=["moto", "emulator"])
def stores(request: pytest.FixtureRequest, clock: FakeClock) -> Dependencies:
    """Return the stores on moto, then on the embedded AWS."""
    if request.param == "moto":
        on_moto = Dependencies(request.getfixturevalue("aws"), clock)
        on_moto.map_concurrently.max_threads = 1  # it is not made for threads
        return on_moto
    deps: Dependencies = request.getfixturevalue("racing")
    return deps
