"""The table of what calls, their evenness and a cold start cost, and which limits are missed.

There are two answers. The full one (60 KB) has everything that the APIs say of a product, which is
what these clients ask for unless told otherwise: the limits against peers are about it. The lean
one (30 KB) has only what our own requests ask for; there is less in it to be slow at, and it is
shown so that nobody has to guess. The limits against the floor hold for both.
"""

from tests.bench import calls, imports
from tests.bench.calls import FLOOR, FLOOR_CREATORS, OURS, OURS_CREATORS, Costs
from tests.bench.report import Row, table
from tests.bench.sizes import Sizes

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
        if peer not in costs.rounds:
            continue  # not installed, in a smoke test
        rows.append(Row(peer, value(peer), FLOOR, costs.ratio(peer, FLOOR)))
        wanted = limit if hold_peers else None
        rows.append(Row(peer, value(peer), ours, costs.ratio(peer, ours), at_least=wanted))
    return rows


def tail_rows(sizes: Sizes) -> list[Row | str]:
    """How evenly our calls take their time."""
    return [
        Row(client, f"{tail.p99 * 1e6:,.0f} µs", f"p50 {tail.p50 * 1e6:,.0f} µs", tail.ratio, 4.0)
        for client, tail in calls.measure_tails("full", sizes).items()
    ]


def import_rows(sizes: Sizes) -> list[Row | str]:
    """What a cold start pays."""
    starts = imports.measure_imports(sizes.import_rounds)
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


def report(sizes: Sizes) -> list[str]:
    """Measure everything and print the table; what missed its limits."""
    rows: list[Row | str] = ["CPU a call, full answer"]
    rows += cost_rows(calls.measure_costs("full", sizes), hold_peers=True)
    lean = calls.measure_costs("lean", sizes)
    rows += ["CPU a call, lean answer", *cost_rows(lean, hold_peers=False)]
    rows += ["99th percentile of 1,000 calls, wall time, full answer", *tail_rows(sizes)]
    rows += ["Imports for a Creators call", *import_rows(sizes)]
    print(table(rows))
    return [row.name for row in rows if isinstance(row, Row) and not row.passed]
