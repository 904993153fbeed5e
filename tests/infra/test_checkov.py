"""Tests of checkov's exceptions: each has a reason, is required, and hides no other finding."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra import environments
from infra.environments import Environment
from infra.local.stack.transform import Template
from tests.infra.conftest import ROOT
from tests.infra.hardening.mutants import MUTANTS
from tests.infra.hardening.storage import tables_can_be_restored

CHECKOV = Environment(environments.CHECKOV).folder / "bin" / "checkov"
CONFIG = ROOT / "infra" / "checkov.yaml"


def global_exceptions() -> dict[str, str]:
    """Return the checks that checkov.yaml skips, with the comments above them."""
    lines = CONFIG.read_text().splitlines()
    exceptions: dict[str, str] = {}
    reason: list[str] = []
    for line in lines[lines.index("skip-check:") + 1 :]:
        if line.strip().startswith("#"):
            reason.append(line.strip(" #"))
        else:
            exceptions[line.strip(" -")] = " ".join(reason)
            reason = []
    return exceptions


def resource_exceptions(template: Template) -> dict[tuple[str, str], str]:
    """Return the reasons of exceptions for single resources, by resource and check."""
    return {
        (logical_id, skip["id"]): skip.get("comment", "")
        for logical_id, resource in template["Resources"].items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }


def findings(template: Template, at: Path, *options: str) -> set[tuple[str, str]]:
    """Run checkov and return pairs of resource and failed check."""
    at.write_text(json.dumps(template, indent=2))
    offline = ("--skip-download", "--framework", "cloudformation", "--output", "json", "--quiet")
    done = subprocess.run(
        [str(CHECKOV), "--file", str(at), *offline, *options],
        cwd=at.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    failed = report.get("results", {}).get("failed_checks", [])
    return {(check["resource"].split(".")[-1], check["check_id"]) for check in failed}


def without_exceptions(template: Template) -> Template:
    """Return the template without exceptions for single resources."""
    bare = {
        logical_id: {key: value for key, value in resource.items() if key != "Metadata"}
        for logical_id, resource in template["Resources"].items()
    }
    return template | {"Resources": bare}


def test_every_exception_has_a_reason(template: Template) -> None:
    everywhere, at = global_exceptions(), resource_exceptions(template)

    assert everywhere
    assert at
    for check, reason in [*everywhere.items(), *((key[1], text) for key, text in at.items())]:
        assert re.fullmatch(r"CKV2?_AWS_\d+", check)
        assert len(reason.split()) >= 8, check


def test_resource_exceptions_are_not_global_too(template: Template) -> None:
    assert not {check for _, check in resource_exceptions(template)} & set(global_exceptions())


@pytest.mark.slow
def test_every_exception_is_required(template: Template, tmp_path: Path) -> None:
    found = findings(without_exceptions(template), tmp_path / "template.json")

    at = set(resource_exceptions(template))
    everywhere = set(global_exceptions())
    assert at <= found
    assert {check for _, check in found - at} == everywhere


@pytest.mark.slow
def test_mutant_is_found_despite_the_exceptions(template: Template, tmp_path: Path) -> None:
    (mutant, *_) = [mutant for mutant in MUTANTS if mutant.rule is tables_can_be_restored]
    config = ("--config-file", str(CONFIG))

    found = findings(mutant.applied_to(template), tmp_path / "mutant.json", *config)

    assert findings(template, tmp_path / "template.json", *config) == set()
    assert found == {("ShelvesTable", "CKV_AWS_28")}
