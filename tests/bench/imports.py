"""Import costs of a cold start: ours for a Creators call, next to `import requests`."""

import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.bench.processes import OUR_ENVIRONMENT, ROOT, canned_amazon

BARE, REQUESTS, OURS = "bare", "requests", "ours"


@dataclass(frozen=True, slots=True)
class Start:
    """Median seconds from start to end of an interpreter that only imports."""

    cpu: float
    wall: float


def measure_imports(rounds: int) -> dict[str, Start]:
    """Measure a bare interpreter, `import requests`, and the modules of our Creators call."""
    programs = {
        BARE: "pass",
        REQUESTS: "import requests",
        OURS: f"import {', '.join(_modules_of_a_call())}",
    }
    starts: dict[str, list[Start]] = {name: [] for name in programs}
    for program in programs.values():
        _run(program)
    for _ in range(rounds):
        for name, program in programs.items():
            starts[name].append(_run(program))
    return {
        name: Start(
            statistics.median(start.cpu for start in each),
            statistics.median(start.wall for start in each),
        )
        for name, each in starts.items()
    }


def _modules_of_a_call() -> list[str]:
    with canned_amazon("lean") as port:
        return subprocess.run(
            [sys.executable, "-m", "tests.bench.clients.our_modules", str(port)],
            cwd=ROOT,
            env=OUR_ENVIRONMENT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()


def _run(program: str) -> Start:
    before, began = _cpu_of_children(), time.perf_counter()
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=OUR_ENVIRONMENT, check=True)
    return Start(_cpu_of_children() - before, time.perf_counter() - began)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
