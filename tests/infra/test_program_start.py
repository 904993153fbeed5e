"""Programs of `infra` without their packages, or on an old Python: one line with the remedy."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.conftest import ROOT

OLD_PYTHON = "import sys; sys.version_info = (3, 9, 18); sys.argv[0] = '-m'; import infra"


def start(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run an interpreter without installed packages (`-S`) and without the layer."""
    return subprocess.run(
        [sys.executable, "-S", *arguments],
        cwd=folder,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("program", "package"),
    [("admin", "boto3"), ("restore", "amzlinkr"), ("owner_costs", "boto3")],
)
def test_missing_package_is_one_line_with_the_remedy(program: str, package: str) -> None:
    done = start("-m", f"infra.{program}", "status")

    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"No module named '{package}'")
    assert f"{sys.executable} -I infra/environments.py" in line
    assert f".venv/{sys.version_info.major}.{sys.version_info.minor}{sys.abiflags}/dev/" in line


def test_operators_tool_needs_only_boto3() -> None:
    packages = "amzlinkr", "aws_lambda_powertools", "msgspec", "pynamodb", "requests", "yaml"
    code = f"import sys, infra.admin.__main__; print(sys.modules.keys() & {set(packages)})"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"


def test_old_python_is_one_line_with_the_remedy() -> None:
    done = start("-c", OLD_PYTHON)

    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "Python 3.11" in line
    assert "not 3.9" in line


def start_module(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run a program of a copy of the package."""
    package = folder / "infra"
    package.mkdir()
    (package / "__init__.py").write_bytes((ROOT / "infra" / "__init__.py").read_bytes())
    (package / "program.py").write_text(code)
    return start("-m", "infra.program", folder=folder)


@pytest.mark.parametrize("fault", ["raise ValueError", "import infra.nowhere"])
def test_another_fault_keeps_its_traceback(tmp_path: Path, fault: str) -> None:
    done = start_module(tmp_path, fault)

    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_interrupt_is_one_line_and_the_status_of_the_signal(tmp_path: Path) -> None:
    # A shell starts background jobs with this signal ignored, and the tests may be one.
    program = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
os.kill(os.getpid(), signal.SIGINT)
"""
    done = start_module(tmp_path, program)

    assert (done.returncode, done.stderr) == (-signal.SIGINT, "Stopped.\n")
