"""pytest hooks that fail a complete run of the integration tests if a granted permission is unused.

The enforcer collects the used permissions in each process. With pytest-xdist the workers send
theirs to the controller, which compares them with the roles at the end. Runs of only some of the
test files are not checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.iam.enforcer import USED_GRANTS, Grant, granted

INTEGRATION = "tests/integration/"
WITHOUT_FUNCTIONS = "fake_amazon"
"""This folder's tests run no function, and some of them need other environments."""
WORKER_OUTPUT = "used_grants"
UNUSED = pytest.StashKey[list[Grant]]()
FILES_RUN = pytest.StashKey[set[str]]()


def is_used_by_lambda(grant: Grant) -> bool:
    """Return whether Lambda itself uses the permission, to poll queues and to keep failed runs."""
    polls = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    return grant[1] in polls or ":FailedRunsQueue" in grant[2]


def pytest_configure(config: pytest.Config) -> None:
    """Start to collect the files of all tests that run."""
    config.stash[FILES_RUN] = set()
    config.pluginmanager.register(_FileCollector(config.stash[FILES_RUN]))


class _FileCollector:
    """Plugin that collects the names of integration test files with a test result."""

    def __init__(self, files: set[str]) -> None:
        self._files = files

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the file of the test, relative to the folder of integration tests."""
        self._files.add(report.nodeid.partition("::")[0].rpartition(INTEGRATION)[2])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add the permissions that a finished worker reports."""
    grants = getattr(node, "workeroutput", {}).get(WORKER_OUTPUT, ())
    USED_GRANTS.update(tuple(grant) for grant in grants)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if a permission is unused; a worker only reports its permissions."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[WORKER_OUTPUT] = sorted(USED_GRANTS)
        return
    if not integration_files() <= session.config.stash[FILES_RUN] or session.testsfailed:
        return
    unused = sorted(grant for grant in granted() - USED_GRANTS if not is_used_by_lambda(grant))
    session.config.stash[UNUSED] = unused
    if unused:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def integration_files() -> set[str]:
    """Return the test files that run functions, relative to the folder of integration tests."""
    folder = Path(__file__).parents[2] / INTEGRATION
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("test_*.py")
        if path.parent.name != WITHOUT_FUNCTIONS
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the unused permissions at the end of the output."""
    for grant in terminalreporter.config.stash.get(UNUSED, []):
        terminalreporter.write_line(f"Granted, but never used: {' '.join(grant)}", red=True)
