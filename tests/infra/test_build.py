"""Tests that `sam build` works with any Python version and packages all dependencies."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.conftest import REGION, ROOT
from tests.infra.test_template import handler_folders

LAMBDA_LIMIT = 250 * 1024 * 1024
IMPORT_HANDLER = """
import sys
layer, function = sys.argv[1:]
sys.path[:0] = [layer, function]
import amzlinkr, app
assert callable(app.handler)
assert amzlinkr.__file__.startswith(layer), amzlinkr.__file__
"""


def minimal_environment() -> dict[str, str]:
    """Return an environment that provides only this interpreter and make."""
    tools = [str(Path(sys.executable).parent), *os.defpath.split(os.pathsep)]
    if make := shutil.which("make"):
        tools.append(str(Path(make).parent))
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "MAKE", "MFLAGS"))
    }
    return kept | {"PATH": os.pathsep.join(tools), "SAM_CLI_TELEMETRY": "0"}


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command that must succeed and return its output."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=minimal_environment() if env is None else env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def built(sam: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a `sam build` of the project."""
    target = tmp_path_factory.mktemp("built")
    run(sam, "build", "--template", ROOT / "template.yaml", "--build-dir", target)
    return target


@pytest.fixture(scope="session")
def layer_for_this_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the layer, built by the same Makefile, with wheels for this interpreter."""
    artifacts = tmp_path_factory.mktemp("layer")
    run(
        "make",
        "build-AmzlinkrLayer",
        "TARGET=",
        f"PYTHON={sys.executable}",
        f"ARTIFACTS_DIR={artifacts}",
        cwd=ROOT / "layers" / "amzlinkr",
    )
    return artifacts / "python"


@pytest.mark.slow  # `make lint` runs the same command
def test_sam_validate_passes(sam: Path) -> None:
    output = run(
        sam, "validate", "--lint", "--template", ROOT / "template.yaml", "--region", REGION
    )

    assert "is a valid SAM Template" in output


@pytest.mark.slow  # `make lint` runs the same command
def test_cfn_lint_passes() -> None:
    assert not run(
        Path(sys.executable).with_name("cfn-lint"),
        "--regions",
        REGION,
        "--",
        ROOT / "template.yaml",
    )


def test_layer_contains_the_package(built: Path) -> None:
    package = built / "AmzlinkrLayer" / "python" / "amzlinkr"

    assert (package / "wiring.py").exists()
    assert not list(package.rglob("__pycache__"))


def test_layer_contains_wheels_for_lambda(built: Path) -> None:
    layer = built / "AmzlinkrLayer" / "python"

    compiled = [path.name for path in layer.rglob("*.so")]

    assert compiled
    assert all("cpython-313-aarch64" in name or "abi3" in name for name in compiled), compiled
    assert sum(path.stat().st_size for path in layer.rglob("*")) < LAMBDA_LIMIT


@pytest.mark.parametrize("folder", handler_folders())
def test_handler_imports_only_its_folder_and_the_layer(
    folder: str, layer_for_this_python: Path
) -> None:
    function = ROOT / "functions" / folder

    run(sys.executable, "-ISB", "-c", IMPORT_HANDLER, layer_for_this_python, function, env={})
