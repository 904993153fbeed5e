"""One schedule from beginning to end: what happens, what goes wrong, what must be true after."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from amzlinkr.config import Config
from tests.simulation import invocations
from tests.simulation.actors import Actors
from tests.simulation.clocks import true_time
from tests.simulation.faults import Faults
from tests.simulation.patches import deterministic
from tests.simulation.plans import Plan, plan_of
from tests.simulation.schedule import Scheduler
from tests.simulation.state import IMPORT, REFRESH, UNREADABLE, World, build, settle
from tests.simulation.workload import fire, invite, settle_products

Store = Callable[[Callable[[], datetime]], AbstractContextManager[Config]]
CYCLE = 3600.0
ROUND = 300.0
LONGEST_LEASE = 900.0


@dataclass(frozen=True)
class Outcome:
    """How a schedule ended."""

    plan: Plan
    violations: tuple[str, ...]
    errors: tuple[str, ...]
    fired: Counter[str]
    history: tuple[str, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """Violated invariants, then unexpected exceptions of workers."""
        return self.violations + self.errors

    @property
    def digest(self) -> str:
        """The same for the same history."""
        return hashlib.sha256("\n".join(self.history).encode()).hexdigest()


def run(seed: int, store: Store) -> Outcome:
    """The schedule of a seed."""
    return run_plan(plan_of(seed), store)


def run_plan(plan: Plan, store: Store, faults: Faults | None = None) -> Outcome:
    """A schedule as planned, or with other faults."""
    scheduler = Scheduler(random.Random(plan.seed))  # noqa: S311 - made to be repeated
    with store(lambda: true_time(scheduler)) as config:
        world = build(plan, scheduler, config, faults)
        with world.gate.opened(), deterministic(world):
            settle(world)
            _perform(world)
    return Outcome(
        plan,
        tuple(world.model.broken),
        tuple(f"{name} failed: {error!r}" for name, error in world.scheduler.failures),
        world.faults.fired,
        tuple(world.scheduler.history),
    )


def _perform(world: World) -> None:
    world.queues[REFRESH].deliver = partial(invocations.refresh, world)
    world.queues[REFRESH].process = world.environment("refresh")
    world.queues[IMPORT].deliver = partial(invocations.import_chunk, world)
    world.queues[IMPORT].process = world.environment("import_worker")
    actors = Actors(world)
    settle_products(world, actors)
    world.faults.begin()
    invite(world, actors)
    world.scheduler.run(world.scheduler.now + world.plan.lasts)
    world.faults.stop()
    world.amazon.is_down = False
    stopped = _recover(world)
    _check_the_end(world, actors, stopped)


def _recover(world: World) -> float:
    """Let the service come to rest without faults; when that began to be due."""
    scheduler = world.scheduler
    scheduler.run(scheduler.now + LONGEST_LEASE + 60)
    begun = scheduler.now
    longest = CYCLE + 2 * max(CYCLE, min(world.plan.lasts, 12 * CYCLE))
    while scheduler.now < begun + longest and _overdue(world, begun):
        if _is_due(world):
            fire(world, 0.0)
        scheduler.run(scheduler.now + ROUND)
    scheduler.run(scheduler.now + LONGEST_LEASE)
    return begun


def _is_due(world: World) -> bool:
    """Whether a planner would find anything; rounds that do not are not worth their time."""
    soon = world.scheduler.now + world.plan.honest_skew
    sites = world.model.mirror.sites.values()
    return any(shelf.seen and shelf.due_at <= soon for s in sites for shelf in s.shelves.values())


def _overdue(world: World, since: float) -> list[str]:
    """The products not seen since then."""
    return [
        asin
        for site in world.model.mirror.sites.values()
        for shop, asin in site.live()
        if (site.seen_at(shop, asin) or 0.0) < since - world.plan.honest_skew
    ]


def _check_the_end(world: World, actors: Actors, since: float) -> None:
    model, scheduler = world.model, world.scheduler
    overdue = _overdue(world, since)
    if overdue:
        model.wrong(f"I8: {sorted(overdue)} not refreshed since {since:.0f}")
    _check_queues(world)
    model.check_limits()
    for number in range(len(actors.readers)):
        work = partial(_read_out, world, actors, number)
        scheduler.start("last read", work, world.environment("feed"))
    scheduler.run(scheduler.now + 60)
    for site_id, site in model.mirror.sites.items():
        for shop, asin in site.live():
            price, now = site.products[shop, asin].price, world.amazon.price(shop, asin)
            if price != now:
                model.wrong(f"I1: {asin} is stored at {price}, and costs {now}")
        live = set(site.live())
        for reader in actors.readers:
            if reader.tenant.site_id == site_id and set(reader.held) != live:
                model.wrong(f"I4: a reader holds {sorted(reader.held)}, stored are {sorted(live)}")
    _check_wishes(world, actors)


def _check_queues(world: World) -> None:
    """Nothing is left, and nothing of ours was given up."""
    for name in (REFRESH, IMPORT):
        queue = world.queues[name]
        if queue.waiting:
            world.model.wrong(f"I8: {len(queue.waiting)} messages left in {queue.name}")
        dead = [message for message in queue.dead if not message.is_excused]
        if dead:
            world.model.wrong(f"I8: {len(dead)} dead letters of {queue.name} without a fault")
    if world.queues[UNREADABLE].waiting:
        world.model.wrong("I8: a message of our own could not be read")


def _read_out(world: World, actors: Actors, number: int) -> None:
    reader = actors.readers[number]
    reader.follow(world, 100, 10)
    rows = world.model.mirror.sites[reader.tenant.site_id].products
    for name, price in reader.held.items():
        if rows[name].price != price:
            world.model.wrong(f"I4: a reader holds {name[1]} at {price}, not {rows[name].price}")


def _check_wishes(world: World, actors: Actors) -> None:
    """What a site was told is so, unless it asked for the opposite meanwhile or later."""
    wishes = actors.wishes
    for name, told in wishes.imported.items():
        live = set(world.model.mirror.sites[name[0]].live())
        if name[1:] not in live and name not in wishes.removing:
            world.model.wrong(f"{name[2]} was imported at {told:.3f} and is not there")
    for name, told in wishes.removed.items():
        live = set(world.model.mirror.sites[name[0]].live())
        if name[1:] in live and name not in wishes.importing:
            world.model.wrong(f"{name[2]} was removed at {told:.3f} and is there")
