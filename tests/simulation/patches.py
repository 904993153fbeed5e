"""Patches that make a schedule reproducible: random numbers, locks, sockets, the connection."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import cache, cached_property, partial
from typing import Any
from unittest import mock

from pynamodb.connection import Connection

from amzlinkr import adapters, telemetry, wiring
from amzlinkr.amazon.creators import auth
from amzlinkr.amazon.paapi5 import parser as paapi5
from amzlinkr.amazon.transport import Transport
from amzlinkr.domain.clock import Clock
from amzlinkr.net.aws_client import aws_client
from amzlinkr.services import amazon_accounts
from amzlinkr.storage import connection, item_keys, rate_limiter, stores
from amzlinkr.storage.clock import ServerSyncedClock
from infra.local.fake_amazon import catalog, products, search
from infra.local.fake_amazon.search import Query
from tests.simulation.amazon import ScriptedAmazon
from tests.simulation.locks import VirtualLock
from tests.simulation.memory_aws import MemoryConnection
from tests.simulation.state import Environment, SimulationState


class SharedTables(MemoryConnection):
    """One connection for all processes; a response's date goes to the process that called."""

    state: SimulationState | None = None

    @property
    def clock(self) -> ServerSyncedClock | None:
        """Return the clock of the worker that runs."""
        worker = self.state.scheduler.current if self.state else None
        process = worker.process if worker else None
        deps = process.deps if isinstance(process, Environment) else None
        return deps.clock if deps and isinstance(deps.clock, ServerSyncedClock) else None

    @clock.setter
    def clock(self, _clock: Clock | None) -> None:
        """Ignore the clock of a new process: the getter finds the right one."""


@cache
def _client() -> Any:
    """Return a client, created once because that takes longer than a schedule."""
    return Connection().client


def shared_connection(state: SimulationState) -> SharedTables:
    """Return the connection of one schedule."""
    shared = SharedTables()
    shared._client = _client()
    shared.state = state
    return shared


readers = cache(paapi5.reader)
generate_product = cache(products.generate_product)
client_for = cache(aws_client)


def listed_products(
    amazon: ScriptedAmazon,
    real: Callable[[Query, catalog.FakeCatalog], list[str]],
    query: Query,
    found: catalog.FakeCatalog,
) -> list[str]:
    """Return the products of a scripted search, or those that the fake Amazon generates."""
    listing = amazon.listings.get(query.text)
    return real(query, found) if listing is None else list(listing)


@contextmanager
def deterministic(state: SimulationState) -> Iterator[None]:
    """Make the history depend on the seed only."""
    rng = state.scheduler.rng
    shared = shared_connection(state)
    lock = partial(VirtualLock, state.scheduler)
    post = state.amazon.post

    def send(transport: Transport, *rest: Any) -> Any:
        return post(transport, *rest)

    random.seed(state.plan.seed)
    with ExitStack() as stack:
        for owner, name, new in (
            (secrets, "token_hex", lambda size=32: rng.randbytes(size).hex()),
            (secrets, "token_urlsafe", lambda size=32: rng.randbytes(size).hex()),
            (secrets, "randbelow", rng.randrange),
            (rate_limiter, "Lock", lock),
            (auth, "Lock", lock),
            (amazon_accounts, "Lock", lock),
            (stores, "connect", lambda: shared),
            (adapters, "aws_client", client_for),
            (item_keys, "DUE_SHARDS", 2),
            (catalog, "generate_product", generate_product),
            (search, "_candidates", partial(listed_products, state.amazon, search._candidates)),
            (paapi5, "reader", readers),
            (telemetry, "count", lambda *_: None),
            (telemetry, "measure", lambda *_: None),
            (Transport, "post", send),
        ):
            stack.enter_context(mock.patch.object(owner, name, new))
        telemetry.log.setLevel("CRITICAL")
        connection.bind(shared, state.config)
        with mock.patch.object(stores, "bind", return_value=None), _unlocked_properties():
            yield
    telemetry.log.setLevel("INFO")


@contextmanager
def _unlocked_properties() -> Iterator[None]:
    """Replace the locks of cached properties, which are real locks up to Python 3.11."""
    properties = [
        attribute
        for owner in wiring.Dependencies.__mro__
        for attribute in vars(owner).values()
        if isinstance(attribute, cached_property) and hasattr(attribute, "lock")
    ]
    with ExitStack() as stack:
        for attribute in properties:
            stack.enter_context(mock.patch.object(attribute, "lock", nullcontext()))
        yield
