"""`make run LIMITS=production`: the template's limits, for loopback sites and simulated callers."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
import requests

from infra.command_failures import EXIT_BAD_INPUT, EXIT_INTERRUPTED
from infra.local.stack import __main__ as program
from infra.local.stack.stack import HIGH_LOCALLY, Stack, production_limits, running_stack
from infra.local.stack.transform import load
from infra.local.stack.wordpress import WordPress

TEMPLATE = load(Path(__file__).parents[2] / "template.yaml")
OWNER, STRANGER, NEIGHBOR = "198.51.100.7", "203.0.113.9", "203.0.113.200"


@pytest.fixture(scope="module")
def limited_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    state = tmp_path_factory.mktemp("limited")
    with running_stack(state=state, parameters=production_limits()) as running:
        yield running


def post(stack: Stack, path: str, body: object, caller: str) -> Any:
    return requests.post(
        stack.api_url + path, json=body, headers={"X-Forwarded-For": caller}, timeout=15
    )


def start(stack: Stack, url: str, caller: str) -> Any:
    return post(stack, "/signup", {"site_url": url, "email": "owner@example.com"}, caller)


def verify(stack: Stack, started: Any, caller: str) -> Any:
    body = {"signup_secret": started["signup_secret"]}
    return post(stack, f"/signup/{started['signup_id']}/verify", body, caller)


def test_loopback_site_signs_up_while_a_stranger_is_limited(limited_stack: Stack) -> None:
    with WordPress() as site:
        strangers = [start(limited_stack, site.url, STRANGER) for _ in range(6)]
        assert [reply.status_code for reply in strangers] == [202] * 5 + [429]
        attempts = [verify(limited_stack, strangers[0].json(), STRANGER) for _ in range(3)]
        assert [reply.status_code for reply in attempts] == [422] * 3
        further = [
            verify(limited_stack, strangers[1].json(), caller).status_code
            for caller in (STRANGER, NEIGHBOR, STRANGER)
        ]
        assert 429 in further

        started = start(limited_stack, site.url, OWNER)
        site.serve_challenge(started.json()["challenge"])
        verified = verify(limited_stack, started.json(), OWNER)

    assert (started.status_code, verified.status_code) == (202, 201), verified.text


def test_silent_site_holds_a_verification_for_less_than_four_seconds(limited_stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = start(limited_stack, url, OWNER).json()
        began = time.monotonic()
        refused = verify(limited_stack, started, OWNER)
        seconds = time.monotonic() - began

    assert (refused.status_code, refused.json()["code"]) == (422, "site_not_proven")
    assert "it did not respond in time" in refused.json()["detail"]
    assert refused.json()["retryable"]
    assert 2.5 < seconds < 4


def test_production_limits_are_the_defaults_of_the_template() -> None:
    declared = TEMPLATE["Parameters"]
    assert production_limits() == {name: str(declared[name]["Default"]) for name in HIGH_LOCALLY}
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"].values()
    limits = {value["Ref"] for value in variables if isinstance(value, dict) and "Ref" in value}
    assert set(HIGH_LOCALLY) <= limits


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, {}),
        ({"LIMITS": "production"}, production_limits()),
        ({"CREDENTIAL_STORE": "kms"}, {"CredentialStore": "kms"}),
        (
            {"LIMITS": "production", "CREDENTIAL_STORE": "kms"},
            {**production_limits(), "CredentialStore": "kms"},
        ),
    ],
)
def test_program_passes_the_parameters_on(
    variables: dict[str, str], expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: dict[str, Any] = {}

    @contextmanager
    def run(*_: object, **options: Any) -> Iterator[NoReturn]:
        passed.update(options)
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(program, "running_stack", run)
    monkeypatch.setattr(program, "print_steps", lambda: None)
    monkeypatch.setattr(program, "stop_on_signals", lambda: None)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert program.main() == EXIT_INTERRUPTED
    assert passed["parameters"] == expected


def test_other_limits_are_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "stop_on_signals", lambda: None)
    monkeypatch.setenv("LIMITS", "prod")

    assert program.main() == EXIT_BAD_INPUT
    assert "LIMITS must be production or empty" in capsys.readouterr().err
