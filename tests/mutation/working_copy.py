"""Copies of the project in which a mutant is applied and its test is run."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.mutation.mutant import ROOT, Mutant

FOLDERS = ("functions", "layers", "infra", "tests", "clients", "docs")
FILES = ("template.yaml", "pyproject.toml")
TIMEOUT_SECONDS = 600


def copy_project(to: Path, copy_function: Callable[[str, str], object] | None = None) -> Path:
    """Copy the project to a new folder, as hard links where possible, and return the folder.

    `copy_function` copies a file in another way.
    """
    copy_file = copy_function or _link_or_copy
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, to / folder, copy_function=copy_file)
    for file in FILES:
        copy_file(str(ROOT / file), str(to / file))
    return to


def apply_mutant(mutant: Mutant, tree: Path) -> None:
    """Write the mutated file to a copy."""
    write_file(tree / mutant.file, mutant.read_mutated())


def write_file(file: Path, text: str) -> None:
    """Replace a file of a copy."""
    # The file may be a hard link: writing to it in place would change the original.
    file.unlink()
    file.write_text(text)


def run_tests(
    tree: Path, *tests: str, timeout_seconds: float = TIMEOUT_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run these tests in a copy, until the first failure. Arguments of pytest may be among them.

    Raises:
        subprocess.TimeoutExpired: The run was killed, and what it started as well.
    """
    paths = os.pathsep.join(map(str, (tree / "layers" / "amzlinkr", tree)))
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [*run, "-p", "tests.mutation.tree_check", *tests],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=timeout_seconds)
        finally:
            # Tests start emulators, which would survive a pytest that is killed.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def find_undefined_names(tree: Path, file: str) -> str:
    """Return what ruff reports about undefined names in a file, or an empty string."""
    run = ["ruff", "check", "--isolated", "--no-cache", "--quiet", "--select", "F821,F823", file]
    return subprocess.run(run, cwd=tree, capture_output=True, text=True, check=False).stdout


def _link_or_copy(source: str, to: str) -> None:
    try:
        os.link(source, to)
    except OSError:  # hard links require the same file system
        shutil.copy2(source, to)
