"""Audit of dependencies and of the repository: `make audit`.

Three checks: the package index still offers every locked file and has withdrawn no release; no
locked release has a known vulnerability, if a vulnerability service answers; no file contains a
secret that `.secrets.baseline` does not list. The first and the last need nothing but the package
index, which installing needs too.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.environments import AUDIT, NAMES, Environment

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / ".secrets.baseline"
LAYER_LOCK = ROOT / "layers/amzlinkr/requirements.txt"
LINES_UPDATED = 3
"""Exit status of detect-secrets: no new secret, but the baseline had outdated line numbers."""
UNSCANNED = re.compile(
    r"(^|/)requirements(/[^/]+)?\.txt$|^tests/(bench/peers|traces/recorded)/|(^|/)package-lock\.json$"
    r"|\.(svg|png|mo)$|(^|/)openapi\.json$|^\.secrets\.baseline$"
)
"""Lock files, which consist of hashes, pictures, and generated files."""
_PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
SERVICE_TIMEOUT_SECONDS = "10"

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]
"""A function that runs a tool of the environment `audit`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A result of a check. A note does not fail the audit."""

    text: str
    is_note: bool = False


def run_tool(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run a tool of the environment `audit` in the folder of the project."""
    tool = Environment(AUDIT).folder / "bin" / command[0]
    return subprocess.run(
        [tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )


def lock_files() -> list[Path]:
    """Return all lock files of Python packages."""
    return [LAYER_LOCK, *(Environment(name).lock_file for name in NAMES)]


def find_index_changes(lock: Path, run: Run) -> Iterator[Finding]:
    """Yield locked releases that were withdrawn, and locked files that the index does not offer."""
    # Without dependencies nothing is resolved: uv prints the pins with the hashes of the index.
    command = ["uv", "pip", "compile", "--no-deps", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", str(lock)]
    done = run(command)
    if done.returncode:
        yield Finding(f"{lock.name}: the package index did not answer.\n{done.stderr.strip()}")
        return
    for line in done.stderr.splitlines():
        if "is yanked" in line:
            yield Finding(f"{lock.name}: {line.removeprefix('warning: ')}")
    missing = set(_HASH.findall(lock.read_text("utf-8"))) - set(_HASH.findall(done.stdout))
    for value in sorted(missing):
        yield Finding(f"{lock.name}: the index offers no file with the hash {value}")


def find_vulnerabilities(lock: Path, run: Run) -> Iterator[Finding]:
    """Yield known vulnerabilities, and a note if the service did not answer for some packages."""
    command = ["pip-audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    command += ["--timeout", SERVICE_TIMEOUT_SECONDS, "--format", "json", "-r", str(lock)]
    done = run(command)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        yield Finding(f"{lock.name}: vulnerabilities were not checked: {reason}", is_note=True)
        return
    for package in packages:
        for found in package.get("vulns", ()):
            fixed = ", ".join(found["fix_versions"]) or "no release"
            name = f"{package['name']} {package['version']}"
            yield Finding(f"{lock.name}: {name} has {found['id']}, fixed in {fixed}")
    skipped = sum("skip_reason" in package for package in packages)
    if skipped:
        count = f"{skipped} of {len(packages)} packages"
        text = f"{lock.name}: vulnerabilities of {count} were not checked: no service answered"
        yield Finding(text, is_note=True)


def scanned_files() -> list[str]:
    """Return the files of the repository that are searched for secrets."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - git is on the PATH of a developer and of CI
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in listed.stdout.split("\0") if name and not UNSCANNED.search(name)]


def find_secrets(files: Sequence[str], run: Run) -> Iterator[Finding]:
    """Yield secrets that the baseline does not list."""
    with TemporaryDirectory() as folder:
        # A copy: the tool writes moved lines, the time, and the path of the file into it.
        baseline = shutil.copy(BASELINE, folder)
        done = run(["detect-secrets-hook", "--baseline", str(baseline), "--json", *files])
    if done.returncode in {0, LINES_UPDATED}:
        return
    try:
        results = json.loads(done.stdout)["results"]
    except ValueError:
        yield Finding(f"the search for secrets failed: {done.stderr.strip()}")
        return
    for name, found in results.items():
        for secret in found:
            yield Finding(f"{name}:{secret['line_number']}: {secret['type']}")


def audit(run: Run = run_tool) -> list[Finding]:
    """Return the findings of all checks."""
    findings = [found for lock in lock_files() for found in find_index_changes(lock, run)]
    # The peers of the benchmark and the linters do not run on AWS.
    for lock in (LAYER_LOCK, Environment("dev").lock_file):
        findings += find_vulnerabilities(lock, run)
    return findings + list(find_secrets(scanned_files(), run))


def update_baseline(run: Run = run_tool) -> None:
    """Replace the baseline by the matches of today, for review in the diff."""
    done = run(["detect-secrets", "scan", *scanned_files()])
    if done.returncode:
        raise OSError(done.stderr)
    baseline = json.loads(done.stdout)
    del baseline["generated_at"]
    BASELINE.write_text(json.dumps(baseline, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description="Audit dependencies and the repository.")
    parser.add_argument("--update-baseline", action="store_true", help="list the present matches")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] = ()) -> int:
    """Print the findings and return the exit status: 1 if one of them is not a note."""
    if parse_arguments(arguments).update_baseline:
        update_baseline()
        return 0
    findings = audit()
    for found in findings:
        print(("Note: " if found.is_note else "") + found.text)
    failures = sum(not found.is_note for found in findings)
    locked = sum(len(_PIN.findall(lock.read_text("utf-8"))) for lock in lock_files())
    print(f"{locked} locked packages, {len(scanned_files())} files: {failures} findings")
    if failures:
        print("See docs/testing.md#audit")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
