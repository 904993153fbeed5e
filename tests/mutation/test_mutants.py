"""Mutation tests: each mutant is applied to a copy of the project, where its test must fail."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutation.mutant import LAYER, ROOT, Mutant
from tests.mutation.table import MUTANTS
from tests.mutation.working_copy import apply_mutant, copy_project, find_undefined_names, run_tests

for_each_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """Provide a copy of the project, and delete it after the test."""
    yield copy_project(tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy")


@for_each_mutant
def test_mutant_can_be_applied(mutant: Mutant) -> None:
    file, *names = mutant.detected_by.split("::")

    assert mutant.read_mutated() != (ROOT / mutant.file).read_text()
    if mutant.file.endswith(".py"):
        ast.parse(mutant.read_mutated())
    for name in names:
        assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_mutants_are_distinct() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.slow
@for_each_mutant
def test_mutant_is_detected(mutant: Mutant, tree: Path) -> None:
    apply_mutant(mutant, tree)

    run = run_tests(tree, mutant.detected_by)

    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout[-2000:] + run.stderr[-2000:]
    # Any test would fail because of an undefined name: that proves nothing about this one.
    if mutant.file.endswith(".py"):
        assert find_undefined_names(tree, mutant.file) == ""


@pytest.mark.slow
def test_unchanged_copy_passes(tree: Path) -> None:
    run = run_tests(tree, *sorted({mutant.detected_by for mutant in MUTANTS}))

    assert run.returncode == pytest.ExitCode.OK, run.stdout[-2000:] + run.stderr[-2000:]


@pytest.mark.slow
def test_copy_that_imports_other_files_is_rejected(tree: Path) -> None:
    shutil.rmtree(tree / LAYER)
    (tree / LAYER).symlink_to(ROOT / LAYER)

    run = run_tests(tree, "tests/unit/test_secret_canaries.py")

    assert run.returncode == pytest.ExitCode.USAGE_ERROR, run.stdout[-2000:] + run.stderr[-2000:]
    assert "imported from outside this copy" in run.stderr
