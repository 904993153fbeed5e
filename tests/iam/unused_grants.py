"""After all of `tests/integration`: whatever the roles grant was used by some function.

pytest's hooks, for runs in one process and in several (pytest-xdist): each worker tells what it saw
used, and the run fails at its end if something was not. Runs of a part say nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.iam.enforcer import USED_GRANTS, Grant, granted

INTEGRATION = Path(__file__).parents[1] / "integration"
ON_DUTY = "used_grants"
SPARE = pytest.StashKey[list[Grant]]()
RUN = pytest.StashKey[set[str]]()


def not_a_call(grant: Grant) -> bool:
    """Lambda itself reads the queues for the workers."""
    return grant[1] in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def pytest_configure(config: pytest.Config) -> None:
    """Nothing was run yet."""
    config.stash[RUN] = set()
    config.pluginmanager.register(_Files(config.stash[RUN]))


class _Files:
    """Notes which files' tests were run."""

    def __init__(self, run: set[str]) -> None:
        self._run = run

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._run.add(report.nodeid.partition("::")[0].rpartition("/")[2])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker has ended: what it saw used counts."""
    USED_GRANTS.update(tuple(grant) for grant in getattr(node, "workeroutput", {}).get(ON_DUTY, ()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail if something that is granted was not used; a worker only tells."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[ON_DUTY] = sorted(USED_GRANTS)
        return
    files = {path.name for path in INTEGRATION.glob("test_*.py")}
    if not files <= session.config.stash[RUN] or session.testsfailed:
        return
    spare = sorted(grant for grant in granted() - USED_GRANTS if not not_a_call(grant))
    session.config.stash[SPARE] = spare
    if spare:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what is granted to no end."""
    for grant in terminalreporter.config.stash.get(SPARE, []):
        terminalreporter.write_line(f"Granted, but never used: {' '.join(grant)}", red=True)
