"""The visits, planner runs and price changes of one schedule."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf

from tests.simulation import invocations
from tests.simulation.access import schedule_access
from tests.simulation.actors import Actors
from tests.simulation.expected_state import DAY_SECONDS
from tests.simulation.faults import STARTED_TWICE
from tests.simulation.invocations import PLANNER_TIMEOUT_SECONDS
from tests.simulation.state import SimulationState, Tenant

VISIT_TIMEOUT_SECONDS = 25.0
FIRST_IMPORT_SECONDS = 3_700.0
READS_BETWEEN_EXPIRIES = 3
FAULT_WEIGHT = 5.0
LAST_HOURS = 0.88
"""The share of an outage after which products reach the age of 24 hours."""
Visit = tuple[str, Callable[[], object]]


def import_first_products(state: SimulationState, actors: Actors) -> None:
    """Give most sites some products, some with deals, and wait until all shelves are due."""
    if state.rng.random() < 0.7:
        actors.start_deals(FIRST_IMPORT_SECONDS + state.plan.duration)
    for tenant in state.tenants:
        if state.rng.random() < 0.8:
            visit = partial(actors.import_products, tenant, 10)
            state.scheduler.start("first import", visit, state.environment("web"))
            if state.plan.is_staggered:
                # On another shelf, which expires at another time.
                delay = FIRST_IMPORT_SECONDS * state.rng.uniform(0.2, 0.9)
                state.scheduler.start("late import", visit, state.environment("web"), delay)
    if state.plan.lists:
        actors.lists.create_searches()
        for tenant in state.tenants:
            visit = partial(actors.lists.put_list, tenant)
            state.scheduler.start("first list", visit, state.environment("web"))
    for client in actors.clients:
        visit = partial(actors.read_feed, client)
        state.scheduler.start(
            "first read", visit, state.environment("feed"), FIRST_IMPORT_SECONDS / 2
        )
    state.scheduler.run(state.scheduler.now + FIRST_IMPORT_SECONDS)


def schedule_visits(state: SimulationState, actors: Actors) -> None:
    """Spread all visits over the schedule; some follow each other closely."""
    plan, rng, scheduler = state.plan, state.rng, state.scheduler
    at = _random_time(state)
    for name, visit in _visits(state, actors):
        if rng.random() < 0.6:
            at = _random_time(state)
        find_process = state.environment("web")
        scheduler.start(name, visit, find_process, at + rng.random() * 0.3, VISIT_TIMEOUT_SECONDS)
    _schedule_planners(state, actors)
    schedule_access(state, VISIT_TIMEOUT_SECONDS)
    if plan.is_staggered:
        _schedule_reads_between_expiries(state, actors)
    if plan.scenario == "outage":
        _schedule_outage(state, 60.0 * rng.random())
    if plan.scenario == "days":
        for _ in range(rng.randint(0, 2)):
            at = plan.duration * rng.random()
            _schedule_outage(state, at, 3600.0 * rng.choice([2, 10, 22]) * rng.random())


def _schedule_reads_between_expiries(state: SimulationState, actors: Actors) -> None:
    """Read the feed some times when the first import may be 24 hours old, and the late one not."""
    first_expiry = DAY_SECONDS - FIRST_IMPORT_SECONDS
    for client in actors.clients:
        visit = partial(actors.read_feed, client)
        for _ in range(READS_BETWEEN_EXPIRIES):
            at = first_expiry + FIRST_IMPORT_SECONDS * state.rng.uniform(0.0, 0.9)
            if at < state.plan.duration:
                state.scheduler.start("read between expiries", visit, state.environment("feed"), at)


def start_planner(state: SimulationState, actors: Actors, delay: float) -> None:
    """Start the planner once, as its EventBridge schedule does. Some clients read the feed then."""
    work = partial(_plan_and_poll, state, actors)
    find_process = state.environment("price_sync")
    state.scheduler.start("planner", work, find_process, delay, PLANNER_TIMEOUT_SECONDS)


def _plan_and_poll(state: SimulationState, actors: Actors) -> None:
    if not invocations.plan(state):
        return
    for client in actors.clients:
        if state.rng.random() < client.poll_probability:
            poll = partial(actors.check_holdings, client)
            find_process = state.environment("feed")
            state.scheduler.start("poll", poll, find_process, 0.0, VISIT_TIMEOUT_SECONDS)


def _random_time(state: SimulationState) -> float:
    """Return a random time; in an outage more often a late one, when products expire."""
    share, duration = state.rng.random(), state.plan.duration
    if state.plan.scenario == "outage" and state.rng.random() < 0.6:
        return duration * (LAST_HOURS + (1 - LAST_HOURS) * share)
    return duration * share


def _visits(state: SimulationState, actors: Actors) -> list[Visit]:
    rng, plan = state.rng, state.plan
    visits: list[Visit] = []
    for tenant in state.tenants:
        kinds: list[Visit] = [
            ("import", partial(actors.import_products, tenant, 14)),
            ("import", partial(actors.import_products, tenant, 5)),
            ("remove", partial(actors.remove_product, tenant)),
            ("remove several", partial(actors.remove_products, tenant)),
            ("list", partial(actors.list_products, tenant)),
            ("search", partial(actors.search, tenant)),
            ("sync", partial(actors.sync_now, tenant)),
        ]
        visits += rng.choices(kinds, k=rng.randint(3, 9))
        if plan.lists:
            visits += rng.choices(_list_visits(actors, tenant), k=rng.randint(1, 6))
    for client in actors.clients:
        # During a day or more, a client that never polls reads only before it and at the end.
        count = rng.randint(1, 3) if client.poll_probability or plan.duration < DAY_SECONDS else 0
        visits += [("feed", partial(actors.read_feed, client))] * count
    visits += [("amazon", actors.change_prices)] * rng.randint(2, 6)
    visits += [("amazon", actors.vanish_products)] * rng.randint(0, 4)
    seconds = plan.duration * rng.choice([0.1, 0.4, 1.0])
    visits += [("amazon", partial(actors.start_deals, seconds))] * rng.randint(0, 4)
    rng.shuffle(visits)
    return visits


def _list_visits(actors: Actors, tenant: Tenant) -> list[Visit]:
    lists = actors.lists
    return [
        ("put list", partial(lists.put_list, tenant)),
        ("put list", partial(lists.put_list, tenant)),
        ("remove list", partial(lists.remove_list, tenant)),
        ("show lists", partial(lists.show_lists, tenant)),
        ("amazon", lists.change_searches),
        ("amazon", lists.change_searches),
    ]


def _schedule_planners(state: SimulationState, actors: Actors) -> None:
    plan, rng = state.plan, state.rng
    at = plan.planner_interval * rng.random()
    while at < plan.duration:
        start_planner(state, actors, at)
        if state.faults.next("schedule", [STARTED_TWICE], FAULT_WEIGHT):
            start_planner(state, actors, at + rng.random())
        at += plan.planner_interval * rng.choice([1, 1, 1, 2])


def _schedule_outage(state: SimulationState, at: float, seconds: float = inf) -> None:
    """Let Amazon be down from a moment on, for some time or until the recovery."""
    for is_down, delay in ((True, at), (False, at + seconds)):
        if delay < state.plan.duration:
            work = partial(setattr, state.amazon, "is_down", is_down)
            state.scheduler.start("amazon", work, state.environment("amazon"), delay)
