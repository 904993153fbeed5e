"""Copies of the project in which a mutant is applied and its test is run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutation.mutant import ROOT, Mutant

FOLDERS = ("functions", "layers", "infra", "tests")
FILES = ("template.yaml", "pyproject.toml")
TIMEOUT_SECONDS = 600


def copy_project(to: Path) -> Path:
    """Copy the project to a new folder, as hard links where possible, and return the folder."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, to / folder, copy_function=_link_or_copy)
    for file in FILES:
        _link_or_copy(str(ROOT / file), str(to / file))
    return to


def apply_mutant(mutant: Mutant, tree: Path) -> None:
    """Write the mutated file to a copy."""
    text, file = mutant.read_mutated(), tree / mutant.file
    # The file may be a hard link: writing to it in place would change the original.
    file.unlink()
    file.write_text(text)


def run_tests(tree: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run these tests in a copy, until the first failure."""
    paths = os.pathsep.join(map(str, (tree / "layers" / "amzlinkr", tree)))
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*run, "-p", "tests.mutation.tree_check", *tests],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def find_undefined_names(tree: Path, file: str) -> str:
    """Return what ruff reports about undefined names in a file, or an empty string."""
    run = ["ruff", "check", "--isolated", "--no-cache", "--quiet", "--select", "F821,F823", file]
    return subprocess.run(run, cwd=tree, capture_output=True, text=True, check=False).stdout


def _link_or_copy(source: str, to: str) -> None:
    try:
        os.link(source, to)
    except OSError:  # hard links require the same file system
        shutil.copy2(source, to)
