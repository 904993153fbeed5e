"""Fixtures: each story on a fresh site of both WordPress versions, seen by a browser."""

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from infra.local.stack.stack import running_stack
from tests.wordpress.backend import Backend
from tests.wordpress.browser import Browser, browsing
from tests.wordpress.install import GROUND, VERSIONS
from tests.wordpress.site import Site, wordpress

ROOT = Path(__file__).parents[2]
PICTURES = GROUND / "screenshots"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A story that fails shows what its pages looked like then."""
    report = yield
    opened = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and isinstance(opened, Browser):
        report.sections.append(("What the browser saw", opened.show_failure()))
    return report


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """The WordPress to tell the story on."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def plugin_dir() -> Path:
    """The plugin to install; a module with a plugin of its own overrides this."""
    return ROOT / "clients/wordpress/amzlinkr"


@pytest.fixture
def site(version: str, plugin_dir: Path, tmp_path: Path) -> Iterator[Site]:
    """A fresh site with the plugin, not activated yet. PHP may not complain of anything."""
    with wordpress(version, plugin_dir, tmp_path) as fresh:
        yield fresh
    for bulky in (fresh.root, tmp_path / "database"):
        shutil.rmtree(bulky)
    assert fresh.debug_log() == ""


@pytest.fixture
def browser(version: str, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser that leaves its pictures in a folder of this version and this test."""
    name = request.node.originalname.removeprefix("test_").replace("_", "-")
    with browsing(PICTURES / version / name) as opened:
        yield opened


@pytest.fixture(scope="session")
def running_backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with running_stack(state=tmp_path_factory.mktemp("stack")) as stack:
        yield Backend(stack)


@pytest.fixture
def backend(running_backend: Backend) -> Backend:
    """The service, with an Amazon to which nothing has happened yet."""
    running_backend.amazon.send("POST", "reset")
    return running_backend
