"""Options that the operator's commands share: region, identity, and the same failures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.session import get_session

from infra import deployed_stage
from infra.admin.__main__ import main as run_admin
from infra.command_options import open_session, session_options
from infra.migrate_credentials import main as run_migration
from infra.restore import main as run_restore
from infra.rotate_signing_secret import main as run_rotation
from tests.unit.wire import Wire

AWS_VARIABLES = ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID",
                 "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")  # fmt: skip
Command = Callable[[list[str]], int]
COMMANDS: dict[str, Command] = {
    "admin": lambda options: run_admin(["status", *options]),
    "migrate": run_migration,
    "restore": lambda options: run_restore(["products", *options]),
    "rotate": lambda options: run_rotation(["amzlinkr-prod", *options]),
}
ON_EACH = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


@pytest.fixture(autouse=True)
def _empty_aws_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove everything from which boto3 could take a region, credentials, or a profile."""
    for name in AWS_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    session = get_session()
    monkeypatch.setattr(deployed_stage, "aws_session", lambda: session)


@ON_EACH
@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ([], "There is no AWS region. Name it with --region, or set AWS_REGION."),
        (["--region", "us-east-1"], "There are no AWS credentials"),
        (["--region", "no region"], "region"),
        (["--profile", "unknown"], "This AWS profile does not exist"),
    ],
)
def test_each_command_reports_a_missing_region_or_identity_in_one_line(
    capsys: pytest.CaptureFixture[str], command: Command, options: list[str], remedy: str
) -> None:
    assert command(options) == 1

    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.splitlines())) == ("", 1)
    assert shown.err.startswith("python -m infra.")
    assert remedy in shown.err


@ON_EACH
def test_no_command_refers_to_options_that_others_have(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with Wire([]) as wire:
        monkeypatch.setenv("AWS_ENDPOINT_URL", wire.url)

    assert command(["--region", "us-east-1"]) == 1

    error = capsys.readouterr().err
    assert error.endswith("AWS does not answer at this address. Check the network and --region.\n")


@ON_EACH
def test_each_command_reports_wrong_arguments_in_one_line(
    capsys: pytest.CaptureFixture[str], command: Command
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command(["--regoin", "us\neast"])

    assert len(capsys.readouterr().err.splitlines()) == 1


@ON_EACH
def test_each_command_takes_the_region_of_the_aws_cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: Command
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")

    assert command([]) == 1

    assert "There are no AWS credentials" in capsys.readouterr().err


def test_region_is_the_option_then_the_variables_then_the_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[profile mine]\nregion = eu-west-3\n", "utf-8")
    parse = session_options().parse_args

    def region(*options: str) -> str:
        return str(open_session(parse(options)).region_name)

    assert region("--profile", "mine") == "eu-west-3"
    monkeypatch.setenv("AWS_REGION", "")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    assert region() == "eu-west-2"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert region() == region("--profile", "mine") == "eu-west-1"
    assert region("--region", "eu-north-1") == "eu-north-1"
