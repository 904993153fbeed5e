"""Use of one account by several processes: calls used, calls wasted, and reads and writes per call.

Every process makes one call after another as soon as its limiter allows it, and all start at the
same moment. The limited server counts during the 60 s after the first arrival. Accounts are
independent and idle most of the time, so that a wave of them runs concurrently. The lateness of
timers is measured too: on a machine without idle time the results would be about the machine.
"""

import json
import secrets
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from infra.environments import Environment
from tests.bench.calls import PYTHON_AMAZON_PAAPI
from tests.bench.processes import OURS, Line, running
from tests.bench.report import columns
from tests.bench.sizes import Sizes
from tests.bench.store import emulated_store

TAIL, LEAD = 4.5, 0.5
"""A run continues after its measured seconds, so that no process ends within them, and begins when
all its processes are ready."""
PROCESSES = (1, 2, 4, 8, 16)
JITTERS = (0, 30)
INTERACTIVE, SYNC, PEER = "ours, people", "ours, sync", PYTHON_AMAZON_PAAPI
LEAST_USED, MOST_REFUSED, MOST_WRITES = 0.96, 1, 1.4
HEAD = (
    "",
    "processes",
    "arrival",
    "runs",
    "used",
    "429",
    "wasted",
    "writes a call",
    "of them lost",
    "reads a call",
    "",
)


def new_account() -> str:
    """Return the credential id of an account that has made no calls."""
    return f"amzn1.application-oa2-client.{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True)
class Case:
    """A number of processes of one kind that share an account."""

    kind: str
    processes: int
    jitter_ms: int
    seconds: int = 60
    account: str = field(default_factory=new_account, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Calls during the measured seconds, and reads and writes of all calls of the account."""

    used: int
    refused: int
    calls: int
    writes: int = 0
    lost: int = 0
    reads: int = 0


Outcomes = dict[Case, list[Outcome]]


def usual_waves() -> list[list[Case]]:
    """Return all our cases once, the extremes three times, and some cases of the peer."""
    extremes = cases(INTERACTIVE, (min(PROCESSES), max(PROCESSES)), JITTERS)
    return [*our_waves(), extremes, extremes, cases(PEER, (1, 4, 16), JITTERS)]


def all_waves(runs: int) -> list[list[Case]]:
    """Return all cases, each `runs` times."""
    return [*our_waves(), *(cases(PEER, PROCESSES, (jitter,)) for jitter in JITTERS)] * runs


def smoke_waves(sizes: Sizes) -> list[list[Case]]:
    """Return one short wave with a case of every kind."""
    kinds = (INTERACTIVE, SYNC, *([PEER] if PEER in sizes.peers else []))
    return [[Case(kind, 1, 0, sizes.limiter_seconds) for kind in kinds]]


def our_waves() -> list[list[Case]]:
    """Return all our cases, one wave per jitter."""
    return [
        cases(INTERACTIVE, PROCESSES, (jitter,)) + cases(SYNC, (1, 2), (jitter,))
        for jitter in JITTERS
    ]


def cases(kind: str, processes: Iterable[int], jitters: Iterable[int]) -> list[Case]:
    """Return one case for each number of processes and each jitter."""
    numbers = tuple(processes)
    return [Case(kind, number, jitter) for jitter in jitters for number in numbers]


def report(waves: Sequence[Sequence[Case]], runs_in_doubt: int) -> list[str]:
    """Run the waves, print the table, and return what missed its limits."""
    outcomes: Outcomes = {}
    late: list[float] = []
    with emulated_store() as settings, running(OURS, "limited_server") as server:
        port = server.read()

        def measure(wave: Sequence[Case]) -> None:
            fresh = [replace(case, account=new_account()) for case in wave]
            for case, outcome in run(fresh, server, port, settings, late).items():
                outcomes.setdefault(case, []).append(outcome)

        for wave in waves:
            measure(wave)
        # One call that the machine delays costs a single run 4 of 60 slots.
        missed = [case for case in _missed(outcomes) if len(outcomes[case]) < runs_in_doubt]
        for _ in range(runs_in_doubt - 1 if missed else 0):
            measure(missed)
    rows = [_cells(case, outcomes[case]) for case in sorted(outcomes, key=_order)]
    print("\nThe limiter: calls of one account with 1 request a second\n")
    print(columns(HEAD, rows, left=(0, len(HEAD) - 1)))
    print(
        f"\n  Limits: at least {LEAST_USED:.0%} used, at most {MOST_REFUSED} with a 429, at most "
        f"{MOST_WRITES} writes a call; the median of the runs.\n"
        f"  Timers fired late by {statistics.median(late) * 1e3:.1f} ms in the middle, "
        f"{statistics.quantiles(late, n=1000)[-10] * 1e3:.0f} ms at the 99th percentile."
    )
    return [_name(case) for case in _missed(outcomes)]


def _missed(outcomes: Outcomes) -> list[Case]:
    return [case for case, runs in outcomes.items() if _verdict(case, runs) == "FAIL"]


def run(
    wave: Sequence[Case], server: Line, port: int, settings: Mapping[str, str], late: list[float]
) -> dict[Case, Outcome]:
    """Start all processes of a wave together, and count their calls."""
    with ExitStack() as stack:
        started: dict[Case, list[Line]] = {}
        for case in wave:
            _open(server, case)
            started[case] = [_started(stack, case, port, settings) for _ in range(case.processes)]
        lines = [line for each in started.values() for line in each]
        for line in lines:
            line.read()
        begin = time.monotonic() + LEAD
        end = begin + max(case.seconds for case in wave) + TAIL
        for line in lines:
            line.tell(json.dumps((begin, end)))
        late += _watch_timers(end)
        return {case: _outcome(server, case, started[case]) for case in wave}


def _open(server: Line, case: Case) -> None:
    server.ask(json.dumps({"account": case.account, "limits": {"jitter_ms": case.jitter_ms}}))


def _started(stack: ExitStack, case: Case, port: int, settings: Mapping[str, str]) -> Line:
    if case.kind == PEER:
        python = Environment(PEER).python
        return stack.enter_context(running(python, "clients.peer_reservations", port, case.account))
    priority = "sync" if case.kind == SYNC else "interactive"
    program = running(
        OURS, "clients.our_reservations", port, case.account, priority, settings=settings
    )
    return stack.enter_context(program)


def _watch_timers(until: float) -> list[float]:
    """Return the lateness of short sleeps of this process, in seconds."""
    late = []
    while (before := time.monotonic()) < until:
        time.sleep(0.01)
        late.append(time.monotonic() - before - 0.01)
    return late


def _outcome(server: Line, case: Case, lines: Sequence[Line]) -> Outcome:
    costs = [{} if case.kind == PEER else line.read() for line in lines]
    seen = server.ask(json.dumps({"account": case.account, "seconds": case.seconds}))
    spent = {kind: sum(cost.get(kind, 0) for cost in costs) for kind in ("writes", "lost", "reads")}
    return Outcome(**seen, **spent)


def _verdict(case: Case, runs: Sequence[Outcome]) -> str:
    if case.kind == PEER:
        return ""
    used = statistics.median(one.used for one in runs) / case.seconds
    refused = statistics.median(one.refused for one in runs)
    writes = statistics.median(one.writes / one.calls for one in runs)
    held = used >= LEAST_USED and refused <= MOST_REFUSED and writes <= MOST_WRITES
    return "pass" if held else "FAIL"


def _cells(case: Case, runs: Sequence[Outcome]) -> tuple[str, ...]:
    def median(values: Iterable[float]) -> float:
        return statistics.median(values)

    costs = [
        f"{median(each):.2f}"
        for each in (
            [one.writes / one.calls for one in runs],
            [one.lost / one.calls for one in runs],
            [one.reads / one.calls for one in runs],
        )
    ]
    used, refused = (median(one.used for one in runs), median(one.refused for one in runs))
    wasted = median(one.refused / (one.used + one.refused) for one in runs)
    return (
        case.kind,
        str(case.processes),
        f"0–{case.jitter_ms} ms" if case.jitter_ms else "even",
        str(len(runs)),
        f"{used:g} of {case.seconds} = {used / case.seconds:.1%}",
        f"{refused:g}",
        f"{wasted:.1%}",
        *(["–"] * 3 if case.kind == PEER else costs),
        _verdict(case, runs),
    )


def _order(case: Case) -> tuple[int, int, int]:
    return (INTERACTIVE, SYNC, PEER).index(case.kind), case.jitter_ms, case.processes


def _name(case: Case) -> str:
    return f"{case.kind}, {case.processes} processes, jitter {case.jitter_ms} ms"
