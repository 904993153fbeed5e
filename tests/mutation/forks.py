"""Fast runs of mutants: each in a fork of one session that has collected all their tests.

A fork replaces the code of the changed functions in memory, and so neither imports nor collects
anything: a mutant takes little longer than its tests. What runs at import cannot be replaced.
This module is also the pytest plugin of that session, which reads the mutants from a file and
writes a line for each to a pipe.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple, NoReturn

import pytest

from tests.mutation.same_code import code_content

MUTANTS_OPTION, VERDICTS_OPTION = "--forked-mutants", "--verdicts-to"
MAX_SECONDS_PER_MUTANT = 600
UNNOTICED, NOTICED, NOT_REPLACED = range(3)
_ran_at_import: set[tuple[str, str, int]] = set()
"""Functions that have run when all tests are collected: what they returned then stays."""
Functions = Mapping[tuple[str, CodeType], Sequence[FunctionType]]


class ForkedMutant(NamedTuple):
    """A mutant: its file, the text before and after the change, and the names of its tests."""

    file: str
    before: str
    after: str
    tests: Sequence[str]


def run_in_forks(
    mutants: Sequence[ForkedMutant], tree: Path, workers: int
) -> Iterator[tuple[int, int]]:
    """Yield the number and the verdict of each mutant as they arrive; `tree` is a copy."""
    plan = tree / "forked_mutants.json"
    plan.write_text(json.dumps([workers, mutants]))
    files = sorted({test.partition("::")[0] for mutant in mutants for test in mutant.tests})
    paths = os.pathsep.join(map(str, (tree / "layers" / "amzlinkr", tree)))
    read, write = os.pipe()
    plugins = ["-p", "tests.mutation.forks", "-p", "tests.mutation.tree_check"]
    run = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *plugins]
    output = plan.with_suffix(".log")
    with (
        output.open("w") as log,
        subprocess.Popen(
            [*run, f"{MUTANTS_OPTION}={plan}", f"{VERDICTS_OPTION}={write}", *files],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=log,
            stderr=log,
            pass_fds=[write],
        ) as process,
        os.fdopen(read) as lines,
    ):
        os.close(write)
        for line in lines:
            number, verdict = map(int, line.split())
            yield number, verdict
    if process.returncode:
        raise SystemExit(f"the run in forks failed:\n{output.read_text()[-4000:]}")


class Forks:
    """The run of the mutants, in place of the run of the tests."""

    def __init__(self, plan: Path, verdicts: int) -> None:
        self._workers, mutants = json.loads(plan.read_text())
        self._mutants = [ForkedMutant(*mutant) for mutant in mutants]
        self._verdicts = verdicts
        self._failed = plan.with_suffix(".failed")
        self._failed.touch()
        self._running: dict[int, tuple[int, float]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run every mutant; then, once and without one, all tests that failed."""
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
            sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)
        functions = _loaded_functions()
        gc.collect()
        gc.freeze()  # a collection in a fork would copy the memory of all objects
        items = {item.nodeid: item for item in session.items}
        for number, mutant in enumerate(self._mutants):
            while len(self._running) >= self._workers:
                self._wait()
            process = os.fork()
            if not process:
                tests = [items[name] for name in mutant.tests if name in items]
                self._run_mutant(mutant, functions, tests)
            self._running[process] = number, time.monotonic() + MAX_SECONDS_PER_MUTANT
        while self._running:
            self._wait()
        failed = dict.fromkeys(self._failed.read_text().splitlines())
        _run_tests([items[name] for name in failed])
        return True

    def _run_mutant(
        self, mutant: ForkedMutant, functions: Functions, tests: Sequence[pytest.Item]
    ) -> NoReturn:
        """Run the tests in this fork until one fails, and exit with the verdict."""
        os.setsid()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        verdict = NOTICED
        try:
            if not _replace(mutant, functions):
                verdict = NOT_REPLACED
            elif failed := _run_tests(tests):
                with self._failed.open("a") as file:
                    file.write(f"{failed}\n")
            else:
                verdict = UNNOTICED
        finally:
            os._exit(verdict)

    def _wait(self) -> None:
        """Write the verdicts of the forks that have ended, and end those that take too long."""
        time.sleep(0.003)
        for process, (number, until) in list(self._running.items()):
            if time.monotonic() > until:
                os.killpg(process, signal.SIGKILL)
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                with suppress(ProcessLookupError):  # tests start emulators, which would survive
                    os.killpg(process, signal.SIGKILL)
                del self._running[process]
                code = os.waitstatus_to_exitcode(status)
                verdict = code if code in {UNNOTICED, NOT_REPLACED} else NOTICED
                os.write(self._verdicts, f"{number} {verdict}\n".encode())


def _run_tests(tests: Sequence[pytest.Item]) -> str:
    """Run tests until one fails; return its name, and an empty string if none does."""
    for test, following in zip_longest(tests, tests[1:]):
        test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
        if test.session.testsfailed:
            return str(test.nodeid)
    return ""


def _replace(mutant: ForkedMutant, functions: Functions) -> bool:
    """Replace the changed code in all functions with it; return False if that is impossible."""
    path = str(Path(mutant.file).resolve())
    before, after = (
        _by_name(compile(text, path, "exec", dont_inherit=True))
        for text in (mutant.before, mutant.after)
    )
    replaced = False
    for name, old in before.items():
        new = after.get(name, old)
        if code_content(new) == code_content(old):
            continue
        if _place_of(old) in _ran_at_import:
            return False
        for function in functions.get((path, old), ()):
            try:
                function.__code__ = new
            except ValueError:  # it uses more or fewer names of an outer function
                return False
            replaced = True
    return replaced


def _place_of(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _by_name(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Return the code of each function in a code by its name and the place among its namesakes."""
    seen: Counter[str] = Counter()
    found = {}
    for function in _codes_of_functions(code):
        found[function.co_qualname, seen[function.co_qualname]] = function
        seen[function.co_qualname] += 1
    return found


def _codes_of_functions(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of each function in a code, also of nested ones."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & 1:  # CO_OPTIMIZED, which a class lacks
                yield constant
            yield from _codes_of_functions(constant)


def _loaded_functions() -> Functions:
    """Return all functions in memory by their file and code."""
    found = defaultdict(list)
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            found[function.__code__.co_filename, function.__code__].append(function)
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and record from now on which functions run."""
    if sys.version_info < (3, 12):
        raise pytest.UsageError("sys.monitoring needs Python 3.12")

    def enter(code: CodeType, _offset: int) -> object:
        _ran_at_import.add(_place_of(code))
        return sys.monitoring.DISABLE

    monitoring = sys.monitoring
    monitoring.use_tool_id(monitoring.COVERAGE_ID, "forks")
    monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.PY_START, enter)
    monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.PY_START)
    parser.addoption(MUTANTS_OPTION, help="file with the mutants", type=Path)
    parser.addoption(VERDICTS_OPTION, help="descriptor to which verdicts are written", type=int)


def pytest_configure(config: pytest.Config) -> None:
    """Run mutants in place of the tests."""
    plan = config.getoption(MUTANTS_OPTION)
    if plan:
        config.pluginmanager.register(Forks(plan, config.getoption(VERDICTS_OPTION)))
