"""`make bench`: costs of our Amazon layer, rate limiter and sync, next to clients from PyPI.

`python -m tests.bench calls` runs only the first part, and so on; `limiter --runs 3` runs all of
the limiter's cases three times. `--smoke` runs the same code with tiny counts, in seconds: it
checks no limit, and leaves out peers that are not installed.

Calls. A canned Amazon on loopback (keep-alive, TCP_NODELAY, without TLS for every client) returns
the same ten products to each client. Each client is a separate process, warmed up with 100 calls,
and first shows that it read the same titles and prices as the others. Then they take turns, 50
calls at a time, 300 per round, seven rounds. The measurement is the process time of the client,
user and system; a ratio is the median of the seven rounds' ratios, so that both sides come from
the same time.

The floor is the minimum that a product needs: http.client, a manual signature version 4 (or a
bearer token), and msgspec for the needed fields. `floor` is that for PA-API 5.0, and the limits
refer to it; the floor of the Creators API signs nothing, is lower, and is shown next to it. Peers
come from PyPI, locked by hash, each in a separate environment. They are unchanged except for the
target of their connections; their own throttle is off, and they request the same resources.

Imports: fresh interpreters in turns, of all modules that one Creators call of ours has loaded at
its end, and of `import requests`; the whole process is measured, and the same without the bare
interpreter. Evenness: 99th against 50th percentile of the wall time of 1,000 calls, the median of
three such runs, with the default settings of the garbage collector.

Limiter: 1 to 16 processes share an account with 1 request per second, for 60 s. The server counts
arrivals and responds with 429 to every call that arrives less than a second after the previous
accepted call; a call arrives immediately or up to 30 ms later. Our processes get their reservations
from the emulated AWS, as the functions do; python-amazon-paapi uses its own throttle. See
`tests/bench/limiter.py`.

Refresh: a site of 1,000 products at ten calls per second and 300 ms latency, through the planner
and the worker, next to clients that make one call after another. See `tests/bench/refresh.py`.

Imports: jobs of 50 accounts with 20 workers in virtual time, also beside accounts that are slow,
next to workers that wait in their slot. See `tests/bench/import_jobs.py`.

Worker: the refresh worker on the fraction of a core that its memory buys, with ten accounts in a
batch: how many of its reservations it misses. See `tests/bench/worker.py`.

A case of the limiter, the refresh or the worker that misses its limit runs twice more, and the
median decides: one process that the machine delays for some milliseconds is enough for a 429.

Scale: a virtual day of 1 and of 100 sites on the service's own code, with the units that the store
charges. `python -m tests.bench.scale 10000` takes some minutes more.

Cold: the CPU time of INIT of every function, from the built layer with bytecode, next to
`boto3.client("dynamodb")` alone, and the same without bytecode. See `tests/bench/cold.py`.
"""

import argparse
import signal
import sys
from collections.abc import Sequence

from infra.environments import PEERS
from tests.bench import call_costs, cold, import_jobs, limiter, refresh, scale, worker
from tests.bench.sizes import FULL, Sizes, smoke_sizes

PARTS = ("calls", "limiter", "refresh", "worker", "imports", "scale", "cold")


def main() -> int:
    """Measure the named parts and print their tables; return 1 if a limit is missed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parse_arguments(sys.argv[1:])
    sizes = smoke_sizes() if options.smoke else FULL
    missed = measure(options.parts or PARTS, sizes, options.runs)
    if options.smoke:
        left_out = [peer for peer in PEERS if peer not in sizes.peers]
        print(
            f"\nSmoke test: no limit was checked. Peers not installed: {', '.join(left_out) or '-'}"
        )
        return 0
    print(f"\n{len(missed)} limits missed: {', '.join(missed)}" if missed else "\nAll limits held.")
    return 1 if missed else 0


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parts and options; exit with a usage message if one is unknown."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    # Python 3.11 checks the default of optional arguments against `choices`, and rejects it.
    parser.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)}; default all")
    parser.add_argument("--runs", type=int, help="run every case of the limiter this many times")
    parser.add_argument("--smoke", action="store_true", help="run with tiny counts, without limits")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown part: {', '.join(sorted(unknown))} (parts: {', '.join(PARTS)})")
    return options


def measure(parts: Sequence[str], sizes: Sizes, runs: int | None) -> list[str]:
    """Run the parts and return what missed its limit."""
    missed = list[str]()
    if "calls" in parts:
        missed += call_costs.report(sizes)
    if "limiter" in parts:
        full = limiter.all_waves(runs) if runs else limiter.usual_waves()
        waves = full if sizes is FULL else limiter.smoke_waves(sizes)
        missed += limiter.report(waves, sizes.runs_in_doubt)
    if "refresh" in parts:
        missed += refresh.report(sizes)
    if "worker" in parts:
        missed += worker.report(sizes)
    if "imports" in parts:
        missed += import_jobs.report(sizes)
    if "scale" in parts:
        missed += scale.report(sizes.sites, sizes.hours)
    if "cold" in parts:
        missed += cold.report(sizes)
    return missed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
