"""The audit: each kind of finding is reported, notes fail nothing, and the SBOM is complete."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from infra import audit
from infra.audit import LAYER_LOCK, Finding
from infra.baseline_reasons import REASONS
from infra.environments import AUDIT, Environment
from tests.infra.conftest import ROOT

FIRST, SECOND = ("sha256:" + char * 64 for char in "ab")
PLANTED = "AKIA" + "QYLPMN5HHHFPZAM2"
"""A key that only looks like one, in two parts so that the audit of this file passes."""
needs_tools = pytest.mark.skipif(
    not Environment(AUDIT).is_ready(), reason="`make test` installs the environment `audit`"
)


def answer(out: str = "", error: str = "", status: int = 0) -> audit.Run:
    """Return a tool that always gives this answer."""

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(list(command), status, out, error)

    return run


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "dev.txt"
    file.write_text(f"one==1.0 \\\n    --hash={FIRST} \\\n    --hash={SECOND}\n")
    return file


def texts(findings: object) -> list[tuple[str, bool]]:
    assert isinstance(findings, list)
    return [(found.text, found.is_note) for found in findings]


def test_unchanged_index_has_no_findings(lock: Path) -> None:
    assert list(audit.find_index_changes(lock, answer(lock.read_text()))) == []


def test_withdrawn_release_and_missing_file_are_found(lock: Path) -> None:
    run = answer(f"one==1.0 --hash={FIRST}", "warning: `one==1.0` is yanked (reason: broken)\n")

    assert texts(list(audit.find_index_changes(lock, run))) == [
        ("dev.txt: `one==1.0` is yanked (reason: broken)", False),
        (f"dev.txt: the index offers no file with the hash {SECOND}", False),
    ]


def test_unreachable_index_fails_the_audit(lock: Path) -> None:
    (found,) = audit.find_index_changes(lock, answer("", "no route", 2))

    assert not found.is_note
    assert "no route" in found.text


def test_known_vulnerability_is_found(lock: Path) -> None:
    vulnerable = {"name": "one", "version": "1.0", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
    run = answer(json.dumps({"dependencies": [vulnerable]}), status=1)

    assert texts(list(audit.find_vulnerabilities(lock, run))) == [
        ("dev.txt: one 1.0 has X-1, fixed in 2", False)
    ]


@pytest.mark.parametrize(
    "run",
    [
        answer("", "Traceback\nConnectionError: no service\n", 1),
        answer(json.dumps({"dependencies": [{"name": "one", "skip_reason": "not found"}]})),
    ],
)
def test_silent_vulnerability_service_is_a_note(lock: Path, run: audit.Run) -> None:
    (found,) = audit.find_vulnerabilities(lock, run)

    assert found.is_note
    assert "not checked" in found.text


def test_status_is_that_of_the_findings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for findings, status in (
        ([], 0),
        ([Finding("a", is_note=True)], 0),
        ([Finding("a", is_note=True), Finding("b")], 1),
    ):
        monkeypatch.setattr(audit, "audit", lambda found=findings: found)
        assert audit.main() == status
    assert "Note: a\nb\n" in capsys.readouterr().out


def test_every_lock_file_is_audited() -> None:
    names = {str(path.relative_to(ROOT)) for path in audit.lock_files()}
    tracked = subprocess.run(
        ["git", "ls-files", "*.txt"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    with_hashes = {name for name in tracked if "--hash=sha256" in (ROOT / name).read_text("utf-8")}
    assert names == with_hashes


def test_every_entry_of_the_baseline_has_a_reason() -> None:
    results = json.loads(audit.BASELINE.read_text("utf-8"))["results"]

    assert results
    for name in results:
        assert sum(name.startswith(prefix) for prefix in REASONS) == 1, name
    assert all(len(reason) > 10 for reason in REASONS.values())


@needs_tools
def test_planted_secret_is_found_and_a_listed_one_is_not(tmp_path: Path) -> None:
    planted = tmp_path / "settings.py"
    planted.write_text(f'ACCESS_KEY = "{PLANTED}"\n')

    (found,) = audit.find_secrets([str(planted)], audit.run_tool)
    listed = list(json.loads(audit.BASELINE.read_text("utf-8"))["results"])[:3]

    assert found == Finding(f"{planted}:1: AWS Access Key")
    assert list(audit.find_secrets(listed, audit.run_tool)) == []


@needs_tools
def test_listed_match_may_move_to_another_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = json.loads(audit.BASELINE.read_text("utf-8"))
    name = next(iter(baseline["results"]))
    for listed in baseline["results"][name]:
        listed["line_number"] += 1
    moved = tmp_path / "baseline.json"
    moved.write_text(json.dumps(baseline))
    monkeypatch.setattr(audit, "BASELINE", moved)
    before = moved.read_text()

    assert list(audit.find_secrets([name], audit.run_tool)) == []
    assert moved.read_text() == before


def test_baseline_has_no_path_of_a_machine() -> None:
    baseline = json.loads(audit.BASELINE.read_text("utf-8"))

    assert [one for one in baseline["filters_used"] if "/" in one.get("filename", "")] == []


def test_most_files_are_scanned() -> None:
    files = audit.scanned_files()

    assert {"template.yaml", "README.md", "functions/site/app.py"} <= set(files)
    assert len(files) > 600


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@needs_tools
def test_sbom_names_every_locked_package_with_version_and_hashes(tmp_path: Path) -> None:
    output = tmp_path / "sbom.json"
    command = re.search(r"cyclonedx-py (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert command is not None
    arguments = command[1].replace("$(SBOM)", str(output)).replace("$(LAYER_LOCK)", str(LAYER_LOCK))

    done = audit.run_tool(["cyclonedx-py", *arguments.split()])

    assert done.returncode == 0, done.stderr
    sbom: dict[str, Any] = json.loads(output.read_text())
    listed = {
        (normalized(part["name"]), part["version"]): {
            one["content"] for source in part["externalReferences"] for one in source["hashes"]
        }
        for part in sbom["components"]
    }
    blocks = re.findall(r"^([\w.-]+)==(\S+)(.*?)(?=^\w|\Z)", LAYER_LOCK.read_text(), re.M | re.S)
    locked = {
        (normalized(name), version): set(re.findall(r"sha256:([0-9a-f]{64})", hashes))
        for name, version, hashes in blocks
    }
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    assert len(locked) > 15
    assert listed == locked
