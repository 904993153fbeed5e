"""Mutation tests of the plugin: each mutant is applied to a copy, with which its test must fail."""

import contextlib
import io
import multiprocessing
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.mutation.mutant import ROOT, Mutant
from tests.mutation.plugin import MUTANTS, PLUGIN

PLUGIN_DIR_VARIABLE = "AMZLINKR_TESTED_PLUGIN"
TIMEOUT_SECONDS = 300.0
SHOWN_CHARACTERS = 5000
"""Characters of a report that an assertion prints. On CI, pytest does not shorten a difference."""
ONE_TEST_PER_FILE = sorted(
    {test.partition("::")[0]: test for test in (mutant.detected_by for mutant in MUTANTS)}.values()
)
"""Tests that detect mutants. On the plugin itself, all of them run."""
for_each_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)


@pytest.fixture
def copy() -> Iterator[Path]:
    """Provide a copy of the plugin, and delete it with the sites of its tests."""
    # The path of a database's socket, in a folder of a site, may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="m") as folder:
        yield shutil.copytree(ROOT / PLUGIN, Path(folder, Path(PLUGIN).name))


def run_tests(plugin_dir: Path, *tests: str) -> tuple[int, str]:
    """Run tests with another folder of the plugin, and return pytest's exit code and its report.

    A fork has all modules already: their imports take longer than such a test.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_run_in_fork, args=(sender, plugin_dir, tests)
    )
    process.start()
    sender.close()
    try:
        assert receiver.poll(TIMEOUT_SECONDS), "The tests did not finish"
        result: tuple[int, str] = receiver.recv()
    finally:
        process.terminate()
        process.join()
    return result


def _run_in_fork(sender: Connection, plugin_dir: Path, tests: tuple[str, ...]) -> None:
    os.environ[PLUGIN_DIR_VARIABLE] = str(plugin_dir)
    os.chdir(ROOT)
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "wordpress"]
    with contextlib.redirect_stdout(io.StringIO()) as output:
        code = pytest.main([*options, f"--basetemp={plugin_dir.parent / 't'}", *tests])
    sender.send((int(code), output.getvalue()))


@for_each_mutant
def test_plugin_mutant_can_be_applied(mutant: Mutant) -> None:
    file, *names = mutant.detected_by.split("::")

    assert mutant.file.startswith(PLUGIN)
    assert mutant.read_mutated() != (ROOT / mutant.file).read_text()
    for name in names:
        assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_plugin_mutants_are_distinct() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.wordpress
@for_each_mutant
def test_plugin_mutant_is_detected(mutant: Mutant, copy: Path) -> None:
    file = copy / mutant.file.removeprefix(f"{PLUGIN}/")
    file.write_text(mutant.read_mutated())
    # Any test would fail because of invalid PHP: that proves nothing about this one.
    subprocess.run(["php", "-l", file], check=True, capture_output=True)

    code, report = run_tests(copy, mutant.detected_by)

    shown = report[-SHOWN_CHARACTERS:]
    assert code == pytest.ExitCode.TESTS_FAILED, shown
    # A failed fixture is an error, not a failure: it proves nothing about this mutant.
    assert re.search(r"^FAILED ", report, re.MULTILINE) is not None, shown
    assert re.search(r"PHP Fatal error", report) is None, shown


@pytest.mark.wordpress
@pytest.mark.parametrize("test", ONE_TEST_PER_FILE)
def test_unchanged_copy_of_the_plugin_passes(test: str, copy: Path) -> None:
    code, report = run_tests(copy, test)

    assert code == pytest.ExitCode.OK, report[-SHOWN_CHARACTERS:]
