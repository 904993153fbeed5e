"""The layer as `sam build` makes it, and the environment in which Lambda runs a function."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.local.stack.transform import load

ROOT = Path(__file__).parents[1]
RUNTIME = (3, 13)
"""Lambda's Python version."""
CLOSED_PORT = "http://127.0.0.1:9"


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


def make_in_layer(target: str, *settings: str) -> str:
    """Run a target of the layer's Makefile and return its output."""
    return run("make", "--silent", target, *settings, cwd=ROOT / "layers" / "amzlinkr")


def runtime_interpreter() -> str | None:
    """Return an interpreter of Lambda's Python version, or None if none is installed."""
    return make_in_layer("compiler", f"PYTHON={sys.executable}").strip() or None


def build_for_this_machine(artifacts: Path) -> Path:
    """Build the layer with wheels for this machine and return its folder of packages.

    It is for Lambda's Python version if that is installed, else for the version of this one.
    """
    version = ".".join(map(str, RUNTIME if runtime_interpreter() else sys.version_info[:2]))
    make_in_layer(
        "build-AmzlinkrLayer",
        f"RUNTIME={version}",
        f"TARGET=--python-version {version} --only-binary=:all:",
        f"PYTHON={sys.executable}",
        f"ARTIFACTS_DIR={artifacts}",
    )
    return artifacts / "python"


def lambda_environment(function: str) -> dict[str, str]:
    """Return the variables that Lambda and the template set, with an AWS that does not respond."""
    template = load(ROOT / "template.yaml")
    declared = template["Globals"]["Function"]["Environment"]["Variables"]
    defaults = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()}
    # Conditional values are empty by default.
    names = {
        name: value.get("Ref", "") if isinstance(value, dict) else value
        for name, value in declared.items()
    }
    variables = {name: str(defaults.get(value, value)) for name, value in names.items()}
    return variables | {
        "SECRETS_PREFIX": "amzlinkr/prod",
        "SIGNING_SECRET_ID": "amzlinkr/prod/service",
        "POWERTOOLS_SERVICE_NAME": function,
        "AWS_LAMBDA_FUNCTION_NAME": f"amzlinkr-prod-{function}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_ENDPOINT_URL": CLOSED_PORT,
    }
