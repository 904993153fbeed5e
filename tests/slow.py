"""Slow tests in named parts: `python -m tests.slow simulation fuzz -- -x` runs two of them.

Each part is a separate process, so that its memory is released at its end: of pytest, or of a
program of the tests. A progress line of pytest shows the part, the tests done, the elapsed time,
and the test that runs.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

import pytest

SIMULATION, MUTATION = "tests/simulation", "tests/mutation"
PARTS: Mapping[str, tuple[str, ...]] = {
    "simulation": (SIMULATION, "--numprocesses={workers}", "--dist=load"),
    "mutation": (MUTATION, "--numprocesses={workers}", "--dist=load"),
    # The tests that `make test` runs on the in-memory AWS. This `-m` replaces `-m slow`.
    "moto": (
        "tests/integration", "--on-moto", "-m=memory_aws and not slow",
        "--numprocesses={workers}", "--dist=loadfile",
    ),
    # Fuzz tests of one file share an expensive fixture, such as the running stack.
    "fuzz": (
        "tests", f"--ignore={SIMULATION}", f"--ignore={MUTATION}",
        "--numprocesses={workers}", "--dist=loadfile",
    ),
}  # fmt: skip
"""Arguments of pytest by part.

`fuzz` is every slow test outside the folders of `simulation` and `mutation`.
"""
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "sample": ("tests.mutation.sample", "--workers={workers}"),
}
"""Modules that print their own progress, with their arguments, by part."""
NAMES = (*PARTS, *PROGRAMS)
PART_OPTION = "--slow-part"
REPORT_SECONDS = 15.0


def main(arguments: Sequence[str]) -> int:
    """Run the parts one after another; return 1 if one of them failed."""
    options = parse_arguments(arguments)
    results = {
        name: _run(name, options.workers, options.for_pytest) for name in options.parts or NAMES
    }
    print("\n" + "\n".join(f"{name:10}  {result}" for name, result in results.items()))
    return int(any(not result.startswith("passed") for result in results.values()))


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return parts and options; exit with a usage message if one is unknown.

    `for_pytest` has the arguments after `--`.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.slow")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(NAMES)}; default all")
    parser.add_argument("--workers", type=int, default=2, help="processes of one part (default 2)")
    own, for_pytest = _split(arguments)
    options = parser.parse_args(own)
    if unknown := set(options.parts) - set(NAMES):
        parser.error(f"unknown part: {', '.join(sorted(unknown))} (parts: {', '.join(NAMES)})")
    options.for_pytest = for_pytest
    return options


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split at `--` into arguments of this program and of pytest."""
    own = list(arguments)
    if "--" not in own:
        return own, []
    place = own.index("--")
    return own[:place], own[place + 1 :]


def _run(name: str, workers: int, options: Sequence[str]) -> str:
    """Run one part and return its result in a few words."""
    print(f"\n=== {name} ===", flush=True)
    began = time.monotonic()
    pytest_options = ("-m", "slow", "-q", "-p", "tests.slow", f"{PART_OPTION}={name}")
    command = PROGRAMS.get(name) or ("pytest", *pytest_options, *PARTS[name], *options)
    arguments = [argument.format(workers=workers) for argument in command]
    status = subprocess.run([sys.executable, "-m", *arguments], check=False).returncode
    result = "passed" if status == pytest.ExitCode.OK else f"failed (exit status {status})"
    return f"{result} in {_minutes(time.monotonic() - began)}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


class Progress:
    """Printed progress of a part, at most every few seconds, also while one long test runs."""

    def __init__(self, part: str) -> None:
        self._part = part
        # pytest redirects the standard output while a test runs, but not a duplicate of it.
        self._output = os.fdopen(os.dup(sys.stdout.fileno()), "w")
        self._began = self._printed = time.monotonic()
        self._total = 0
        self._running: list[str] = []
        self._done: set[str] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._print_regularly, daemon=True)

    def pytest_sessionstart(self) -> None:
        """Start the thread that prints while no test ends."""
        self._thread.start()

    def pytest_unconfigure(self) -> None:
        """Stop printing."""
        self._ended.set()
        self._thread.join()
        self._output.close()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the tests, in a run without workers."""
        self._total = self._total or len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Count the tests that the workers collected; all of them collect the same."""
        self._total = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Record which test runs."""
        self._running.append(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Count a test that ended."""
        self._done.add(nodeid)
        if nodeid in self._running:
            self._running.remove(nodeid)
        if len(self._done) == self._total or self._is_due():
            self._print()

    def _is_due(self) -> bool:
        return time.monotonic() - self._printed >= REPORT_SECONDS

    def _print_regularly(self) -> None:
        while not self._ended.wait(1.0):
            if self._is_due():
                self._print()

    def _print(self) -> None:
        self._printed = time.monotonic()
        elapsed = _minutes(self._printed - self._began)
        running = f", running {self._running[0].rpartition('::')[2]}" if self._running else ""
        text = f"{self._part}: {len(self._done)} of {self._total} tests, {elapsed} elapsed{running}"
        print(f"\n{text}", file=self._output, flush=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with the name of the part."""
    parser.addoption(PART_OPTION, default=None, help="name of the part, for its progress lines")


def pytest_configure(config: pytest.Config) -> None:
    """Report progress from the main process, which receives the reports of all workers."""
    part = config.getoption(PART_OPTION)
    if part and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(part))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
