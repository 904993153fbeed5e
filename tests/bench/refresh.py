"""Duration and calls of a refresh: a site with an account that allows ten calls per second.

A site imports its products from a server that responds after 300 ms, all its shelves become due,
the planner plans a run, and its messages are delivered as Lambda does: up to ten of a message group
at a time, the next ones when those are done, each invocation in a separate process. One product in
ten has a new price. The measurements are the time from the first delivery to the last response, the
calls that the server received, and the products that are stored in the end.

The limit is the lower bound: 0.1 s between calls, and the latency of the last call.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from infra.environments import Environment
from tests.bench.calls import CREATORS_SDK, PYTHON_AMAZON_PAAPI
from tests.bench.limiter import new_account
from tests.bench.limits import WINDOW
from tests.bench.processes import OURS, Line, running
from tests.bench.report import columns
from tests.bench.sizes import Sizes
from tests.bench.store import emulated_store

PER_SECOND, LATENCY_MS, BATCH, WORKERS = 10, 300, 10, 2
AT_MOST = 1.10
MIN_DELIVERIES = 50
"""Deliveries in which a few messages have to succeed, also on a busy machine."""
ALL_SECONDS = 10_000
HEAD = ("", "calls", "least", "429", "time", "least", "ratio", "limit", "stored", "")
PEER_PROGRAMS = {
    CREATORS_SDK: "clients.sdk_refresh",
    PYTHON_AMAZON_PAAPI: "clients.peer_refresh",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a refresh. `least_calls` and `products` are the expected numbers."""

    name: str
    calls: int
    least_calls: int
    refused: int
    seconds: float
    stored: int
    products: int
    stuck: int = 0
    is_ours: bool = True
    has_failures: bool = False

    @property
    def least_seconds(self) -> float:
        """Return the shortest possible time for the expected calls."""
        return (self.least_calls - 1) / PER_SECOND + LATENCY_MS / 1000

    @property
    def passed(self) -> bool:
        """Return whether duration, calls and stored products are within the limits."""
        complete = self.stored == self.products and not self.stuck
        if not self.is_ours or self.has_failures:
            return complete or not self.is_ours
        fast = self.seconds <= AT_MOST * self.least_seconds
        return complete and fast and self.calls == self.least_calls

    def cells(self) -> tuple[str, ...]:
        """Return the cells of the row."""
        is_timed = self.is_ours and not self.has_failures
        return (
            self.name,
            str(self.calls),
            str(self.least_calls),
            str(self.refused),
            f"{self.seconds:.1f} s",
            f"{self.least_seconds:.1f} s",
            f"{self.seconds / self.least_seconds:.2f}×",
            f"≤ {AT_MOST:.2f}×" if is_timed else "",
            f"{self.stored} of {self.products}",
            ("pass" if self.passed else "FAIL") if self.is_ours else "",
        )


class Amazon:
    """The limited server, and the accounts that were opened on it."""

    def __init__(self, server: Line) -> None:
        self._server = server
        self.port = server.read()

    def open(self, **limits: Any) -> str:
        """Open an account and return its id."""
        account = new_account()
        self.limit(account, **limits)
        return account

    def limit(self, account: str, **limits: Any) -> None:
        """Replace the limits of an account."""
        self._server.ask(json.dumps({"account": account, "limits": limits}))

    def tally(self, account: str) -> dict[str, int]:
        """Return the numbers of all calls of an account."""
        seen: dict[str, int] = self._server.ask(
            json.dumps({"account": account, "seconds": ALL_SECONDS})
        )
        return seen


def report(sizes: Sizes) -> list[str]:
    """Run all refreshes, print the table, and return what missed its limits."""
    with running(OURS, "limited_server") as server:
        amazon = Amazon(server)
        outcomes = [*our_refreshes(amazon, sizes), *peers_refreshes(amazon, sizes)]
    title = f"{PER_SECOND} calls a second, {LATENCY_MS} ms latency"
    print(f"\nRefreshing a site: {title}\n")
    print(columns(HEAD, [outcome.cells() for outcome in outcomes], left=(0, len(HEAD) - 1)))
    return [outcome.name for outcome in outcomes if not outcome.passed]


def our_refreshes(amazon: Amazon, sizes: Sizes) -> Iterator[Outcome]:
    """Refresh a site, one with repeated ASINs, and the first again with two broken batches."""
    count = sizes.asins
    repeats = count // 5
    distinct = [f"B0{number:08d}" for number in range(count)]
    repeating = [f"B1{number % (count - repeats):08d}" for number in range(count)]
    broken = (distinct[3], distinct[-23])
    with emulated_store() as settings, _service(settings, amazon.port) as (service, workers):
        site = Site(amazon, service, workers, distinct)
        yield _median_in_doubt(site, f"{count:,} ASINs", sizes)
        site_with_repeats = Site(amazon, service, workers, repeating)
        yield _median_in_doubt(site_with_repeats, f"{count:,} ASINs, {repeats} repeats", sizes)
        yield site.refreshed(f"{count:,} ASINs, two batches fail for good", broken)


def _median_in_doubt(site: "Site", name: str, sizes: Sizes) -> Outcome:
    outcomes = [site.refreshed(name)]
    if not outcomes[0].passed:
        outcomes += [site.refreshed(name) for _ in range(sizes.runs_in_doubt - 1)]
    return sorted(outcomes, key=lambda outcome: outcome.seconds)[len(outcomes) // 2]


def peers_refreshes(amazon: Amazon, sizes: Sizes) -> Iterator[Outcome]:
    """Refresh fewer ASINs with the peers, and once with a batch that always fails."""
    asins = [f"B2{number:08d}" for number in range(sizes.peer_asins)]
    installed = [peer for peer in PEER_PROGRAMS if peer in sizes.peers]
    for peer in installed:
        yield _peers(amazon, peer, f"{peer}, {len(asins)} ASINs", asins)
    if not sizes.peer_failures:
        return
    name = f"{PYTHON_AMAZON_PAAPI}, a batch fails for good"
    yield _peers(amazon, PYTHON_AMAZON_PAAPI, name, asins, broken=asins[-1:])


class Site:
    """A site with the given products, imported ten at a time in their order."""

    def __init__(
        self, amazon: Amazon, service: Line, workers: Sequence[Line], asins: Sequence[str]
    ) -> None:
        self._amazon, self._service, self._workers = amazon, service, workers
        self._account, unlimited = amazon.open(), amazon.open(per_second=100_000, reading=WINDOW)
        self._products = len(set(asins))
        interval_ms = 1000 // PER_SECOND
        self._site = self._ask("open", self._account, unlimited, asins, interval_ms)

    def refreshed(self, name: str, broken: Sequence[str] = ()) -> Outcome:
        """Refresh all products of the site."""
        self._amazon.limit(
            self._account,
            per_second=PER_SECOND,
            reading=WINDOW,
            latency_ms=LATENCY_MS,
            new_prices=True,
            broken=broken,
        )
        records, since = self._ask("plan", self._site), self._ask("now")
        before = self._amazon.tally(self._account)
        seconds = deliver(records, self._workers)
        after = self._amazon.tally(self._account)
        seen = self._ask("look", self._site, since)
        return Outcome(
            name,
            after["calls"] - before["calls"],
            -(-self._products // BATCH),
            after["refused"] - before["refused"],
            seconds,
            seen["stored"],
            self._products - BATCH * len(broken),
            seen["stuck"],
            has_failures=bool(broken),
        )

    def _ask(self, *words: object) -> Any:
        return self._service.ask(json.dumps(words))


def deliver(records: Sequence[dict[str, Any]], workers: Sequence[Line]) -> float:
    """Deliver the messages to the workers, in batches per group; return the seconds."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        groups.setdefault(record["attributes"]["MessageGroupId"], []).append(record)
    free: SimpleQueue[Line] = SimpleQueue()
    for worker in workers:
        worker.ask(json.dumps({"Records": [_superseded(records[0])]}))
        free.put(worker)

    def drain(waiting: list[dict[str, Any]]) -> None:
        for _ in range(MIN_DELIVERIES + 2 * len(records)):
            if not waiting:
                return
            batch, rest = waiting[:BATCH], waiting[BATCH:]
            worker = free.get()
            response = worker.ask(json.dumps({"Records": batch}))
            free.put(worker)
            failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
            waiting = [record for record in batch if record["messageId"] in failed] + rest
        raise SystemExit("The worker does not complete its messages.")

    with ThreadPoolExecutor(len(groups)) as pool:
        began = time.monotonic()
        list(pool.map(drain, groups.values()))
        return time.monotonic() - began


def _superseded(record: dict[str, Any]) -> dict[str, Any]:
    """Return a message with a superseded lease, for which a worker only starts up."""
    return {**record, "body": json.dumps(json.loads(record["body"]) | {"lease": "superseded"})}


@contextmanager
def _service(settings: Mapping[str, str], port: int) -> Iterator[tuple[Line, list[Line]]]:
    moved = {**settings, "AMAZON_URL": f"http://127.0.0.1:{port}"}
    with ExitStack() as stack:
        service = stack.enter_context(running(OURS, "clients.our_marketplace", settings=moved))
        workers = [
            stack.enter_context(running(OURS, "clients.our_worker", settings=moved))
            for _ in range(WORKERS)
        ]
        yield service, workers


def _peers(
    amazon: Amazon, peer: str, name: str, asins: Sequence[str], broken: Sequence[str] = ()
) -> Outcome:
    account = amazon.open(
        per_second=PER_SECOND, reading=WINDOW, latency_ms=LATENCY_MS, broken=broken
    )
    with running(Environment(peer).python, PEER_PROGRAMS[peer], amazon.port, account) as client:
        seconds, items = client.ask(json.dumps(asins))
    seen = amazon.tally(account)
    wanted = len(asins) - BATCH * len(broken)
    least = len(asins) // BATCH
    return Outcome(
        name, seen["calls"], least, seen["refused"], seconds, items, wanted, is_ours=False
    )
