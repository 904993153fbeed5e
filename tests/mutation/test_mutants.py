"""What the README calls seen is seen: each flaw is planted in a copy, where its test then fails."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutation.mutant import ROOT, Mutant
from tests.mutation.table import FLAWS
from tests.mutation.working_copy import copied, outcome_of, plant, undefined

OF = pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """A copy of the project, for as long as the test takes."""
    yield copied(tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy")


@OF
def test_a_flaw_can_still_be_planted(flaw: Mutant) -> None:
    file, *names = flaw.seen_by.split("::")

    assert flaw.planted() != (ROOT / flaw.file).read_text()
    for name in names:
        assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_no_flaw_is_there_twice() -> None:
    assert len({flaw.name for flaw in FLAWS}) == len(FLAWS)
    assert len({(flaw.file, flaw.old, flaw.new) for flaw in FLAWS}) == len(FLAWS)


@pytest.mark.slow
@OF
def test_a_planted_flaw_is_seen(flaw: Mutant, tree: Path) -> None:
    plant(flaw, tree)

    run = outcome_of(tree, flaw.seen_by)

    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout[-2000:] + run.stderr[-2000:]
    if flaw.file.endswith(".py"):
        assert undefined(tree, flaw.file) == ""


@pytest.mark.slow
def test_without_a_flaw_nothing_is_seen(tree: Path) -> None:
    run = outcome_of(tree, *sorted({flaw.seen_by for flaw in FLAWS}))

    assert run.returncode == pytest.ExitCode.OK, run.stdout[-2000:] + run.stderr[-2000:]


@pytest.mark.slow
def test_a_copy_that_is_not_the_one_tested_is_noticed(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "layers").rename(tree / "elsewhere")
    (tree / "layers").mkdir()
    monkeypatch.setenv("PYTHONPATH", os.devnull)

    run = outcome_of(tree, "tests/unit/test_secret_canaries.py")

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
