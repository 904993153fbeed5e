"""`make bench`: what our Amazon layer, limiter and sync cost, next to their peers.

`python -m tests.bench calls` runs only the first part, and so on; `limiter --runs 3` runs all of
the limiter's cases three times. `--smoke` runs the same code with tiny counts, in seconds: it
checks no limit, and leaves out peers that are not installed.

Calls. A canned Amazon on loopback (keep-alive, TCP_NODELAY, no TLS for anybody) gives every
client the same ten products. Each client is a process of its own, warmed up with 100 calls, and
first shows that it read the same titles and prices as the others. Then they take turns, 50 calls
at a time, 300 a round, seven rounds. What counts is the process time of the client alone, user
and system; a ratio is the median of the seven rounds' ratios, so both its sides come from the
same moments.

The floor is what a product needs and nothing else: http.client, a signature version 4 by hand (or
a bearer token), and msgspec reading the needed fields. `floor` is that for PA-API 5.0, and the
limits are about it; the one for the Creators API signs nothing, is lower, and is shown beside it.
Peers come from PyPI, locked by hash, each in an environment of its own, unaltered but for the
place their connections lead to; a throttle of their own is off and they ask for the resources we
ask for.

Imports: fresh interpreters in turns, of all modules that one Creators call of ours has loaded by
its end, and of `import requests`; the whole process counts, and next to it what is left without
the bare interpreter. Evenness: 99th against 50th percentile of the wall time of 1,000 calls, the
median of three such runs, with the garbage collector as Python sets it.

Limiter: 1 to 16 processes share an account with 1 request a second, for 60 s. The server counts
arrivals and answers 429 to every call that comes less than a second after the one accepted before;
what is sent arrives at once or up to 30 ms later. Ours take their turns from the embedded AWS, as
the functions do; python-amazon-paapi waits by itself. How is said in `tests/bench/limiter.py`.

Refresh: a site of 1,000 products at ten calls a second and 300 ms latency, through the planner and
the worker, next to clients that call one after another. See `tests/bench/refresh.py`.

Scale: a virtual day of 1 and of 100 sites on the service's own code, with what the store charges
for it. `python -m tests.bench.scale 10000` takes some minutes more.
"""

import argparse
import signal
import sys
from collections.abc import Sequence

from infra.environments import PEERS
from tests.bench import call_costs, limiter, refresh, scale
from tests.bench.sizes import FULL, Sizes, smoke_sizes

PARTS = ("calls", "limiter", "refresh", "scale")


def main() -> int:
    """Measure the named parts and print their tables; return 1 if a limit is missed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    # Python 3.11 checks the default of optional arguments against `choices`, and rejects it.
    parser.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)}; default all")
    parser.add_argument("--runs", type=int, help="run every case of the limiter this many times")
    parser.add_argument("--smoke", action="store_true", help="run with tiny counts, without limits")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"unknown part: {', '.join(sorted(unknown))} (parts: {', '.join(PARTS)})")
    sizes = smoke_sizes() if asked.smoke else FULL
    missed = measure(asked.parts or PARTS, sizes, asked.runs)
    if asked.smoke:
        left_out = [peer for peer in PEERS if peer not in sizes.peers]
        print(
            f"\nSmoke test: no limit was checked. Peers not installed: {', '.join(left_out) or '-'}"
        )
        return 0
    print(f"\n{len(missed)} limits missed: {', '.join(missed)}" if missed else "\nAll limits held.")
    return 1 if missed else 0


def measure(parts: Sequence[str], sizes: Sizes, runs: int | None) -> list[str]:
    """Run the parts and return what missed its limit."""
    missed = list[str]()
    if "calls" in parts:
        missed += call_costs.report(sizes)
    if "limiter" in parts:
        full = limiter.all_waves(runs) if runs else limiter.usual_waves()
        missed += limiter.report(full if sizes is FULL else limiter.smoke_waves(sizes))
    if "refresh" in parts:
        missed += refresh.report(sizes)
    if "scale" in parts:
        missed += scale.report(sizes.sites, sizes.hours)
    return missed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
