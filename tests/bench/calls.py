"""CPU time per call: the clients take turns, so that noise of the machine affects all equally."""

import statistics
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from infra.environments import PEERS, Environment
from tests.bench.processes import Line, canned_amazon, running
from tests.bench.sizes import Sizes

FLOOR, FLOOR_CREATORS = "floor", "floor creators"
OURS, OURS_CREATORS = "ours paapi5", "ours creators"
PAAPI5_SDK = "paapi5-python-sdk-repack"
CREATORS_SDK = "amazon-creatorsapi-python-sdk"
PYTHON_AMAZON_PAAPI = "python-amazon-paapi"

CLIENTS: dict[str, tuple[str, ...]] = {
    FLOOR: ("floor_paapi5",),
    FLOOR_CREATORS: ("floor_creators",),
    OURS: ("our_layer", "paapi5"),
    OURS_CREATORS: ("our_layer", "creators"),
    PAAPI5_SDK: ("paapi5_sdk",),
    CREATORS_SDK: ("creators_sdk",),
    PYTHON_AMAZON_PAAPI: ("python_amazon_paapi",),
}


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds per call, by client and round."""

    rounds: Mapping[str, Sequence[float]]

    def median(self, client: str) -> float:
        """Return the CPU seconds of one call."""
        return statistics.median(self.rounds[client])

    def ratio(self, client: str, to: str) -> float:
        """Return the median of the rounds' ratios between the costs of two clients."""
        pairs = zip(self.rounds[client], self.rounds[to], strict=True)
        return statistics.median(one / other for one, other in pairs)


@dataclass(frozen=True, slots=True)
class Tail:
    """Wall seconds a call: the medians of several runs' percentiles and of their ratios."""

    p50: float
    p99: float
    ratio: float


def measure_costs(kind: str, sizes: Sizes) -> Costs:
    """Measure the CPU time per call of each client, for the `lean` or the `full` response."""
    with canned_amazon(kind) as port, ExitStack() as stack:
        names = [name for name in CLIENTS if name not in PEERS or name in sizes.peers]
        clients = {name: _started(stack, name, port, sizes) for name in names}
        _check_alike(clients)
        rounds: dict[str, list[float]] = {name: [] for name in clients}
        for _ in range(sizes.rounds):
            spent = dict.fromkeys(clients, 0.0)
            for _ in range(sizes.turns):
                for name, client in clients.items():
                    spent[name] += client.ask(sizes.calls)["cpu"]
            for name, seconds in spent.items():
                rounds[name].append(seconds / (sizes.turns * sizes.calls))
        return Costs(rounds)


def measure_tails(kind: str, sizes: Sizes) -> dict[str, Tail]:
    """Measure how evenly our own calls take their time."""
    with canned_amazon(kind) as port, ExitStack() as stack:
        clients = {name: _started(stack, name, port, sizes) for name in (OURS, OURS_CREATORS)}
        _check_alike(clients)
        runs: dict[str, list[Tail]] = {name: [] for name in clients}
        for _ in range(sizes.tail_runs):
            for name, client in clients.items():
                runs[name].append(_tail(client.ask(sizes.tail_calls)["durations"]))
        return {
            name: Tail(
                statistics.median(tail.p50 for tail in tails),
                statistics.median(tail.p99 for tail in tails),
                statistics.median(tail.ratio for tail in tails),
            )
            for name, tails in runs.items()
        }


def _started(stack: ExitStack, name: str, port: int, sizes: Sizes) -> Line:
    module, *arguments = CLIENTS[name]
    python = Environment(name).python if name in PEERS else Path(sys.executable)
    settings = {"WARM_UP_CALLS": str(sizes.warm_up_calls)}
    program = running(python, f"clients.{module}", port, *arguments, settings=settings)
    return stack.enter_context(program)


def _check_alike(clients: Mapping[str, Line]) -> None:
    """Fail unless each client has read the same ten products."""
    read = {name: client.read() for name, client in clients.items()}
    expected = next(iter(read.values()))
    for name, products in read.items():
        if products != expected or len(products) != 10:
            raise SystemExit(f"{name} read something else than the others: {products}")


def _tail(durations: list[float]) -> Tail:
    percentiles = statistics.quantiles(durations, n=100)
    return Tail(percentiles[49], percentiles[98], percentiles[98] / percentiles[49])
