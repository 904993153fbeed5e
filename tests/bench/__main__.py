"""`make bench`: what our Amazon layer costs, next to the least that is possible and to its peers.

Method. A canned Amazon on loopback (keep-alive, TCP_NODELAY, no TLS for anybody) gives every
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

There are two answers. The full one (60 KB) has everything that the APIs say of a product, which is
what these clients ask for unless told otherwise: the limits against peers are about it. The lean
one (30 KB) has only what our own requests ask for; there is less in it to be slow at, and it is
shown so that nobody has to guess. The limits against the floor hold for both.

Imports: fresh interpreters in turns, of all modules that one Creators call of ours has loaded by
its end, and of `import requests`; the whole process counts, and next to it what is left without
the bare interpreter. Evenness: 99th against 50th percentile of the wall time of 1,000 calls, the
median of three such runs, with the garbage collector as Python sets it.
"""

import signal
import sys

from tests.bench import calls, imports
from tests.bench.calls import FLOOR, FLOOR_CREATORS, OURS, OURS_CREATORS, Costs
from tests.bench.report import Row, table

PEERS = (
    (calls.PAAPI5_SDK, OURS, 4.0),
    (calls.CREATORS_SDK, OURS_CREATORS, 5.0),
    (calls.PYTHON_AMAZON_PAAPI, OURS_CREATORS, 5.0),
)
AGAINST_FLOOR = (
    (OURS, FLOOR, 5.0),
    (OURS_CREATORS, FLOOR, 2.5),
    (OURS_CREATORS, FLOOR_CREATORS, None),
)


def cost_rows(costs: Costs, *, hold_peers: bool) -> list[Row | str]:
    """What a call costs each client, and how they compare."""

    def value(client: str) -> str:
        return f"{costs.median(client) * 1e6:,.0f} µs"

    rows: list[Row | str] = [Row(FLOOR, value(FLOOR))]
    rows.append(
        Row(FLOOR_CREATORS, value(FLOOR_CREATORS), FLOOR, costs.ratio(FLOOR_CREATORS, FLOOR))
    )
    for client, floor, limit in AGAINST_FLOOR:
        rows.append(Row(client, value(client), floor, costs.ratio(client, floor), at_most=limit))
    for peer, ours, limit in PEERS:
        rows.append(Row(peer, value(peer), FLOOR, costs.ratio(peer, FLOOR)))
        wanted = limit if hold_peers else None
        rows.append(Row(peer, value(peer), ours, costs.ratio(peer, ours), at_least=wanted))
    return rows


def tail_rows() -> list[Row | str]:
    """How evenly our calls take their time."""
    return [
        Row(client, f"{tail.p99 * 1e6:,.0f} µs", f"p50 {tail.p50 * 1e6:,.0f} µs", tail.ratio, 4.0)
        for client, tail in calls.measure_tails("full").items()
    ]


def import_rows() -> list[Row | str]:
    """What a cold start pays."""
    starts = imports.measure_imports()
    bare, other, ours = starts[imports.BARE], starts[imports.REQUESTS], starts[imports.OURS]
    return [
        _import_row("CPU, whole process", ours.cpu, other.cpu, 1.2),
        _import_row("CPU, less the interpreter", ours.cpu - bare.cpu, other.cpu - bare.cpu),
        _import_row("wall time, whole process", ours.wall, other.wall, 1.2),
        _import_row(
            "wall time, less the interpreter", ours.wall - bare.wall, other.wall - bare.wall
        ),
    ]


def _import_row(name: str, ours: float, other: float, limit: float | None = None) -> Row:
    compared_with = f"requests {other * 1e3:.0f} ms"
    return Row(name, f"{ours * 1e3:.0f} ms", compared_with, ours / other, at_most=limit)


def main() -> int:
    """Measure everything, print the table; 1 if a limit is missed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows: list[Row | str] = ["CPU a call, full answer"]
    rows += cost_rows(calls.measure_costs("full"), hold_peers=True)
    rows += ["CPU a call, lean answer", *cost_rows(calls.measure_costs("lean"), hold_peers=False)]
    rows += ["99th percentile of 1,000 calls, wall time, full answer", *tail_rows()]
    rows += ["Imports for a Creators call", *import_rows()]
    print(table(rows))
    missed = [row.name for row in rows if isinstance(row, Row) and not row.passed]
    print(f"\n{len(missed)} limits missed: {', '.join(missed)}" if missed else "\nAll limits held.")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
