"""The program of the local stack: what it refuses before it starts anything."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.fake_amazon.accounts import COGNITO_CREDENTIAL, DEMO_CREDENTIAL
from infra.local.stack.__main__ import print_details, running_api_url
from infra.local.stack.stack import Stack
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


def test_parts_of_a_credential_are_printed_with_their_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = "http://127.0.0.1:1"
    print_details(Stack(url, url, "us-east-1", url, {}, fake_amazon=True, checks=()))

    lines = capsys.readouterr().out.splitlines()
    for name, secret, version in (DEMO_CREDENTIAL, COGNITO_CREDENTIAL):
        assert f"Creators API  ID {name}  secret {secret}  version {version}" in lines
    assert sum("PA-API keys   access key " in line for line in lines) == 1


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
