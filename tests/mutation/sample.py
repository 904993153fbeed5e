"""A seeded sample of small mutations: `python -m tests.mutation.sample --seed 7 --count 300`.

Each mutant is one change of `operators` in one file of the layer or the functions. It is applied
to a copy of the project, where the tests that reach the changed line run until one fails. The
result is a table of the packages and the mutants that no test noticed.
"""

import argparse
import difflib
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import pytest

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.forks import NOT_REPLACED, NOTICED, ForkedMutant, run_in_forks
from tests.mutation.mutant import LAYER, ROOT
from tests.mutation.operators import Change, find_changes
from tests.mutation.reached_tests import ReachedTests, measure, source_files
from tests.mutation.same_code import is_same_code
from tests.mutation.working_copy import copy_project, run_tests, write_file

MIN_PERCENT = 95
MIN_PACKAGE_PERCENT = 92
MIN_PACKAGE_MUTANTS = 13
"""Of fewer mutants, a single unnoticed one is more than 8 percent."""
MAX_SECONDS_PER_TEST = 60
MAX_SECONDS_PER_MUTANT = 600


@dataclass(frozen=True)
class SampledMutant:
    """A change of a file with a source."""

    file: str
    source: str
    change: Change

    @property
    def package(self) -> str:
        """Return the package of the layer, its top level (`amzlinkr`), or `functions`."""
        folders = Path(self.file.removeprefix(f"{LAYER}/")).parts[:-1]
        return folders[0] if folders else "amzlinkr"

    @property
    def place(self) -> str:
        """Return the file and the line."""
        return f"{self.file}:{self.change.line}"

    def lines(self) -> tuple[str, str, str]:
        """Return the line before the change, and the changed lines before and after it.

        Spaces are single.
        """
        source, change = self.source.encode(), self.change
        begin = source.rfind(b"\n", 0, change.start) + 1
        end = (source.find(b"\n", change.end) + 1) or len(source)
        before = source[:begin].rstrip().rpartition(b"\n")[2]
        old = source[begin:end]
        new = source[begin : change.start] + change.new.encode() + source[change.end : end]
        after, old_text, new_text = (" ".join(text.decode().split()) for text in (before, old, new))
        return after, old_text, new_text

    def mutated(self) -> str:
        """Return the changed text of the file."""
        return self.change.apply_to(self.source)

    def diff(self) -> str:
        """Return the change as a unified diff."""
        before, after = self.source.splitlines(), self.mutated().splitlines()
        lines = difflib.unified_diff(before, after, n=1, lineterm="")
        return "\n".join([self.place, *list(lines)[3:]])


@dataclass(frozen=True)
class Result:
    """The outcome of the tests on a mutant, and how many of the tests that reach it ran."""

    mutant: SampledMutant
    noticed: bool
    ran: int
    reaching: int


def draw(seed: int, count: int, under: Sequence[str] = ()) -> list[SampledMutant]:
    """Return mutants that are not known as equivalent.

    If texts are given, the path of each file contains one of them.
    """
    equivalent = {(entry.file, entry.after, entry.old, entry.new) for entry in EQUIVALENT}
    mutants = [
        mutant
        for file in source_files()
        if not under or any(part in file for part in under)
        for mutant in mutants_of(file)
        if (file, *mutant.lines()) not in equivalent
    ]
    return random.Random(seed).sample(mutants, min(count, len(mutants)))  # noqa: S311 # a sample


def mutants_of(file: str) -> list[SampledMutant]:
    """Return all mutants of a file that the compiler distinguishes from it."""
    source = (ROOT / file).read_text()
    return [
        SampledMutant(file, source, change)
        for change in find_changes(source)
        if not is_same_code(source, change)
    ]


def run_mutant(mutant: SampledMutant, tests: Sequence[str], tree: Path) -> bool:
    """Run tests on a mutant in a copy, which is restored; return True if one fails or hangs."""
    write_file(tree / mutant.file, mutant.mutated())
    try:
        return not passes(tests, tree)
    finally:
        write_file(tree / mutant.file, mutant.source)


def passes(tests: Sequence[str], tree: Path) -> bool:
    """Return True if these tests pass in a copy."""
    listed = tree / "only_tests.txt"
    listed.write_text("\n".join(tests))
    options = [
        "-p", "tests.mutation.only_tests", f"--only-tests={listed}",
        "-o", f"faulthandler_timeout={MAX_SECONDS_PER_TEST}",
        "-o", "faulthandler_exit_on_timeout=true",
    ]  # fmt: skip
    files = sorted({test.partition("::")[0] for test in tests})
    try:
        run = run_tests(tree, *options, *files, timeout_seconds=MAX_SECONDS_PER_MUTANT)
    except subprocess.TimeoutExpired:
        return False
    return run.returncode in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


def run_all(
    mutants: Sequence[SampledMutant], reached: ReachedTests, workers: int
) -> Iterator[Result]:
    """Yield the results of mutants as they arrive."""

    def run(mutant: SampledMutant) -> Result:
        tests = reached.select(mutant.file, mutant.change)
        tree = trees.get()
        try:
            noticed = bool(tests) and run_mutant(mutant, tests, tree)
        finally:
            trees.put(tree)
        return Result(mutant, noticed, len(tests), reached.count(mutant.file, mutant.change))

    with copies(workers) as trees, ThreadPoolExecutor(workers) as executor:
        check_copy(reached.select(mutants[0].file, mutants[0].change), trees)
        futures = [executor.submit(run, mutant) for mutant in mutants]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            executor.shutdown(cancel_futures=True)


def run_fast(
    mutants: Sequence[SampledMutant], reached: ReachedTests, workers: int
) -> Iterator[Result]:
    """Yield the same results sooner: those of functions from forks of one process (`forks`)."""
    functions = [mutant for mutant in mutants if mutant.change.names is None]
    others = [mutant for mutant in mutants if mutant.change.names is not None]
    tests = [reached.select(mutant.file, mutant.change) for mutant in functions]
    plan = [
        ForkedMutant(mutant.file, mutant.source, mutant.mutated(), names)
        for mutant, names in zip(functions, tests, strict=True)
    ]
    with copies(1) as trees:
        for place, verdict in run_in_forks(plan, trees.get(), workers) if plan else ():
            mutant = functions[place]
            if verdict == NOT_REPLACED:
                others.append(mutant)
                continue
            reaching = reached.count(mutant.file, mutant.change)
            yield Result(mutant, verdict == NOTICED, len(tests[place]), reaching)
    if others:
        yield from run_all(others, reached, workers)


def check_copy(tests: Sequence[str], trees: SimpleQueue[Path]) -> None:
    """Stop if tests fail in a copy without a mutant: every mutant would seem to be noticed."""
    tree = trees.get()
    if not passes(tests, tree):
        raise SystemExit(f"these tests fail in a copy without a mutant: {tests}")
    trees.put(tree)


@contextmanager
def copies(number: int) -> Iterator[SimpleQueue[Path]]:
    """Provide copies of the project, and delete them."""
    with TemporaryDirectory() as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for place in range(number):
            # No hard links: in the time of a sample, the originals may be edited in place.
            trees.put(copy_project(Path(folder) / str(place), copy_function=shutil.copy2))
        yield trees


def report(results: Sequence[Result]) -> int:
    """Print the unnoticed mutants and a table of the packages; return 1 if they are too many."""
    for result in results:
        if not result.noticed:
            print(f"\nunnoticed by {result.ran} of {result.reaching} tests that reach it:")
            print(result.mutant.diff())
    drawn = Counter(result.mutant.package for result in results)
    noticed = Counter(result.mutant.package for result in results if result.noticed)
    print(f"\n{'package':12} {'mutants':>7} {'noticed':>7} {'percent':>7}")
    failed = False
    for package in [*sorted(drawn), "all"]:
        total = drawn[package] if package in drawn else len(results)
        found = noticed[package] if package in drawn else noticed.total()
        required = MIN_PACKAGE_PERCENT if package in drawn else MIN_PERCENT
        is_low = 100 * found < required * total and (
            package not in drawn or total >= MIN_PACKAGE_MUTANTS
        )
        failed = failed or is_low
        note = f"  less than {required}" if is_low else ""
        print(f"{package:12} {total:7} {found:7} {100 * found / total:7.1f}{note}")
    return int(failed)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options; exit with a usage message if one is unknown."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.sample")
    parser.add_argument("under", nargs="*", help="only files whose path contains one of these")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60, help="number of mutants (default 60)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--fast", action="store_true",
                        help="run mutants of functions in forks of one process")  # fmt: skip
    parser.add_argument("--kept", type=Path, default=ROOT / ".local" / "reached-lines.json",
                        help="file that keeps which tests reach each line")  # fmt: skip
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Draw a sample, run it and print the result; return 1 if too many mutants are unnoticed."""
    asked = parse_arguments(arguments)
    mutants = draw(asked.seed, asked.count, asked.under)
    if not mutants:
        raise SystemExit(f"no mutants in files with {' or '.join(asked.under)} in their path")
    reached = measure(asked.kept, asked.workers)
    began, results = time.monotonic(), []
    run = run_fast if asked.fast else run_all
    for result in run(mutants, reached, asked.workers):
        results.append(result)
        mark = "noticed  " if result.noticed else "UNNOTICED"
        done = f"{len(results)} of {len(mutants)}, {int(time.monotonic() - began)} s"
        print(f"{done}: {mark} {result.mutant.place}: {result.mutant.lines()[2]}", flush=True)
    return report(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
