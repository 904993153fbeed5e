"""Environments of samconfig.toml: own stacks and stages, and values that the template allows."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack.transform import Template
from tests.built_layer import minimal_environment
from tests.infra.conftest import REGION, ROOT

CONFIG = ROOT / "infra" / "samconfig.toml"
PROFILES = ("owner", "agency", "public")
ENVIRONMENTS = (*PROFILES, "staging", "prod")
# The SAM CLI's own reader and its own parser of the option.
READ_PARAMETERS = """
import json, sys
from samcli.cli.types import CfnParameterOverridesType
from samcli.lib.config.samconfig import SamConfig
folder, name, *environments = sys.argv[1:]
config, parser = SamConfig(folder, name), CfnParameterOverridesType()
print(json.dumps({
    one: parser.convert(
        config.get_all(["deploy"], "parameters", one)["parameter_overrides"], None, None
    )
    for one in environments
}))
"""


@pytest.fixture(scope="module")
def environments() -> dict[str, Any]:
    config = tomllib.loads(CONFIG.read_text("utf-8"))
    return {name: config[name]["deploy"]["parameters"] for name in ENVIRONMENTS}


@pytest.fixture(scope="module")
def parameters(sam: Path) -> dict[str, dict[str, str]]:
    """Return the template parameters of each environment, as the SAM CLI reads them."""
    folder, name = str(CONFIG.parent), CONFIG.name
    command = [str(sam.with_name("python")), "-c", READ_PARAMETERS, folder, name]
    done = subprocess.run([*command, *ENVIRONMENTS], capture_output=True, text=True, check=True)
    read: dict[str, dict[str, str]] = json.loads(done.stdout)
    return read


def refusal(value: str, parameter: dict[str, Any]) -> str | None:
    """Return why CloudFormation would refuse a parameter's value, or None."""
    if value not in map(str, parameter.get("AllowedValues", [value])):
        return "no allowed value"
    if parameter["Type"] == "Number":
        least, most = parameter.get("MinValue", 0), parameter.get("MaxValue", float("inf"))
        return None if value.isdecimal() and least <= int(value) <= most else "not in the range"
    if not re.fullmatch(parameter.get("AllowedPattern", ".*"), value):
        return "not of the pattern"
    return None


def test_every_environment_has_a_stack_and_a_stage_of_its_own(
    environments: dict[str, Any], parameters: dict[str, dict[str, str]]
) -> None:
    for name, options in environments.items():
        assert options["stack_name"] == options["s3_prefix"] == f"amzlinkr-{name}"
        assert parameters[name]["Stage"] == name
        assert options["tags"] == ["project=amzlinkr", f"stage={name}"]


def test_no_other_section_deploys() -> None:
    config = tomllib.loads(CONFIG.read_text("utf-8"))

    # Only `sam deploy` is called with this file.
    assert set(config) == {"version", *ENVIRONMENTS}
    assert all(set(config[name]) == {"deploy"} for name in ENVIRONMENTS)


def test_every_parameter_exists_and_has_an_allowed_value(
    parameters: dict[str, dict[str, str]], source: Template
) -> None:
    for name, values in parameters.items():
        assert set(values) <= set(source["Parameters"]), name
        refused = {key: refusal(value, source["Parameters"][key]) for key, value in values.items()}
        assert {key: why for key, why in refused.items() if why} == {}, name


def test_prod_has_the_parameters_of_the_public_service(
    parameters: dict[str, dict[str, str]],
) -> None:
    assert parameters["prod"] | {"Stage": "public"} == parameters["public"]


def test_profiles_for_more_concurrency_warn_at_80_percent_of_the_requested_quota(
    parameters: dict[str, dict[str, str]], source: Template
) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (quota,) = re.findall(r"--quota-code L-B99A9384 --desired-value (\d+)", guide)
    default = source["Parameters"]["RefreshConcurrency"]["Default"]

    large = {name for name, one in parameters.items() if int(one["RefreshConcurrency"]) > default}
    warning = {name: one.get("ConcurrencyWarning") for name, one in parameters.items()}

    assert large == {"agency", "public", "prod"}
    assert {name for name, value in warning.items() if value} == large
    assert {warning[name] for name in large} == {str(int(quota) * 8 // 10)}


def test_deployment_by_the_documented_options_needs_nothing_but_an_account(
    sam: Path, tmp_path: Path
) -> None:
    kept = {name: value for name, value in minimal_environment().items() if "AWS_" not in name}
    without_account = kept | {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)}

    options = ["--config-file", str(CONFIG), "--config-env", "owner", "--region", REGION]
    done = subprocess.run(
        [str(sam), "deploy", *options, "--template", str(ROOT / "template.yaml")],
        env=without_account,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Unable to locate credentials" in done.stdout + done.stderr
