"""pytest hooks that fail a complete run if a named metric or log field was never written.

Each process collects what functions write; with pytest-xdist the workers send it to the controller,
which compares it with the alarms and widgets at the end. Runs of some test files are not checked.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.iam.unused_grants import FILES_RUN, integration_files
from tests.observability.written import FIELDS, METRICS, missing_telemetry

WORKER_OUTPUT = "written_telemetry"
MISSING = pytest.StashKey[list[str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what a finished worker reports."""
    metrics, fields = getattr(node, "workeroutput", {}).get(WORKER_OUTPUT, ((), ()))
    METRICS.update((space, name, frozenset(map(tuple, pairs))) for space, name, pairs in metrics)
    FIELDS.update(map(tuple, fields))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if something is missing; a worker only reports what it collected."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        metrics = [(space, name, sorted(pairs)) for space, name, pairs in METRICS]
        output[WORKER_OUTPUT] = metrics, sorted(FIELDS)
        return
    if not integration_files() <= session.config.stash[FILES_RUN] or session.testsfailed:
        return
    missing = session.config.stash[MISSING] = missing_telemetry()
    if missing:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what is missing at the end of the output."""
    for name in terminalreporter.config.stash.get(MISSING, []):
        terminalreporter.write_line(f"Named by an alarm or widget, never written: {name}", red=True)
