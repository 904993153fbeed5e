"""Who comes when: the visits, planner rounds and price changes of one schedule."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.simulation import invocations
from tests.simulation.actors import Actors
from tests.simulation.faults import DOUBLE_FIRE
from tests.simulation.state import World

VISIT_LASTS, PLANNER_LASTS = 25.0, 240.0
SETTLING = 3_700.0
ODDS = 5.0
LAST_HOURS = 0.88
Visit = tuple[str, Callable[[], object]]


def settle_products(world: World, actors: Actors) -> None:
    """Most sites have products when a schedule begins, and all shelves are due."""
    for tenant in world.tenants:
        if world.rng.random() < 0.8:
            visit = partial(actors.import_some, tenant, 10)
            world.scheduler.start("first import", visit, world.environment("web"))
    world.scheduler.run(world.scheduler.now + SETTLING)


def invite(world: World, actors: Actors) -> None:
    """Spread everybody's visits over the schedule; some come close behind one another."""
    plan, rng, scheduler = world.plan, world.rng, world.scheduler
    at = _moment(world)
    for name, visit in _visits(world, actors):
        if rng.random() < 0.6:
            at = _moment(world)
        host = world.environment("web")
        scheduler.start(name, visit, host, at + rng.random() * 0.3, VISIT_LASTS)
    _fire_planners(world)
    if plan.scene == "outage":
        shut = partial(_shut, world)
        scheduler.start("amazon", shut, world.environment("amazon"), 60.0 * rng.random())


def _moment(world: World) -> float:
    """Some time; in an outage rather when products reach the end of their 24 hours."""
    early, lasts = world.rng.random(), world.plan.lasts
    if world.plan.scene == "outage" and world.rng.random() < 0.6:
        return lasts * (LAST_HOURS + (1 - LAST_HOURS) * early)
    return lasts * early


def fire(world: World, delay: float) -> None:
    """The schedule's event, once."""
    planner = world.environment("price_sync")
    world.scheduler.start(
        "planner", partial(invocations.plan, world), planner, delay, PLANNER_LASTS
    )


def _visits(world: World, actors: Actors) -> list[Visit]:
    rng = world.rng
    visits: list[Visit] = []
    for tenant in world.tenants:
        kinds: list[Visit] = [
            ("import", partial(actors.import_some, tenant, 14)),
            ("import", partial(actors.import_some, tenant, 5)),
            ("remove", partial(actors.remove_one, tenant)),
            ("remove", partial(actors.remove_one, tenant)),
            ("list", partial(actors.list_products, tenant)),
            ("search", partial(actors.search, tenant)),
            ("sync", partial(actors.sync_now, tenant)),
        ]
        visits += rng.choices(kinds, k=rng.randint(3, 9))
    for reader in actors.readers:
        visits += [("feed", partial(actors.read_feed, reader))] * rng.randint(1, 3)
    visits += [("amazon", actors.change_prices)] * rng.randint(2, 6)
    rng.shuffle(visits)
    return visits


def _fire_planners(world: World) -> None:
    plan, rng = world.plan, world.rng
    at = plan.planner_every * rng.random()
    while at < plan.lasts:
        fire(world, at)
        if world.faults.next("schedule", [DOUBLE_FIRE], ODDS):
            fire(world, at + rng.random())
        at += plan.planner_every * rng.choice([1, 1, 1, 2])


def _shut(world: World) -> None:
    world.amazon.is_down = True
