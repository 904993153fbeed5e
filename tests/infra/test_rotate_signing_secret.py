"""The command that rotates the signing secret, against moto."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from amzlinkr.security.signing_secret import ACTIVATION_DELAY, content_from_json
from infra import rotate_signing_secret
from infra.command_failures import CommandFailure
from infra.rotate_signing_secret import main, rotate
from tests.clock import START
from tests.integration.aws_spy import Arguments, fail_calls, intercept_calls

FIRST = {"current": "0123456789abcdef" * 4}


@pytest.fixture
def secret_id() -> Iterator[str]:
    with mock_aws():
        client = boto3.client("secretsmanager")
        yield client.create_secret(Name="signing", SecretString=json.dumps(FIRST))["ARN"]


def stored(secret_id: str) -> str:
    client = boto3.client("secretsmanager")
    # moto's default is the version that was put last.
    found = client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")
    return str(found["SecretString"])


def test_rotation_keeps_the_former_key_and_the_key_of_accounts(secret_id: str) -> None:
    client = boto3.client("secretsmanager")
    assert rotate(client, secret_id, START) == START + ACTIVATION_DELAY
    once = content_from_json(stored(secret_id))
    rotate(client, secret_id, START + ACTIVATION_DELAY)
    twice = content_from_json(stored(secret_id))

    assert (once.previous, once.accounts) == (FIRST["current"], FIRST["current"])
    assert (twice.previous, twice.accounts) == (once.current, FIRST["current"])
    assert len({FIRST["current"], once.current, twice.current}) == 3


def test_rotation_that_is_not_complete_is_not_repeated(secret_id: str) -> None:
    client = boto3.client("secretsmanager")
    rotate(client, secret_id, START)
    before = stored(secret_id)

    with pytest.raises(CommandFailure, match="complete at 12:15 UTC"):
        rotate(client, secret_id, START + ACTIVATION_DELAY - timedelta(seconds=1))

    assert stored(secret_id) == before


def test_command_says_when_the_new_key_signs_and_prints_no_key(
    secret_id: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rotate_signing_secret, "secret_of_stack", lambda *_: secret_id)

    codes = [main(["amzlinkr"]), main(["amzlinkr"])]

    output = capsys.readouterr()
    assert codes == [0, 1]
    assert output.out.startswith("The new key signs from ")
    assert len(output.err.splitlines()) == 1
    content = content_from_json(stored(secret_id))
    for key in (content.current, FIRST["current"]):
        assert key not in output.out + output.err


@pytest.mark.usefixtures("secret_id")
def test_unknown_stack_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with fail_calls(lambda arguments: arguments.get("StackName") == "nowhere", "ValidationError"):
        assert main(["nowhere"]) == 1

    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "Name the stack" in error


def test_of_two_rotations_at_once_the_first_one_stays(secret_id: str) -> None:
    client = boto3.client("secretsmanager")
    others: list[str] = []

    def rotate_before(operation: str, _: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "PutSecretValue" and not others:
            others.append("")
            rotate(client, secret_id, START)
            others.append(stored(secret_id))
        return proceed()

    with intercept_calls(rotate_before), pytest.raises(CommandFailure, match="at the same time"):
        rotate(client, secret_id, START)

    assert stored(secret_id) == others[1]
    assert content_from_json(stored(secret_id)).previous == FIRST["current"]


def test_first_of_two_rotations_leaves_the_check_to_the_second_one(secret_id: str) -> None:
    client = boto3.client("secretsmanager")
    others: list[str] = []

    def put_before(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "GetSecretValue" and "VersionStage" in arguments and not others:
            others.append(json.dumps(FIRST))
            client.put_secret_value(SecretId=secret_id, SecretString=others[0])
        return proceed()

    with intercept_calls(put_before):
        assert rotate(client, secret_id, START) == START + ACTIVATION_DELAY

    assert stored(secret_id) == others[0]
