"""A copy of this project in which a file may be another one, and its tests, run on the copy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutation.mutant import ROOT, Mutant

FOLDERS = ("functions", "layers", "infra", "tests")
FILES = ("template.yaml", "pyproject.toml")
TOO_LONG = 600


def copied(to: Path) -> Path:
    """The project, as links where that can be: nothing of it is written to."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, to / folder, copy_function=_linked)
    for file in FILES:
        _linked(str(ROOT / file), str(to / file))
    return to


def plant(flaw: Mutant, tree: Path) -> None:
    """Change a copy: its file only, not the one that it is a link to."""
    text, file = flaw.planted(), tree / flaw.file
    file.unlink()
    file.write_text(text)


def outcome_of(tree: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """What pytest says of these tests in a copy."""
    paths = os.pathsep.join(map(str, (tree / "layers" / "amzlinkr", tree)))
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*run, "-p", "tests.mutation.tree_check", *tests],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=TOO_LONG,
        check=False,
    )


def undefined(tree: Path, file: str) -> str:
    """What ruff says of names that a change forgot to define: of those any test fails."""
    run = ["ruff", "check", "--isolated", "--no-cache", "--quiet", "--select", "F821,F823", file]
    return subprocess.run(run, cwd=tree, capture_output=True, text=True, check=False).stdout


def _linked(source: str, to: str) -> None:
    try:
        os.link(source, to)
    except OSError:  # another file system
        shutil.copy2(source, to)
