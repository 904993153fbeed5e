"""What is replaced so that a schedule can be repeated: chance, locks, sockets, the connection."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import cache, cached_property, partial
from typing import Any
from unittest import mock

from pynamodb.connection import Connection

from amzlinkr import telemetry, wiring
from amzlinkr.amazon.creators import auth
from amzlinkr.amazon.paapi5 import parser as paapi5
from amzlinkr.amazon.transport import Transport
from amzlinkr.domain.clock import Clock
from amzlinkr.net.aws_client import aws_client
from amzlinkr.security.hmac_signer import HmacSigner
from amzlinkr.services import amazon_accounts
from amzlinkr.storage import connection, item_keys, rate_limiter
from amzlinkr.storage.clock import ServerSyncedClock
from infra.local.fake_amazon import catalog, products
from tests.simulation.locks import VirtualLock
from tests.simulation.state import Environment, World


class SharedTables(connection.StorageConnection):
    """One connection for all processes; the date of an answer goes to the one that asked."""

    world: World | None = None

    @property
    def clock(self) -> ServerSyncedClock | None:
        """The present worker's clock."""
        worker = self.world.scheduler.current if self.world else None
        process = worker.process if worker else None
        deps = process.deps if isinstance(process, Environment) else None
        return deps.clock if deps and isinstance(deps.clock, ServerSyncedClock) else None

    @clock.setter
    def clock(self, _clock: Clock | None) -> None:
        """Each process hears its own answers only."""


@cache
def _client() -> Any:
    """Made once: a client takes longer than a schedule."""
    return Connection().client


def shared_connection(world: World) -> SharedTables:
    """The connection of one world."""
    shared = SharedTables()
    shared._client = _client()
    shared.world = world
    return shared


readers = cache(paapi5.reader)
generate_product = cache(products.generate_product)
client_for = cache(aws_client)


@contextmanager
def deterministic(world: World) -> Iterator[None]:
    """Within: the same seed, the same history."""
    rng = world.scheduler.rng
    shared = shared_connection(world)
    lock = partial(VirtualLock, world.scheduler)
    post = world.amazon.post

    def posted(transport: Transport, *rest: Any) -> Any:
        return post(transport, *rest)

    random.seed(world.plan.seed)
    with ExitStack() as stack:
        for place, name, new in (
            (secrets, "token_hex", lambda size=32: rng.randbytes(size).hex()),
            (secrets, "token_urlsafe", lambda size=32: rng.randbytes(size).hex()),
            (secrets, "randbelow", rng.randrange),
            (rate_limiter, "Lock", lock),
            (auth, "Lock", lock),
            (amazon_accounts, "Lock", lock),
            (wiring, "connect", lambda: shared),
            (wiring, "aws_client", client_for),
            (item_keys, "DUE_SHARDS", 2),
            (catalog, "generate_product", generate_product),
            (paapi5, "reader", readers),
            (telemetry, "count", lambda *_: None),
            (Transport, "post", posted),
        ):
            stack.enter_context(mock.patch.object(place, name, new))
        telemetry.log.setLevel("CRITICAL")
        _bind_once(world, shared)
        with mock.patch.object(wiring, "bind", return_value=None), _unlocked_properties():
            yield
    telemetry.log.setLevel("INFO")


@contextmanager
def _unlocked_properties() -> Iterator[None]:
    """Up to Python 3.11 a cached property holds a real lock while it is made."""
    held = [
        one
        for kind in (wiring.Dependencies, HmacSigner)
        for one in vars(kind).values()
        if isinstance(one, cached_property) and hasattr(one, "lock")
    ]
    with ExitStack() as stack:
        for one in held:
            stack.enter_context(mock.patch.object(one, "lock", nullcontext()))
        yield


def _bind_once(world: World, shared: Connection) -> None:
    config = world.config
    connection.bind(
        shared,
        config.sites_table,
        config.products_table,
        config.shelves_table,
        config.quotas_table,
        config.jobs_table,
    )
