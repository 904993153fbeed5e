"""A pytest plugin that writes which lines each passed test reaches, and how long it takes.

It uses `sys.monitoring` (Python 3.12). Code that runs at import or once per process, such as a
cached function, is reached by the first test only.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any
from uuid import uuid4

import pytest

from tests.mutation.mutant import LAYER, ROOT

FOLDER_OPTION = "--reach-folder"
SOURCES = tuple(str(ROOT / folder) for folder in (LAYER, "functions"))


class Recorder:
    """Recorder of the lines of the layer and the functions that run during each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: set[tuple[str, int]] = set()
        self._tests: dict[str, dict[str, Any]] = {}
        self._passed = False

    def start(self) -> None:
        """Call `_enter` once for each function, and `_record` for each line of our functions."""
        if sys.version_info < (3, 12):
            raise pytest.UsageError("sys.monitoring needs Python 3.12")
        monitoring = sys.monitoring
        tool, events = monitoring.COVERAGE_ID, monitoring.events
        # Bound here: when the interpreter ends, functions still run, and globals are None.
        sources, line_event, disable = SOURCES, events.LINE, monitoring.DISABLE

        def enter(code: CodeType, offset: int) -> object:
            if code.co_filename and code.co_filename.startswith(sources):
                monitoring.set_local_events(tool, code, line_event)
            return disable

        def record(code: CodeType, line: int) -> None:
            self._lines.add((code.co_filename, line))

        monitoring.use_tool_id(tool, "reach")
        monitoring.register_callback(tool, events.PY_START, enter)
        monitoring.register_callback(tool, events.LINE, record)
        monitoring.set_events(tool, events.PY_START)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Assign what runs to this test."""
        self._lines, self._passed, began = set(), True, time.process_time()
        result = yield
        if self._passed:
            files: dict[str, list[int]] = {}
            for file, line in sorted(self._lines):
                files.setdefault(str(Path(file).relative_to(ROOT)), []).append(line)
            self._tests[item.nodeid] = {"seconds": time.process_time() - began, "files": files}
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Leave out a test that fails or is skipped."""
        self._passed = self._passed and report.passed

    def pytest_sessionfinish(self) -> None:
        """Write a file per process; xdist has several."""
        # At the end of the interpreter, the globals that the callbacks use are None.
        if sys.version_info >= (3, 12):
            sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)
        (self._folder / f"{uuid4().hex}.json").write_text(json.dumps(self._tests))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with the folder for the results."""
    parser.addoption(FOLDER_OPTION, help="folder to which the reached lines are written")


def pytest_configure(config: pytest.Config) -> None:
    """Record in every process that runs tests."""
    folder = config.getoption(FOLDER_OPTION)
    if folder:
        recorder = Recorder(Path(folder))
        recorder.start()
        config.pluginmanager.register(recorder)
