"""The migration command: its configuration, its output, and its exit codes.

`tests/integration/faults/test_migrate_credentials.py` has the tests of the migration itself.
"""

from collections import Counter
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from amzlinkr.config import Config
from infra.migrate_credentials import CredentialMigration, main
from tests.unit.test_config import REQUIRED

FUNCTION = "amzlinkr-staging-validate"


@pytest.fixture
def lambda_stub(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """Return a stub of the Lambda client that the command creates."""
    client = boto3.client("lambda")
    monkeypatch.setattr(boto3, "client", lambda _service: client)
    return Stubber(client)


def answer(stub: Stubber, **variables: str) -> None:
    """Let Lambda return a function with these environment variables."""
    configuration: dict[str, Any] = {"Environment": {"Variables": {**REQUIRED, **variables}}}
    stub.add_response("get_function_configuration", configuration, {"FunctionName": FUNCTION})


@pytest.mark.parametrize(
    ("outcomes", "status", "printed", "error"),
    [
        ({"moved": 1234}, 0, "1,234 moved", ""),
        ({"moved": 1, "without credentials": 2}, 0, "2 without credentials", ""),
        ({"moved": 0, "changed": 1}, 1, "1 changed", "again"),
        ({"moved": 5, "failed": 1}, 1, "1 failed", "again"),
    ],
)
def test_outcome_is_printed_and_decides_the_exit_code(
    lambda_stub: Stubber,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    outcomes: dict[str, int],
    status: int,
    printed: str,
    error: str,
) -> None:  # fmt: skip
    configs: list[Config] = []

    def run(migration: CredentialMigration) -> Counter[str]:
        configs.append(migration._deps.config)
        return Counter(outcomes)

    monkeypatch.setattr(CredentialMigration, "run", run)
    answer(lambda_stub, STAGE="staging", ALLOW_LOCAL_SITES="false")
    with lambda_stub:
        assert main(["--stage", "staging"]) == status

    out, err = capsys.readouterr()
    assert "Credentials are now in the store kms." in out
    assert printed in out
    assert error in err
    (config,) = configs
    assert (config.stage, config.sites_table) == ("staging", "sites")
    assert config.limits.connections == config.limits.connections_of_account == 2**31


def test_unknown_stage_is_one_line_and_exit_code_2(
    lambda_stub: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    lambda_stub.add_client_error("get_function_configuration", "ResourceNotFoundException")
    with lambda_stub:
        assert main(["--stage", "stagin"]) == 2

    assert capsys.readouterr() == (
        "",
        "The stage stagin could not be read (ResourceNotFoundException).\n",
    )


def test_release_without_a_store_of_credentials_is_one_line_and_exit_code_2(
    lambda_stub: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {name: value for name, value in REQUIRED.items() if name != "CREDENTIAL_STORE"}
    configuration: dict[str, Any] = {"Environment": {"Variables": variables}}
    lambda_stub.add_response("get_function_configuration", configuration)
    with lambda_stub:
        assert main(["--stage", "staging"]) == 2

    assert capsys.readouterr().err.count("\n") == 1
