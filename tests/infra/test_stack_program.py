"""The program of the local stack: what it refuses before it starts anything."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.stack.__main__ import running_api_url
from tests.unit.wire import Wire, reply


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AMAZON_URL", "foo"),
        ("AMAZON_URL", "127.0.0.1:9999"),
        ("LIMITS", "prod"),
        ("PORT", "80a"),
        ("CREDENTIAL_STORE", "vault"),
    ],
)
def test_unusable_setting_is_refused(variable: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.stack"],
        env={variable: value, "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"{variable} must be ")
    assert not done.stdout


def test_only_a_stack_that_responds_counts_as_running(tmp_path: Path) -> None:
    description = tmp_path / "stack.json"
    assert running_api_url(description) is None
    with Wire([reply(200, {})]) as wire:
        description.write_text(json.dumps({"api_url": f"{wire.url}/v1"}))
        assert running_api_url(description) == f"{wire.url}/v1"
        assert wire.sent[0].path == "/v1/marketplaces"
    assert running_api_url(description) is None
    description.write_text("{")
    assert running_api_url(description) is None
