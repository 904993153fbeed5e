"""Which tests reach a line: measured by running them once, and kept while the code is unchanged."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.mutation.mutant import LAYER, ROOT
from tests.mutation.operators import Change

SUITES = ("tests/unit", "tests/contract", "tests/integration", "tests/traces")
OF_ALL_MODULES = "tests/unit/test_built_in_limits.py"
"""The tests of constants of all modules."""
MAX_SECONDS = 120.0
"""Processor time of the tests of one mutant, as measured without it. Most mutants fail early."""


def source_files() -> list[str]:
    """Return the files of the layer and of the functions."""
    found = (file for folder in (LAYER, "functions") for file in (ROOT / folder).rglob("*.py"))
    return sorted(str(file.relative_to(ROOT)) for file in found)


def find_test_files() -> list[str]:
    """Return the files with the tests that can notice a mutant."""
    found = (file for suite in SUITES for file in (ROOT / suite).rglob("test_*.py"))
    return sorted(str(file.relative_to(ROOT)) for file in found)


class ReachedTests:
    """The tests that reach each line, with their durations."""

    def __init__(self, tests: dict[str, dict[str, Any]]) -> None:
        self._seconds = {name: test["seconds"] for name, test in tests.items()}
        self._by_line: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        self._by_file: defaultdict[str, set[str]] = defaultdict(set)
        for name, test in tests.items():
            for file, lines in test["files"].items():
                self._by_file[file].add(name)
                for line in lines:
                    self._by_line[file, line].add(name)
        self._lines_by_word: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        for file in source_files():
            for number, text in enumerate((ROOT / file).read_text().splitlines(), 1):
                for word in re.findall(r"\w+", text):
                    self._lines_by_word[word].add((file, number))

    def select(self, file: str, change: Change) -> list[str]:
        """Return the tests to run: of the module, then of its folder, then of each file in turn."""
        near = (_mirror_of(file), _mirror_folder_of(file))
        ranked: list[tuple[list[bool], int, float, str]] = []
        in_file: Counter[str] = Counter()
        for name in sorted(self._find(file, change), key=lambda name: (self._seconds[name], name)):
            suite = name.partition("::")[0]
            in_file[suite] += 1
            distance = [not name.startswith(prefix) for prefix in near]
            ranked.append((distance, in_file[suite], self._seconds[name], name))
        return list(self._within_limit([name for *_, name in sorted(ranked)]))

    def count(self, file: str, change: Change) -> int:
        """Return how many tests reach the change."""
        return len(self._find(file, change))

    def _find(self, file: str, change: Change) -> set[str]:
        if change.names is None:
            found = self._by_line[file, change.line] or self._by_line[file, change.statement_line]
        else:
            # This code runs at import. The tests that can notice it are those of the module and its
            # folder, and those that reach lines with its names, or the file if it defines none.
            using = {place for name in change.names for place in self._lines_by_word[name]}
            mirrors = (_mirror_folder_of(file), OF_ALL_MODULES)
            own = {name for name in self._seconds if name.startswith(mirrors)}
            in_file = set() if change.names else self._by_file[file]
            found = own.union(in_file, *(self._by_line[place] for place in using))
        # A handler has no unit tests, and a function may run at import only.
        return found or self._by_file[file]

    def _within_limit(self, names: Sequence[str]) -> Iterator[str]:
        total = 0.0
        for name in names:
            total += self._seconds[name]
            if total > MAX_SECONDS:
                return
            yield name


def measure(kept: Path, workers: int) -> ReachedTests:
    """Return the tests that reach each line, as kept in a file, which is updated.

    Tests run if their file has changed, or all of them if the code has.
    """
    code = _hash(source_files())
    known = json.loads(kept.read_text()) if kept.exists() else {}
    if known.get("code") != code:
        known = {"code": code, "suites": {}}
    suites = {name: _hash([name]) for name in find_test_files()}
    changed = [name for name, text in suites.items() if known["suites"].get(name) != text]
    outdated = {*changed, *(known["suites"].keys() - suites.keys())}
    tests = {
        name: test
        for name, test in known.get("tests", {}).items()
        if name.partition("::")[0] not in outdated
    }
    if changed:
        tests |= _run(changed, workers)
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps({"code": code, "suites": suites, "tests": tests}))
    return ReachedTests(tests)


def _run(files: Sequence[str], workers: int) -> dict[str, dict[str, Any]]:
    print(f"measuring which lines the tests of {len(files)} files reach", flush=True)
    with TemporaryDirectory() as folder:
        plugin = ["-p", "tests.mutation.reach", f"--reach-folder={folder}"]
        processes = [f"--numprocesses={workers}", "--dist=loadfile"] if workers > 1 else []
        run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, *processes]
        status = subprocess.run([*run, *files], cwd=ROOT, check=False).returncode
        if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            raise SystemExit(f"the tests could not run (pytest exit status {status})")
        results = [json.loads(file.read_text()) for file in Path(folder).glob("*.json")]
    return {name: test for result in results for name, test in result.items()}


def _mirror_of(file: str) -> str:
    """Return how the names of the unit tests of a module begin."""
    return f"{_mirror_folder_of(file)}test_{Path(file).stem}"


def _mirror_folder_of(file: str) -> str:
    """Return the folder of the unit tests of a module, with a slash at its end."""
    folder, slash, _ = file.removeprefix(f"{LAYER}/").rpartition("/")
    return f"tests/unit/{folder}{slash}"


def _hash(files: Sequence[str]) -> str:
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.encode() + b"\0" + (ROOT / file).read_bytes())
    return whole.hexdigest()
