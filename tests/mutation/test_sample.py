"""The sampler: its choice of mutants and tests, its verdict, and two mutants from end to end."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.mutation import reached_tests, sample
from tests.mutation.equivalent import EQUIVALENT, Equivalent
from tests.mutation.mutant import LAYER, ROOT
from tests.mutation.operators import Change
from tests.mutation.reached_tests import ReachedTests
from tests.mutation.sample import (
    Result,
    SampledMutant,
    check_copy,
    draw,
    mutants_of,
    report,
    run_all,
    run_fast,
)

FEED = f"{LAYER}/domain/feed.py"
FEED_TESTS = "tests/unit/domain/test_feed.py"


def feed_mutant(line: str) -> SampledMutant:
    """Return the mutant of the feed with this changed line."""
    (found,) = [mutant for mutant in mutants_of(FEED) if mutant.lines()[2] == line]
    return found


def test_draw_depends_on_the_seed_only() -> None:
    assert draw(1, 5, ["domain/feed"]) == draw(1, 5, ["domain/feed"])
    assert draw(1, 5, ["domain/feed"]) != draw(2, 5, ["domain/feed"])
    assert {mutant.file for mutant in draw(1, 5, ["domain/feed"])} == {FEED}


def test_known_equivalents_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = draw(1, 10_000, ["domain/feed"])
    known = everything[0]
    entry = Equivalent(known.file, *known.lines(), "for this test")
    monkeypatch.setattr(sample, "EQUIVALENT", (entry,))

    assert known not in draw(1, 10_000, ["domain/feed"])
    assert len(draw(1, 10_000, ["domain/feed"])) == len(everything) - 1


@pytest.mark.parametrize("entry", EQUIVALENT)
def test_known_equivalent_is_one_mutant(entry: Equivalent) -> None:
    found = [
        mutant
        for mutant in mutants_of(entry.file)
        if mutant.lines() == (entry.after, entry.old, entry.new)
    ]

    assert len(found) == 1
    assert entry.reason


class TestSelection:
    mutant = feed_mutant("if now - self.since >= MAX_CURSOR_AGE:")

    def select(self, change: Change, **tests: tuple[float, Sequence[int]]) -> list[str]:
        reached = ReachedTests(
            {
                name: {"seconds": seconds, "files": {FEED: lines}}
                for name, (seconds, lines) in tests.items()
            }
        )
        return reached.select(FEED, change)

    def test_only_tests_that_reach_the_line(self) -> None:
        line = self.mutant.change.line

        assert self.select(self.mutant.change, a=(1, [line]), b=(1, [line + 1])) == ["a"]

    def test_own_tests_first_and_then_each_file_in_turn_until_the_limit(self) -> None:
        tests = {
            "tests/a.py::long": 3.0,
            "tests/a.py::short": 1.0,
            "tests/b.py::first": 2.0,
            "tests/c.py::too_long": 115.0,
            f"{FEED_TESTS}::own": 4.0,
            "tests/unit/domain/test_feed_ages.py::own": 2.0,
        }
        line = self.mutant.change.line

        assert self.select(self.mutant.change, **{t: (s, [line]) for t, s in tests.items()}) == [
            "tests/unit/domain/test_feed_ages.py::own",
            f"{FEED_TESTS}::own",
            "tests/a.py::short",
            "tests/b.py::first",
        ]

    def test_statement_that_begins_before_the_line(self) -> None:
        change = replace(self.mutant.change, line=1000, statement_line=999)

        assert self.select(change, a=(1, [999]), b=(1, [1])) == ["a"]
        assert self.select(change, b=(1, [1])) == ["b"]  # the function may have run at import

    def test_code_that_runs_at_import(self) -> None:
        using = self.mutant.change.line  # this line uses MAX_CURSOR_AGE
        change = replace(self.mutant.change, line=1, names=("MAX_CURSOR_AGE",))

        own = f"{FEED_TESTS}::own"
        tests = {"a": (1.0, [using]), "b": (1.0, [using + 1]), own: (1.0, [])}
        assert self.select(change, **tests) == [own, "a"]
        assert self.select(replace(change, names=("unused",)), b=(1, [5])) == ["b"]

    def test_statement_at_import_that_defines_nothing(self) -> None:
        change, own = replace(self.mutant.change, line=1, names=()), f"{FEED_TESTS}::own"

        assert self.select(change, **{"a": (1.0, [5]), own: (1.0, [])}) == [own, "a"]


def results(noticed: int, unnoticed: int, mutant: SampledMutant) -> list[Result]:
    return [
        *[Result(mutant, noticed=True, ran=1, reaching=1)] * noticed,
        *[Result(mutant, noticed=False, ran=1, reaching=1)] * unnoticed,
    ]


@pytest.mark.parametrize(
    ("domain", "storage", "status"),
    [
        ((95, 5), (0, 0), 0),
        ((94, 6), (0, 0), 1),
        ((200, 0), (92, 8), 0),
        ((200, 0), (91, 9), 1),
        ((200, 0), (11, 1), 0),  # one of few
    ],
)
def test_verdict(domain: tuple[int, int], storage: tuple[int, int], status: int) -> None:
    one = feed_mutant("if now - self.since >= MAX_CURSOR_AGE:")
    other = replace(one, file=f"{LAYER}/storage/jobs.py")

    assert report([*results(*domain, one), *results(*storage, other)]) == status


def test_packages() -> None:
    mutant = feed_mutant("if now - self.since >= MAX_CURSOR_AGE:")
    files = (
        FEED,
        f"{LAYER}/amazon/creators/auth.py",
        f"{LAYER}/wiring.py",
        "functions/site/app.py",
    )

    packages = [replace(mutant, file=file).package for file in files]

    assert packages == ["domain", "amazon", "amzlinkr", "functions"]


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring needs Python 3.12")
@pytest.mark.parametrize("run", [run_all, run_fast])
def test_three_mutants_from_end_to_end(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run: Callable[[Sequence[SampledMutant], ReachedTests, int], Iterator[Result]],
) -> None:
    """Run a mutant that is noticed, one that no test can notice, and one at import."""
    monkeypatch.setattr(reached_tests, "find_test_files", lambda: [FEED_TESTS])
    before = (ROOT / FEED).read_bytes()
    noticed = feed_mutant("after = min((entry.seq for entry in shown), default=self.after)")
    change = noticed.change
    old = before[change.start : change.end].decode()
    same = replace(noticed, change=replace(change, new=f"({old})"))
    at_import = feed_mutant("MAX_CURSOR_AGE = TOMBSTONE_RETENTION + timedelta(days=1)")

    reached = reached_tests.measure(tmp_path / "kept.json", workers=1)
    found = list(run([noticed, same, at_import], reached, 1))

    assert Counter((result.mutant, result.noticed) for result in found) == Counter(
        [(noticed, True), (same, False), (at_import, True)]
    )
    assert report(found) == 1
    assert f"+        after = ({old})" in capsys.readouterr().out
    assert (ROOT / FEED).read_bytes() == before


def test_copy_in_which_tests_fail_without_a_mutant_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    trees: SimpleQueue[Path] = SimpleQueue()
    trees.put(tmp_path)

    with pytest.raises(SystemExit, match="fail in a copy without a mutant"):
        check_copy([f"{FEED_TESTS}::test_some"], trees)
