"""One schedule from start to end: its events and faults, a recovery, and a check of the result."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import inf

from amzlinkr.config import Config
from amzlinkr.storage import item_keys
from amzlinkr.storage.job_records import PendingJobItem
from tests.simulation import invocations
from tests.simulation.access import restore_access
from tests.simulation.actors import Actors
from tests.simulation.clocks import true_time
from tests.simulation.faults import Faults
from tests.simulation.list_actors import overdue_lists
from tests.simulation.model_client import ModelClient
from tests.simulation.patches import deterministic
from tests.simulation.plans import Plan, plan_for_seed
from tests.simulation.schedule import Scheduler, ScheduleStuck
from tests.simulation.state import (
    DEAD_LETTERS,
    IMPORT,
    REFRESH,
    SimulationState,
    build_state,
    create_sites,
)
from tests.simulation.workload import import_first_products, schedule_visits, start_planner

Store = Callable[[Callable[[], datetime]], AbstractContextManager[Config]]
REFRESH_INTERVAL = 3600.0
PLANNER_INTERVAL = 300.0
MAX_LEASE_SECONDS = 900.0


@dataclass(frozen=True)
class Outcome:
    """The result of a schedule: violated invariants and unexpected exceptions of workers."""

    plan: Plan
    violations: tuple[str, ...]
    errors: tuple[str, ...]
    fired: Counter[str]
    history: tuple[str, ...]

    @property
    def failures(self) -> tuple[str, ...]:
        """Return the violations, then the exceptions."""
        return self.violations + self.errors


def run(seed: int, store: Store) -> Outcome:
    """Run the schedule of a seed."""
    return run_plan(plan_for_seed(seed), store)


def run_plan(plan: Plan, store: Store, faults: Faults | None = None) -> Outcome:
    """Run a schedule with its own faults, or with others."""
    errors: list[str] = []
    scheduler = Scheduler(random.Random(plan.seed))  # noqa: S311 - reproducible, not secret
    with store(lambda: true_time(scheduler)) as config:
        state = build_state(plan, scheduler, config, faults)
        with state.gateway.installed(), deterministic(state):
            create_sites(state)
            try:
                _run_schedule(state)
            except ScheduleStuck as stuck:
                errors.append(f"the schedule of seed {plan.seed} does not end: {stuck}")
    errors += [f"{name} failed: {error!r}" for name, error in scheduler.failures]
    return Outcome(
        plan,
        tuple(state.invariants.violations),
        tuple(errors),
        state.faults.fired,
        tuple(scheduler.history),
    )


def _run_schedule(state: SimulationState) -> None:
    state.queues[REFRESH].deliver = partial(invocations.refresh, state)
    state.queues[REFRESH].find_process = state.environment("refresh")
    state.queues[IMPORT].deliver = partial(invocations.import_chunk, state)
    state.queues[IMPORT].find_process = state.environment("import_worker")
    actors = Actors(state)
    import_first_products(state, actors)
    state.faults.enable()
    schedule_visits(state, actors)
    state.scheduler.run(state.scheduler.now + state.plan.duration)
    state.faults.disable()
    state.amazon.is_down = False
    restore_access(state)
    actors.restore_products()
    state.amazon.end_deals(inf)
    recovered_since = _recover(state, actors)
    _check_final_state(state, actors, recovered_since)


def _recover(state: SimulationState, actors: Actors) -> float:
    """Run without faults until all products are refreshed; return when the recovery started."""
    scheduler = state.scheduler
    scheduler.run(scheduler.now + MAX_LEASE_SECONDS + 60)
    started_at = scheduler.now
    outage = min(state.plan.duration, 12 * REFRESH_INTERVAL)
    # A product that Amazon omits silently is missing after the second refresh.
    max_seconds = 2 * REFRESH_INTERVAL + 2 * max(REFRESH_INTERVAL, outage)
    while scheduler.now < started_at + max_seconds and (
        _overdue(state, started_at) or _has_pending_jobs(state)
    ):
        if _has_due_shelves(state) or _has_pending_jobs(state):
            start_planner(state, actors, 0.0)
        scheduler.run(scheduler.now + PLANNER_INTERVAL)
    scheduler.run(scheduler.now + MAX_LEASE_SECONDS)
    return started_at


def _has_due_shelves(state: SimulationState) -> bool:
    # Runs of the planner that find nothing would only take time.
    soon = state.scheduler.now + state.plan.max_clock_error
    sites = state.invariants.expected.sites.values()
    lists = any(shelf.due_at <= soon for s in sites for shelf in s.lists.shelves.values())
    return lists or any(
        shelf.seen and shelf.due_at <= soon for s in sites for shelf in s.shelves.values()
    )


def _has_pending_jobs(state: SimulationState) -> bool:
    return any(True for _ in PendingJobItem.query(item_keys.PENDING_JOBS))


def _overdue(state: SimulationState, since: float) -> list[str]:
    """Return the products and lists not seen since that time."""
    return overdue_lists(state, since) + [
        asin
        for site in state.invariants.expected.sites.values()
        for marketplace_code, asin in site.current_products()
        if (site.seen_at(marketplace_code, asin) or 0.0) < since - state.plan.max_clock_error
    ]


def _check_final_state(state: SimulationState, actors: Actors, since: float) -> None:
    invariants, scheduler = state.invariants, state.scheduler
    overdue = _overdue(state, since)
    if overdue:
        invariants.add_violation(f"I8: {sorted(overdue)} not refreshed since {since:.0f}")
    _check_queues(state)
    _check_jobs(state)
    invariants.check_call_limits()
    for client in actors.clients:
        work = partial(_read_to_the_end, state, actors, client)
        scheduler.start("last read", work, state.environment("feed"))
    scheduler.run(scheduler.now + 60)
    _check_products(state)
    actors.lists.check()
    _check_copies(state, actors, since)
    _check_requests(state, actors)


def _check_products(state: SimulationState) -> None:
    """Check that each product is stored as it is at Amazon now."""
    add_violation = state.invariants.add_violation
    for site in state.invariants.expected.sites.values():
        for marketplace_code, asin in site.current_products():
            stored = site.products[marketplace_code, asin]
            actual = state.amazon.current_price(marketplace_code, asin)
            if stored.price != actual:
                add_violation(f"I1: {asin} is stored at {stored.price}, and costs {actual}")
            if actual is None and stored.kind != "missing":
                add_violation(f"I3: {asin} has vanished and is not missing")


def _check_copies(state: SimulationState, actors: Actors, since: float) -> None:
    """Check that each client has the products of its site, and that none holds the others back."""
    for client in actors.clients:
        site = state.invariants.expected.sites[client.tenant.site_id]
        current = set(site.current_products())
        if set(client.copies) != current:
            state.invariants.add_violation(
                f"I4: a client has {sorted(client.copies)}, stored are {sorted(current)}"
            )
        oldest = min(client.checked_at.values(), default=since)
        client.lists.check_names(state)
        if oldest < since - state.plan.max_clock_error:
            state.invariants.add_violation(f"I3: checked_at is {oldest:.0f}, before {since:.0f}")


def _check_queues(state: SimulationState) -> None:
    """Check that the queues are empty and that no message failed without a fault."""
    add_violation = state.invariants.add_violation
    for name in (REFRESH, IMPORT):
        queue = state.queues[name]
        if queue.messages:
            add_violation(f"I8: {len(queue.messages)} messages left in {queue.name}")
        if queue.unexplained:
            add_violation(f"I8: {len(queue.unexplained)} failures in {queue.name} without a fault")
    if state.queues[DEAD_LETTERS].messages:
        add_violation("I8: the service could not decode its own message")


def _check_jobs(state: SimulationState) -> None:
    """Check that every import job was finished."""
    pending = list(PendingJobItem.query(item_keys.PENDING_JOBS))
    if pending:
        state.invariants.add_violation(f"I8: {len(pending)} import jobs are not finished")


def _read_to_the_end(state: SimulationState, actors: Actors, client: ModelClient) -> None:
    started_at = state.scheduler.now
    actors.check_holdings(client)
    if client.completed_at < started_at:
        state.invariants.add_violation("I4: a client does not reach the end of the feed")


def _check_requests(state: SimulationState, actors: Actors) -> None:
    """Check the effect of confirmed requests, except where the site also requested the reverse."""
    requests = actors.requests
    for name, at in requests.imported.items():
        current = set(state.invariants.expected.sites[name[0]].current_products())
        if name[1:] not in current and name not in requests.removing:
            state.invariants.add_violation(f"{name[2]} was imported at {at:.3f} and is missing")
    for name, at in requests.removed.items():
        current = set(state.invariants.expected.sites[name[0]].current_products())
        if name[1:] in current and name not in requests.importing:
            state.invariants.add_violation(f"{name[2]} was removed at {at:.3f} and is present")
