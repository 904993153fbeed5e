"""Every command of the Makefile and of CI: it is listed, it can be run, and it fails clearly."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from infra import environments
from tests.infra.conftest import ROOT
from tests.slow import PARTS

TARGETS = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
WITHOUT_ENVIRONMENT = {"help", "translations", "lock", "clean", "lint-php"}
MISSING = "/nowhere/python3"


def environment(path: str = os.defpath) -> dict[str, str]:
    """Return an environment without the options of the `make` that runs the tests."""
    return {"PATH": path, "LANG": "C.UTF-8"}


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("make") or "make", "--no-print-directory", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def program(file: Path, text: str) -> None:
    """Write a shell script."""
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def test_the_targets_are_found() -> None:
    assert {"test", "test-slow", "run", "lint", "clean"} <= set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_expands(target: str) -> None:
    done = make("--dry-run", target, f"PYTHON={sys.executable}")

    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_help_lists_each_target_without_python() -> None:
    done = make("help", f"PYTHON={MISSING}")

    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^  make (\S+) +\S", done.stdout, re.MULTILINE) == TARGETS
    assert make(f"PYTHON={MISSING}").stdout == done.stdout


@pytest.mark.parametrize("target", sorted(set(TARGETS) - WITHOUT_ENVIRONMENT))
def test_a_missing_or_old_python_is_explained(target: str, tmp_path: Path) -> None:
    old = tmp_path / "python"
    program(old, "exit 1")
    for python in (MISSING, str(old)):
        done = make(target, f"PYTHON={python}")

        assert done.returncode != 0
        assert f"needs Python 3.11 or newer, and {python} is older or missing" in done.stderr


def test_each_interpreter_version_has_its_own_environments(tmp_path: Path) -> None:
    for version in ("3.11", "3.13", "3.13t"):
        python = tmp_path / f"python{version}"
        program(python, f"echo {version}")

        done = make("--dry-run", "demo", f"PYTHON={python}")

        assert f"exec .venv/{version}/dev/bin/python -m infra.local.demo" in done.stdout


def test_the_real_interpreter_names_the_folder_of_its_environments() -> None:
    done = make("--dry-run", "demo", f"PYTHON={sys.executable}")

    folder = environments.FOLDER.relative_to(environments.ROOT)
    assert f"exec {folder}/dev/bin/python" in done.stdout


def test_the_makefile_names_environments_that_exist() -> None:
    lines = make("--dry-run", *TARGETS, f"PYTHON={sys.executable}").stdout.splitlines()

    named = {name for line in lines for name in line.partition("infra/environments.py")[2].split()}
    assert named == set(environments.NAMES) - {environments.DEV}


def test_lock_writes_every_lock_file() -> None:
    done = make("--silent", "lock", "UV=echo")

    assert done.returncode == 0, done.stderr
    written = re.findall(r"--output-file (\S+)", done.stdout)
    locks = {str(environments.Environment(name).lock_file) for name in environments.NAMES}
    locks.add(str(ROOT / "layers/amzlinkr/requirements.txt"))
    assert {str(ROOT / file) for file in written} == locks
    assert all("--generate-hashes" in line for line in done.stdout.splitlines())


def test_lock_without_uv_is_explained() -> None:
    done = make("lock", "UV=no-such-program")

    assert done.returncode != 0
    assert "make lock needs uv" in done.stderr


def test_clean_removes_what_make_created_and_nothing_else(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    created = [".venv/3.13/dev", ".local", ".wordpress", ".hypothesis", ".mypy_cache"]
    folders = ["clients", "functions", "infra", "layers", "tests"]
    for name in [*created, *(f"{folder}/a/__pycache__" for folder in folders)]:
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").touch()

    done = make("clean", f"PYTHON={MISSING}", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left == {"Makefile", *folders, *(f"{folder}/a" for folder in folders)}


def test_everything_that_make_creates_is_ignored_by_git_and_ruff() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    (removed,) = re.findall(r"^\trm -rf (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert [name for name in removed.split() if not {name, f"{name}/"} & {*ignored}] == []


@pytest.mark.parametrize("part", PARTS)
def test_the_folders_of_the_slow_parts_exist(part: str) -> None:
    paths = [argument.removeprefix("--ignore=") for argument in PARTS[part]]

    assert [path for path in paths if not path.startswith("-") and not (ROOT / path).is_dir()] == []


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Create a folder for the PATH, with a `make` that only prints its arguments."""
    program(tmp_path / "make", 'echo "called $*"')
    return tmp_path


def ci(tools: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / ".ci" / "run"],
        env=environment(f"{tools}{os.pathsep}{os.defpath}"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_ci_runs_everything_on_the_newest_python_and_a_part_on_the_oldest(tools: Path) -> None:
    program(tools / "python3.13", "exit 0")
    program(tools / "python3.11", "exit 0")

    done = ci(tools)

    assert done.returncode == 0, done.stderr
    called = re.findall(r"^called --no-print-directory (\S+) PYTHON=(\S+)$", done.stdout, re.M)
    newest, oldest = str(tools / "python3.13"), str(tools / "python3.11")
    assert called == [
        ("lint", newest),
        ("audit", newest),
        ("test", newest),
        ("test-unit", oldest),
        ("demo", newest),
        ("test-api", newest),
        ("test-wordpress", newest),
    ]
    assert len(re.findall(r"passed in \d+ min \d+ s", done.stdout)) == len(called) + 1


def test_ci_ignores_a_python_that_does_not_run(tools: Path) -> None:
    """Shims of a version manager are on the PATH whether their version is selected or not."""
    for version in ("3.11", "3.13"):
        program(tools / f"python{version}", "echo 'command not found' >&2; exit 127")
    program(tools / "python3", "echo '(3, 12)'")

    done = ci(tools)

    assert done.returncode == 0, done.stderr
    assert f"{tools}/" not in done.stdout
    assert "called --no-print-directory test PYTHON=" in done.stdout


def test_ci_stops_at_the_first_failure(tools: Path) -> None:
    program(tools / "make", 'echo "called $*"; case "$*" in *" test "*) exit 2;; esac')

    done = ci(tools)

    assert done.returncode == 2
    assert "demo" not in done.stdout
    assert "all passed" not in done.stdout
