"""Part 7 of the demo: the operator looks at the service."""

import subprocess
import sys
from pathlib import Path

from infra.local.demo.console import Console
from infra.local.demo.step import expect_true
from infra.local.stack.stack import ROOT

MAX_SECONDS = 60


def show_operator_view(console: Console, description: Path) -> None:
    """Print the status of the running stack, which `description` describes, with `infra.admin`."""
    console.print_step("Look at the service as its operator", "python -m infra.admin status")
    command = [sys.executable, "-m", "infra.admin", "status", "--local", str(description)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=MAX_SECONDS
    )
    expect_true(done.returncode == 0, f"infra.admin status: {done.stderr.strip()}")
    for line in done.stdout.splitlines():
        console.print_info(line)
