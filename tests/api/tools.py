"""Programs of the tools, and what a failed one printed."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.environments import API, Environment
from tests.api.install import NODE_MODULES, WORK_DIR

HERE = Path(__file__).parent
PYTHON = Environment(API).python
"""The interpreter with the Python tools, and with the packages that generated clients import."""
MAX_SECONDS = 1_800.0
"""For a run of Schemathesis on a busy machine."""
SHOWN_CHARACTERS = 6_000


def python_tool(name: str) -> str:
    """Return the path of a program of the environment `api`."""
    return str(PYTHON.parent / name)


def node_tool(name: str) -> str:
    """Return the path of a program of an npm package."""
    return str(NODE_MODULES / ".bin" / name)


def run_tool(
    command: Sequence[str],
    folder: Path = WORK_DIR,
    variables: Mapping[str, str] | None = None,
    accepted: Sequence[int] = (0,),
) -> str:
    """Run a program and return its standard output; fail with its output otherwise.

    The environment has no proxy, which could not reach the stack on loopback.
    """
    environment = {name: text for name, text in os.environ.items() if "proxy" not in name.lower()}
    # npm has a current Node.js for x64; Debian's is too old for Bruno.
    environment["PATH"] = os.pathsep.join([str(NODE_MODULES / ".bin"), environment["PATH"]])
    environment |= variables or {}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=MAX_SECONDS,
    )
    output = f"{done.stdout}\n{done.stderr}"[-SHOWN_CHARACTERS:]
    assert done.returncode in accepted, f"{command[0]} failed ({done.returncode}):\n{output}"
    return done.stdout


def run_node_script(name: str, *arguments: str) -> str:
    """Run a script of `tests/api/node/`; it finds the npm packages from the folder of the tools."""
    copy = WORK_DIR / name
    copy.write_text((HERE / "node" / name).read_text())
    return run_tool(["node", str(copy), *arguments])
