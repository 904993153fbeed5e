"""Mutation tests of the plugin: each mutant is applied to a copy, where its test must fail."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutation.mutant import ROOT, Mutant
from tests.mutation.plugin import MUTANTS, PLUGIN
from tests.mutation.working_copy import apply_mutant, copy_project, run_tests, write_file

INSTALLATION = ".wordpress"
for_each_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Provide a copy of the project for all mutants, and delete it after the last one."""
    folder = copy_project(tmp_path_factory.mktemp("plugin") / "copy")
    (folder / INSTALLATION).symlink_to(ROOT / INSTALLATION)
    yield folder
    shutil.rmtree(folder)


@for_each_mutant
def test_plugin_mutant_can_be_applied(mutant: Mutant) -> None:
    file, *names = mutant.detected_by.split("::")

    assert mutant.file.startswith(PLUGIN)
    assert mutant.read_mutated() != (ROOT / mutant.file).read_text()
    for name in names:
        assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_plugin_mutants_are_distinct() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.wordpress
@for_each_mutant
def test_plugin_mutant_is_detected(mutant: Mutant, tree: Path) -> None:
    apply_mutant(mutant, tree)
    # Any test would fail because of invalid PHP: that proves nothing about this one.
    subprocess.run(["php", "-l", tree / mutant.file], check=True, capture_output=True)

    run = run_tests(tree, "-m", "wordpress", mutant.detected_by)

    write_file(tree / mutant.file, (ROOT / mutant.file).read_text())
    report = run.stdout[-3000:] + run.stderr[-2000:]
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, report
    assert "\nFAILED " in run.stdout, report
    assert "PHP Fatal error" not in run.stdout, report


@pytest.mark.wordpress
def test_unchanged_copy_of_the_plugin_passes(tree: Path) -> None:
    tests = sorted({mutant.detected_by for mutant in MUTANTS})

    run = run_tests(tree, "-m", "wordpress", *tests)

    assert run.returncode == pytest.ExitCode.OK, run.stdout[-2000:] + run.stderr[-2000:]
