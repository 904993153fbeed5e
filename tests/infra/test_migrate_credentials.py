"""The migration command: its configuration, its output, and its exit codes.

`tests/integration/faults/test_migrate_credentials.py` has the tests of the migration itself.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.session import get_session
from botocore.stub import Stubber

from amzlinkr.config import Config
from infra import deployed_stage
from infra.migrate_credentials import CredentialMigration, main
from tests.unit.test_config import REQUIRED

FUNCTION = "amzlinkr-staging-validate"


@pytest.fixture
def lambda_stub(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """Return a stub of the Lambda client that the command creates."""
    client: Any = boto3.client("lambda")
    monkeypatch.setattr(boto3.Session, "client", lambda _session, _service: client)
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


def test_unknown_stage_is_one_line_with_the_remedy(
    lambda_stub: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    lambda_stub.add_client_error("get_function_configuration", "ResourceNotFoundException")
    with lambda_stub:
        assert main(["--stage", "stagin"]) == 1

    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert "The stage stagin could not be read: ResourceNotFoundException" in error
    assert "Name the deployment with --stage" in error


def test_release_without_a_store_of_credentials_is_one_line(
    lambda_stub: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {name: value for name, value in REQUIRED.items() if name != "CREDENTIAL_STORE"}
    configuration: dict[str, Any] = {"Environment": {"Variables": variables}}
    lambda_stub.add_response("get_function_configuration", configuration)
    with lambda_stub:
        assert main(["--stage", "staging"]) == 1

    assert capsys.readouterr().err.count("\n") == 1


def test_stores_use_the_region_and_the_identity_of_the_options(
    lambda_stub: Stubber, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[profile other]\naws_access_key_id=other\n", "utf-8")
    with (tmp_path / "config").open("a") as config:
        config.write("aws_secret_access_key=made-up\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    session = get_session()
    monkeypatch.setattr(deployed_stage, "aws_session", lambda: session)
    monkeypatch.setattr(CredentialMigration, "run", lambda _migration: Counter())
    answer(lambda_stub)
    with lambda_stub:
        assert main(["--stage", "staging", "--region", "eu-west-1", "--profile", "other"]) == 0

    client = session.create_client("dynamodb")
    assert client.meta.region_name == "eu-west-1"
    credentials = session.get_credentials()
    assert credentials is not None
    assert credentials.access_key == "other"
