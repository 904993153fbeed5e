"""Every part of the benchmark runs: its real code with tiny counts, and without limits."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench import __main__ as program
from tests.bench.__main__ import PARTS
from tests.bench.calls import FLOOR, FLOOR_CREATORS, OURS, OURS_CREATORS
from tests.bench.limiter import INTERACTIVE, SYNC
from tests.bench.processes import ROOT
from tests.bench.sizes import smoke_sizes

SECONDS = 120.0
EXPECTED = {
    "calls": (FLOOR, FLOOR_CREATORS, OURS, OURS_CREATORS, *smoke_sizes().peers),
    "limiter": (INTERACTIVE, SYNC),
    "refresh": ("40 of 40", "32 of 32", "20 of 20"),
    "worker": ("20 of 20",),
    "imports": ("2 accounts × 20 products, 20 workers", "beside 1 slow ones"),
    "scale": ("write units", "ShelvesTable"),
    "cold": ("Cold start", "authorizer"),
}
"""Texts in the table of each part. For `refresh`: all products of our sites are stored."""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.bench", *arguments]


@dataclass(frozen=True)
class Run:
    """A part of the benchmark in its own process."""

    process: subprocess.Popen[bytes]
    output: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    """Start all parts together, because they wait most of the time."""
    folder = tmp_path_factory.mktemp("bench")
    with ExitStack() as stack:
        started = {}
        for part in PARTS:
            file = stack.enter_context((folder / part).open("wb"))
            process = subprocess.Popen(
                command(part, "--smoke"), cwd=ROOT, stdout=file, stderr=subprocess.STDOUT
            )
            stack.enter_context(process)
            stack.callback(process.terminate)
            started[part] = Run(process, folder / part)
        yield started


@pytest.mark.parametrize("part", PARTS)
def test_a_part_runs(runs: dict[str, Run], part: str) -> None:
    status = runs[part].process.wait(SECONDS)

    output = runs[part].output.read_text()
    assert status == 0, output
    assert [text for text in EXPECTED[part] if text not in output] == [], output


def test_an_unknown_part_is_refused() -> None:
    done = subprocess.run(command("nothing"), cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "unknown part: nothing" in done.stderr
    assert all(part in done.stderr for part in PARTS)


def test_no_part_means_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11 used to reject the empty list."""
    measured = []

    def measure(parts: Sequence[str], *_: object) -> list[str]:
        measured.append(tuple(parts))
        return []

    monkeypatch.setattr(sys, "argv", ["bench"])
    monkeypatch.setattr(program, "measure", measure)

    assert program.main() == 0
    assert measured == [PARTS]
