"""Every exception from checkov's advice has a reason, is still needed, and hides nothing else."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack.transform import Template
from tests.infra.conftest import ROOT
from tests.infra.hardening.mutants import MUTANTS
from tests.infra.hardening.storage import accounts_can_be_restored

CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
CONFIG = ROOT / "infra" / "checkov.yaml"


def excepted_everywhere() -> dict[str, str]:
    """Checks that are left out for the whole template, each with the comment above it."""
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


def excepted_at(template: Template) -> dict[tuple[str, str], str]:
    """The reasons given at single resources, by the resource and the check."""
    return {
        (logical_id, skip["id"]): skip.get("comment", "")
        for logical_id, resource in template["Resources"].items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }


def findings(template: Template, at: Path, *options: str) -> set[tuple[str, str]]:
    """The resources that checkov finds fault with, and the checks that do."""
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
    return {(one["resource"].split(".")[-1], one["check_id"]) for one in failed}


def without_reasons(template: Template) -> Template:
    """The template as if nothing were excepted at a resource."""
    bare = {
        logical_id: {key: value for key, value in resource.items() if key != "Metadata"}
        for logical_id, resource in template["Resources"].items()
    }
    return template | {"Resources": bare}


def test_every_exception_has_a_reason(template: Template) -> None:
    everywhere, at = excepted_everywhere(), excepted_at(template)

    assert everywhere
    assert at
    for check, reason in [*everywhere.items(), *((key[1], text) for key, text in at.items())]:
        assert re.fullmatch(r"CKV2?_AWS_\d+", check)
        assert len(reason.split()) >= 8, check


def test_an_exception_at_a_resource_is_not_made_everywhere_too(template: Template) -> None:
    assert not {check for _, check in excepted_at(template)} & set(excepted_everywhere())


@pytest.mark.prove
def test_every_exception_is_still_needed(template: Template, tmp_path: Path) -> None:
    found = findings(without_reasons(template), tmp_path / "template.json")

    at = set(excepted_at(template))
    everywhere = set(excepted_everywhere())
    assert at <= found
    assert {check for _, check in found - at} == everywhere


@pytest.mark.prove
def test_a_flaw_is_found_in_spite_of_the_exceptions(template: Template, tmp_path: Path) -> None:
    (flaw, *_) = [flaw for flaw in MUTANTS if flaw.rule is accounts_can_be_restored]
    config = ("--config-file", str(CONFIG))

    found = findings(flaw.applied_to(template), tmp_path / "flawed.json", *config)

    assert findings(template, tmp_path / "template.json", *config) == set()
    assert found == {("SitesTable", "CKV_AWS_28")}
