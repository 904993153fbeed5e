"""docs/owner.md: its costs are those of the code, and its commands run without an account."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from amzlinkr.wiring import Dependencies
from infra import owner_costs
from infra.local.stack.transform import Template, load
from tests.calls import (
    authorize,
    plan_sync,
    run_admin_command,
    run_imports,
    run_purge,
    run_sync,
)
from tests.clock import FakeClock
from tests.docs.commands import commands_of
from tests.infra.conftest import ROOT
from tests.simulation.capacity import Ledger
from tests.simulation.memory_aws import MemoryAws
from tests.site_client import Site

PAGE = (ROOT / "docs" / "owner.md").read_text("utf-8")
ASINS = [f"B0PAGE{number:04d}" for number in range(owner_costs.PRODUCTS)]
LIMITER_WRITES = 2
"""Writes per call to Amazon, which a sandbox does not make: the reservation and its outcome."""


@pytest.fixture
def memory(clock: FakeClock) -> Iterator[tuple[Dependencies, Ledger]]:
    """Yield dependencies on the in-memory AWS, and its record of capacity units."""
    aws = MemoryAws(clock.now)
    with aws.beneath() as config:
        yield Dependencies(config, clock), aws.dynamodb.ledger


def site_with_products(deps: Dependencies) -> Site:
    """Return a sandbox with the products of the page."""
    sandbox = Site.sign_up(deps).open_sandbox()
    assert sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20").status == 200
    assert sandbox.post("/v1/import", {"items": ASINS}).status == 202
    run_imports(deps)
    return sandbox


def test_page_shows_the_computed_costs() -> None:
    table = "\n".join(owner_costs.owner_table(owner_costs.read_owner_costs()))

    assert table in PAGE, "Replace the table by the output of: python -m infra.owner_costs"


def test_one_site_costs_at_most_two_dollars() -> None:
    costs = owner_costs.read_owner_costs()

    assert 0 < sum(cost.billed for cost in costs) <= owner_costs.MAX_DOLLARS
    assert sum(cost.at_list_price for cost in costs) > owner_costs.MAX_DOLLARS


def test_the_profile_has_no_fixed_costs_beside_the_table(source: Template) -> None:
    config = tomllib.loads((ROOT / "infra" / "samconfig.toml").read_text("utf-8"))
    parameters = config["owner"]["deploy"]["parameters"]["parameter_overrides"]
    settings = source["Resources"]["Api"]["Properties"]["MethodSettings"]

    # WAF has a price per month, and each metric of a method is billed like a custom one.
    assert {"Firewall=off", "Canary=false", "Alarms=essential"} <= set(parameters)
    assert {setting["MetricsEnabled"] for setting in settings} == {False}


def test_essential_alarms_are_within_the_free_ones() -> None:
    observability = load(ROOT / "infra" / "observability.yaml")["Resources"].values()
    alarms = [one for one in observability if one["Type"] == "AWS::CloudWatch::Alarm"]
    essential = [one for one in alarms if one.get("Condition") == "HasEssentialAlarms"]

    assert 0 < len(essential) <= owner_costs.ESSENTIAL_ALARMS


def test_capacity_units_are_at_most_those_of_the_table(
    memory: tuple[Dependencies, Ledger], clock: FakeClock
) -> None:
    deps, ledger = memory
    sandbox = site_with_products(deps)
    _, cursor = sandbox.changes()
    ledger.is_enabled = True

    def units(calls: int = 0) -> tuple[float, float]:
        used = sum(ledger.writes().values()) + calls * LIMITER_WRITES, ledger.reads()
        ledger.entries.clear()
        return used

    clock.advance(minutes=61)
    shelves = run_sync(deps)
    writes, reads = units(calls=shelves)
    assert shelves == owner_costs.SHELVES
    assert writes <= owner_costs.REFRESH_WRITES
    assert reads <= owner_costs.REFRESH_READS
    assert plan_sync(deps) == 0
    assert units()[1] <= owner_costs.RUN_READS
    run_purge(deps)
    assert units()[1] <= owner_costs.PURGE_READS
    authorize(deps, {"Authorization": f"Bearer {sandbox.api_key}"})
    sandbox.changes(cursor)
    writes, reads = units()
    assert writes <= owner_costs.CALL_WRITES
    assert reads <= owner_costs.CALL_READS


def test_metrics_of_an_hour_are_at_most_those_of_the_table(
    memory: tuple[Dependencies, Ledger], clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    deps, _ = memory
    site_with_products(deps)
    clock.advance(minutes=61)
    capsys.readouterr()

    run_sync(deps)
    clock.advance(minutes=5)
    plan_sync(deps)
    run_purge(deps)

    written = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    found = {
        (metric["Name"], *group)
        for line in written
        for directive in json.loads(line)["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
        for group in directive["Dimensions"]
    }
    assert 0 < len(found) <= owner_costs.METRICS, found


def test_arithmetic_of_a_line() -> None:
    line = owner_costs.OwnerCost("calls", 3_000, 0.5 / 1_000, per=1_000, free=2_000)

    assert (line.at_list_price, line.billed) == (1.5, 0.5)
    assert owner_costs.OwnerCost("calls", 10, 1, free=20).billed == 0


def test_lines_of_the_page_set_parameters_beside_those_of_the_profile(tmp_path: Path) -> None:
    def parameters() -> list[str]:
        config = tomllib.loads(file.read_text("utf-8"))
        return sorted(config["owner"]["deploy"]["parameters"]["parameter_overrides"])

    file = tmp_path / "infra" / "samconfig.toml"
    file.parent.mkdir()
    shutil.copy(ROOT / "infra" / "samconfig.toml", file)
    before = parameters()
    lines = re.findall(r"^sed .+$", PAGE, re.MULTILINE)
    assert len(lines) == 2
    for line in [*lines, *lines]:
        command = shlex.split(line.replace("<your address>", "you@example.com"))
        subprocess.run(command, cwd=tmp_path, check=True)

    assert parameters() == sorted([*before, "AlarmEmail=you@example.com", "DeletionProtection=on"])
    other_profiles = (ROOT / "infra" / "samconfig.toml").read_text("utf-8").partition("[agency")[2]
    assert file.read_text("utf-8").endswith(other_profiles)
    first, second = (PAGE.index(name) for name in ("AlarmEmail=", "DeletionProtection="))
    assert first < PAGE.index("--config-env owner") < second


def test_the_page_shows_the_response_to_its_invite(memory: tuple[Dependencies, Ledger]) -> None:
    (payload,) = re.findall(r"--payload '(.+)' /dev/stdout", PAGE)
    (shown,) = re.findall(r'`(\{"status": "invited", .+?), …\}`', PAGE)

    done = run_admin_command(memory[0], **json.loads(payload))

    members = json.loads(f"{shown}}}")
    assert list(done)[: len(members)] == list(members)
    assert done | {"invite": "…"} == done | members


def test_an_update_installs_the_same_software_again() -> None:
    first, again = re.findall(r"^ *(sudo dnf install .+)$", PAGE, re.MULTILINE)

    assert first == again
    assert PAGE.index(again, PAGE.index(first) + 1) > PAGE.index("**Update**")


def test_the_page_has_three_commands_and_the_last_makes_the_plugin(tmp_path: Path) -> None:
    # The first is tested by test_build.py and test_samconfig.py, up to the account.
    deploy, invite, plugin = [
        command for command in commands_of(PAGE) if not re.match(r"python[0-9.]* -m ", command)
    ]
    assert "--config-env owner" in deploy
    assert '"order": "invite"' in invite
    for name in ("Makefile", "infra/__init__.py", "infra/plugin_archive.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "clients/wordpress/amzlinkr", tmp_path / "clients/wordpress/amzlinkr")
    url = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/api/v1"
    command = plugin.replace("<service URL>", url).replace("PYTHON=python3.13", "")

    done = subprocess.run(
        [*command.split(), f"PYTHON={sys.executable}"],
        cwd=tmp_path,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"\.local/amzlinkr\.zip: \d+ files, service URL {url}\n", done.stdout)
    assert ".local/amzlinkr.zip" in PAGE
