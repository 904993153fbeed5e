"""The operator's tool against the running stack, as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack.client import Scheduler, ServiceClient
from infra.local.stack.stack import ROOT, Stack


@pytest.fixture
def description(stack: Stack, tmp_path: Path) -> Path:
    """Return the file that describes the running stack."""
    file = tmp_path / "stack.json"
    file.write_text(json.dumps(stack.description()))
    return file


def run(description: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.admin", *arguments, "--local", str(description)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def values_of(description: Path, *arguments: str) -> dict[str, Any]:
    done = run(description, *arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_operator_views_and_switches(
    stack: Stack, service: ServiceClient, description: Path
) -> None:
    shown = service.call("GET", "/site").json
    site = values_of(description, "site", shown["site_url"])
    assert (site["site_id"], site["email"]) == (shown["site_id"], "owner@example.com")
    assert shown["site_id"] in run(description, "sites", "--all").stdout

    paused = values_of(description, "pause-sync", "--reason", "test", "--by", "ops")
    Scheduler(stack.aws_endpoint, stack.functions["PriceSyncFunction"]).trigger()
    status = values_of(description, "status")
    resumed = values_of(description, "resume-sync", "--reason", "test")

    assert (paused["sync"]["state"], resumed["sync"]["state"]) == ("paused", "running")
    assert (status["sync"]["state"], status["sync"]["by"]) == ("paused", "ops")
    assert status["sync"]["last_run_planned"] == 0
    assert status["sites"]["live"] >= 1
    assert {(queue["name"], queue["is_dead_letter_queue"]) for queue in status["queues"]} >= {
        (name, is_dead) for name in ("refresh", "import") for is_dead in (True, False)
    }


def test_failures_of_the_local_stack_are_one_line(stack: Stack, description: Path) -> None:
    unknown = run(description, "site", "site_unknown")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert len(unknown.stderr.splitlines()) == 1

    described = stack.description() | {"aws_endpoint": "http://127.0.0.1:9"}
    description.write_text(json.dumps(described))
    gone = run(description, "status")
    assert gone.returncode == 1
    assert "Start it with `make run`" in gone.stderr
    assert len(gone.stderr.splitlines()) == 1
