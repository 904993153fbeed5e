"""Fixtures: a fresh site per test on each WordPress version, a browser, and the local service."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from infra.local.stack.stack import running_stack
from tests.plugin.backend import Backend
from tests.plugin.browser import Browser, running_browser
from tests.plugin.install import VERSIONS, WORK_DIR
from tests.plugin.recording_service import RecordingService, recording_service
from tests.plugin.site import Site, wordpress

ROOT = Path(__file__).parents[2]
SCREENSHOTS = WORK_DIR / "screenshots"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the browser's errors and screenshots to the report of a failed test."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and isinstance(browser, Browser):
        report.sections.append(("Browser", browser.report_failure()))
    return report


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Return the WordPress version to test."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def plugin_dir() -> Path:
    """Return the folder of the plugin to install; a test module can override it."""
    return Path(os.environ.get("AMZLINKR_TESTED_PLUGIN", ROOT / "clients/wordpress/amzlinkr"))


@pytest.fixture
def site(version: str, plugin_dir: Path, tmp_path: Path) -> Iterator[Site]:
    """Yield a fresh site with the plugin installed, and fail if PHP logged anything.

    The plugin is not activated.
    """
    with wordpress(version, plugin_dir, tmp_path) as fresh:
        yield fresh
    for large in (fresh.root, tmp_path / "database"):
        shutil.rmtree(large)
    assert fresh.debug_log() == ""


@pytest.fixture
def browser(version: str, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Yield a browser that writes screenshots to a folder per version and test."""
    name = request.node.originalname.removeprefix("test_").replace("_", "-")
    with running_browser(SCREENSHOTS / version / name) as opened:
        yield opened


@pytest.fixture(scope="session")
def running_backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Run the local service for all tests."""
    # Sandboxes with a thousand products test the plugin's pages of changes.
    limits = {"ProductsPerSandbox": "1000"}
    with running_stack(state=tmp_path_factory.mktemp("stack"), parameters=limits) as stack:
        yield Backend(stack)


@pytest.fixture
def backend(running_backend: Backend) -> Backend:
    """Return the local service with a reset fake Amazon."""
    running_backend.amazon.send("POST", "reset")
    return running_backend


@pytest.fixture
def service() -> Iterator[RecordingService]:
    """Run a service that records its requests."""
    with recording_service() as running:
        yield running
