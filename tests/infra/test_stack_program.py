"""The program of the local stack: what it refuses before it starts anything."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from infra.local.fake_amazon.accounts import COGNITO_CREDENTIAL, DEMO_CREDENTIAL
from infra.local.stack.__main__ import main, print_details, running_api_url, unusable_setting
from infra.local.stack.stack import Stack
from tests.unit.wire import Wire, reply

HIDDEN = "p4ss"
SETTINGS = ("PORT", "AMAZON_URL", "LIMITS", "CREDENTIAL_STORE")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LIMITS", "prod"),
        ("CREDENTIAL_STORE", "vault"),
        *(("PORT", value) for value in ("80a", "0", "65536", "-1", " 80")),
        *(("AMAZON_URL", value) for value in (
            "foo", "127.0.0.1:9999", "http://", "http://[::1", "http://h:99999", "http://h:0",
            "http://h:", "https://x.com/a b", "https://x.com?q=1", "https://x.com#a", "http:a",
            "http://a..b", f"http://user:{HIDDEN}@x.com", "ftp://x.com", "http://h\n",
        )),
    ],
)  # fmt: skip
def test_unusable_setting_is_refused(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("infra.local.stack.__main__.stop_on_signals", lambda: None)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)

    assert main() == 2

    shown = capsys.readouterr()
    assert shown.err.startswith(f"{variable} must be ")
    assert (shown.err.count("\n"), shown.out) == (1, "")
    assert HIDDEN not in shown.err


@pytest.mark.parametrize(
    "amazon_url",
    ["", "live", "http://127.0.0.1:9999", "https://x.com/path", "http://[::1]:80", "http://a_b:1/"],
)
def test_usable_settings_are_accepted(amazon_url: str) -> None:
    assert unusable_setting("4600", amazon_url, "production", "kms") == ""


def test_signal_ends_the_program_with_the_status_of_a_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def stopped(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    program = "infra.local.stack.__main__"
    monkeypatch.setattr(f"{program}.stop_on_signals", lambda: None)
    monkeypatch.setattr(f"{program}.STATE", tmp_path)
    monkeypatch.setattr(f"{program}.running_stack", stopped)

    assert main() == 130

    assert capsys.readouterr().err == "Stopped.\n"


def test_program_exits_with_the_status() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.stack"],
        env={"PORT": "80a", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("PORT must be ")
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
