"""Table of the costs of calls, of their evenness and of a cold start, with the missed limits.

There are two responses. The full one (60 KB) contains every field of the APIs, which is what the
clients request by default: the limits against peers apply to it. The lean one (30 KB) contains
only what our own requests name; it is shown for comparison. The limits against the floor apply
to both.
"""

from tests.bench import calls, imports
from tests.bench.calls import FLOOR, FLOOR_CREATORS, OURS, OURS_CREATORS, Costs
from tests.bench.report import Row, table
from tests.bench.sizes import Sizes

PEERS = (
    (calls.PAAPI5_SDK, OURS, 4.0),
    (calls.CREATORS_SDK, OURS_CREATORS, 4.5),
    (calls.PYTHON_AMAZON_PAAPI, OURS_CREATORS, 4.5),
)
AGAINST_FLOOR = (
    (OURS, FLOOR, 3.75),
    (OURS_CREATORS, FLOOR, 3.0),
    (OURS_CREATORS, FLOOR_CREATORS, None),
)


def cost_rows(costs: Costs, *, hold_peers: bool) -> list[Row | str]:
    """Return the rows with the cost of a call for each client, and their ratios."""

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
    """Return the rows with the 99th percentile of our calls."""
    return [
        Row(client, f"{tail.p99 * 1e6:,.0f} µs", f"p50 {tail.p50 * 1e6:,.0f} µs", tail.ratio, 4.0)
        for client, tail in calls.measure_tails("full", sizes).items()
    ]


def import_rows(sizes: Sizes) -> list[Row | str]:
    """Return the rows with the import costs of a cold start."""
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
    """Measure everything, print the table, and return what missed its limit."""
    rows: list[Row | str] = ["CPU a call, full response"]
    rows += cost_rows(calls.measure_costs("full", sizes), hold_peers=True)
    if sizes.lean:
        lean = calls.measure_costs("lean", sizes)
        rows += ["CPU a call, lean response", *cost_rows(lean, hold_peers=False)]
    rows += ["99th percentile of 1,000 calls, wall time, full response", *tail_rows(sizes)]
    rows += ["Imports for a Creators call", *import_rows(sizes)]
    print(table(rows))
    return [row.name for row in rows if isinstance(row, Row) and not row.passed]
