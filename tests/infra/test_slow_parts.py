"""`make test-slow`: its parts, and the progress that they show."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.conftest import ROOT
from tests.slow import NAMES

TESTS = """
import time
import pytest

@pytest.mark.slow
@pytest.mark.parametrize("number", range(3))
def test_some(number):
    assert number != {failing}

def test_not_slow():
    raise AssertionError("not part of a slow run")
"""


def run(folder: Path, *options: str, failing: int = -1) -> subprocess.CompletedProcess[str]:
    (folder / "test_some.py").write_text(TESTS.format(failing=failing))
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "slow", "-q", "-p", "tests.slow",
         "--slow-part=simulation", "-c", folder / "pytest.ini", folder, *options],
        cwd=ROOT,
        # Other plugins take a second to load.
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


def test_progress_names_the_part_and_counts_the_tests(tmp_path: Path) -> None:
    done = run(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "simulation: 3 of 3 tests, 0:" in done.stdout
    assert "3 passed" in done.stdout


def test_progress_counts_the_tests_of_all_workers_and_a_failure_is_the_status(
    tmp_path: Path,
) -> None:
    done = run(tmp_path, "-p", "xdist", "--numprocesses=2", failing=1)

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "simulation: 3 of 3 tests, 0:" in done.stdout
    assert "1 failed, 2 passed" in done.stdout


def test_make_runs_all_parts() -> None:
    makefile = (ROOT / "Makefile").read_text()

    assert f"PARTS ?= {' '.join(NAMES)}\n" in makefile
    assert f'(PARTS="{" ".join(NAMES)}")' in makefile


def test_unknown_parts_are_refused() -> None:
    command = [sys.executable, "-m", "tests.slow", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "unknown part: nothing" in done.stderr
    assert all(part in done.stderr for part in NAMES)
