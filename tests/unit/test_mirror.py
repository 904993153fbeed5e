"""The unit tests mirror the package: each module has a test file, and each test file a module.

The tests of `storage/jobs.py` are in `tests/unit/storage/test_jobs.py`. More files may add an
aspect to the name, such as `test_jobs_expiry.py`.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from tests.mutation.mutant import LAYER, ROOT

PACKAGE = ROOT / LAYER
FOLDERS = sorted(init.parent.name for init in PACKAGE.glob("*/__init__.py"))
EXEMPT = {
    "domain/ports.py": "declares Protocols and the values that they exchange, without logic",
    "storage/host_records.py": "declares attributes only, like storage/records.py",
    "storage/audit_records.py": "declares attributes only; the tests of the audit log use them",
    "storage/list_records.py": "declares attributes only, as `storage/records.py`",
    "storage/service_records.py": "declares attributes only, as `storage/records.py`",
    "storage/secret_records.py": "declares attributes only, as `storage/records.py`",
    "storage/job_records.py": "declares attributes only, as `storage/records.py`",
    "storage/records.py": "declares attributes only; the tests of each store write and read them",
}
"""Modules without logic of their own, each with its reason."""


def files_in(root: Path, pattern: str) -> list[str]:
    """Return the files of the mirrored folders, relative to `root`."""
    found = (file for folder in FOLDERS for file in (root / folder).rglob(pattern))
    return sorted(str(file.relative_to(root)) for file in found if file.name != "__init__.py")


def is_test_of(test: str, module: str) -> bool:
    """Return True if a test file is named after a module, with or without an aspect."""
    exact = expected_test_of(module)
    return test == exact or test.startswith(exact.removesuffix(".py") + "_")


def expected_test_of(module: str) -> str:
    """Return the test file that a module must have."""
    folder, _, name = module.rpartition("/")
    return f"{folder}/test_{name}"


def find_gaps(
    modules: Collection[str], tests: Collection[str], exempt: Collection[str]
) -> Iterator[str]:
    """Yield a sentence for each file that breaks the mirror."""
    for module in modules:
        has_test = expected_test_of(module) in tests
        if module in exempt and has_test:
            yield f"{module} is exempt, but has a test file"
        if module not in exempt and not has_test:
            yield f"{module} has no test file {expected_test_of(module)}"
    for test in tests:
        if not any(is_test_of(test, module) for module in modules):
            yield f"{test} is named after no module"
    for module in exempt:
        if module not in modules:
            yield f"{module} is exempt, but does not exist"


def test_unit_tests_mirror_the_package() -> None:
    modules = files_in(PACKAGE, "*.py")
    tests = files_in(ROOT / "tests" / "unit", "test_*.py")

    assert len(FOLDERS) >= 8
    assert list(find_gaps(modules, tests, EXEMPT)) == []


@pytest.mark.parametrize(
    ("modules", "tests", "exempt", "gap"),
    [
        (["a/jobs.py"], [], [], "a/jobs.py has no test file a/test_jobs.py"),
        (["a/jobs.py"], ["a/test_jobs_expiry.py"], [], "a/jobs.py has no test file a/test_jobs.py"),
        ([], ["a/test_jobs.py"], [], "a/test_jobs.py is named after no module"),
        (["b/jobs.py"], ["b/test_jobs.py", "a/test_jobs.py"], [],
         "a/test_jobs.py is named after no module"),
        (["a/job.py"], ["a/test_job.py", "a/test_jobs.py"], [],
         "a/test_jobs.py is named after no module"),
        (["a/jobs.py"], ["a/test_jobs.py"], ["a/jobs.py"],
         "a/jobs.py is exempt, but has a test file"),
        ([], [], ["a/jobs.py"], "a/jobs.py is exempt, but does not exist"),
    ],
)  # fmt: skip
def test_gap_is_found(modules: list[str], tests: list[str], exempt: list[str], gap: str) -> None:
    assert list(find_gaps(modules, tests, exempt)) == [gap]


def test_module_may_have_several_test_files_or_be_exempt() -> None:
    modules = ["a/jobs.py", "a/sub/records.py"]

    gaps = find_gaps(modules, ["a/test_jobs.py", "a/test_jobs_expiry.py"], ["a/sub/records.py"])

    assert list(gaps) == []
