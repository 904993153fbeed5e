"""The state of one schedule: sites, Amazon accounts, processes, queues and clocks."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from amzlinkr.config import Config
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.credentials import Credentials, creators_credentials, paapi_credentials
from amzlinkr.domain.sites import ApiKeyRecord, Caller, Signup
from amzlinkr.services.import_turns import MAX_RECEIVES
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.products import offer_type_of
from tests.clock import START
from tests.simulation.amazon import ScriptedAmazon
from tests.simulation.aws_gateway import AwsGateway
from tests.simulation.clocks import WorkerClock
from tests.simulation.expected_state import ExpectedState
from tests.simulation.faults import CLOCK_SKEW, Faults, RandomFaults
from tests.simulation.invariants import Invariants
from tests.simulation.plans import Plan
from tests.simulation.queues import FifoQueue
from tests.simulation.schedule import Process, Scheduler

REFRESH, IMPORT, DEAD_LETTERS = "queue:refresh", "queue:import", "queue:dead-letters"
DAY = START.date().isoformat()


@dataclass(eq=False)
class Environment(Process):
    """One Lambda environment, with its clock and the dependencies that invocations share."""

    clock: WorkerClock | None = None
    deps: Dependencies | None = None


@dataclass(frozen=True)
class Tenant:
    """A site with its API key, marketplaces, and products, and its owner's Amazon account."""

    site_id: str
    kid: str
    account: Account
    marketplace_codes: tuple[str, ...]
    asins: tuple[str, ...]


@dataclass
class SimulationState:
    """Everything that takes part in a schedule."""

    plan: Plan
    scheduler: Scheduler
    faults: Faults
    rng: random.Random
    config: Config
    invariants: Invariants
    amazon: ScriptedAmazon
    queues: dict[str, FifoQueue]
    gateway: AwsGateway
    tenants: list[Tenant] = field(default_factory=list)
    environments: dict[str, list[Environment]] = field(default_factory=lambda: defaultdict(list))

    def environment(self, function: str) -> Callable[[], Environment]:
        """Return a function that returns an idle environment of a function, or starts one."""

        def find() -> Environment:
            known = self.environments[function]
            idle = [e for e in known if not e.has_crashed and not e.active_workers]
            if idle and self.rng.random() < 0.9:
                return self.rng.choice(idle)
            clock = WorkerClock(self.scheduler, *self._clock_error())
            deps = Dependencies(self.config, ServerSyncedClock(clock))
            deps.map_concurrently = self.scheduler.map_concurrently  # type: ignore[assignment] # threads of the schedule
            new = Environment(f"{function}-{len(known)}", clock=clock, deps=deps)
            known.append(new)
            return new

        return find

    @property
    def current_environment(self) -> Environment:
        """Return the environment of the worker that runs."""
        worker = self.scheduler.current
        if worker is None or not isinstance(worker.process, Environment):
            raise RuntimeError("no worker of an environment runs")
        return worker.process

    @property
    def deps(self) -> Dependencies:
        """Return the dependencies of that environment."""
        deps = self.current_environment.deps
        if deps is None:
            raise RuntimeError("the environment has no dependencies")
        return deps

    def _clock_error(self) -> tuple[float, float]:
        plan = self.plan
        if not plan.skew:
            return 0.0, 1.0
        if plan.skew < 1:
            return plan.skew * self.rng.uniform(-1, 1), 1.0
        offset = plan.skew * self.rng.choice([-1, 1]) * self.rng.uniform(0.02, 1)
        self.faults.fired[CLOCK_SKEW] += 1
        return offset, 1 + self.rng.uniform(-1e-5, 1e-5)


def build_state(
    plan: Plan, scheduler: Scheduler, config: Config, faults: Faults | None = None
) -> SimulationState:
    """Return the state of a plan before its start, with its own faults or with others."""
    rng = scheduler.rng
    faults = faults or RandomFaults(rng, plan.fault_rate, plan.fault_kinds)
    config = replace(
        config,
        refresh_queue_url=REFRESH,
        import_queue_url=IMPORT,
        sandbox_import_queue_url=IMPORT,
        refresh_dead_letters_url=DEAD_LETTERS,
    )
    expected = ExpectedState(config.products_table, config.shelves_table)
    invariants = Invariants(
        scheduler, expected, plan.calls_per_second, plan.max_clock_error, plan.used_calls
    )
    amazon = ScriptedAmazon(scheduler, faults, invariants.check_request)
    invariants.amazon = amazon
    queues = {
        REFRESH: FifoQueue("refresh", scheduler, faults, rng, 10, 360, 3_600, 20, 60, 1),
        IMPORT: FifoQueue(
            "import", scheduler, faults, rng, 1, 360, 86_400, MAX_RECEIVES + 1, 60, MAX_RECEIVES
        ),
        DEAD_LETTERS: FifoQueue("dead-letters", scheduler, faults, rng, 10, 360, 1e9, 99, 60, 99),
    }

    def current_clock() -> WorkerClock | None:
        worker = scheduler.current
        process = worker.process if worker else None
        return process.clock if isinstance(process, Environment) else None

    gateway = AwsGateway(
        scheduler, faults, queues, invariants.check_write, current_clock, plan.slow_call_ratio
    )
    return SimulationState(
        plan, scheduler, faults, rng, config, invariants, amazon, queues, gateway
    )


def create_sites(state: SimulationState) -> None:
    """Create and connect the sites, as sign-up and validation do."""
    plan, rng = state.plan, state.rng
    state.scheduler.now = plan.starts_at
    deps = Dependencies(state.config, WorkerClock(state.scheduler))
    accounts = [_account(state, number) for number in range(plan.accounts)]
    for number in range(plan.sites):
        account = accounts[number % len(accounts)]
        key = ApiKeyRecord(f"k{number}", f"digest{number}")
        signup = Signup(f"s{number}", f"site{number}.example", "", "", "", "", START)
        site_id = deps.signups.claim(signup, f"site{number}", key, START).site_id
        for marketplace_code in plan.marketplace_codes:
            if plan.is_late:
                _link(deps, Caller(site_id, key.kid), account, marketplace_code)
                continue
            credentials = _credentials(account, marketplace_code)
            secret_id, version = deps.amazon_accounts.store_credentials(site_id, credentials, None)
            deps.sites.connect(
                Caller(site_id, key.kid),
                Connection(
                    marketplace_code,
                    credentials.api,
                    credentials.partner_tag,
                    "",
                    secret_id,
                    version,
                    deps.signer.account_key(credentials),
                    START - timedelta(days=1),
                    State.VALID,
                    last_ok_at=START,
                ),
                None,
                START,
            )
        _set_call_rate(
            plan, deps.signer.account_key(_credentials(account, plan.marketplace_codes[0]))
        )
        asins = _priced_asins(number, plan.products)
        state.tenants.append(Tenant(site_id, key.kid, account, plan.marketplace_codes, asins))
        for marketplace_code in plan.marketplace_codes:
            for asin in asins:
                state.amazon.change_price(marketplace_code, asin)
    rng.shuffle(state.tenants)


def _link(deps: Dependencies, caller: Caller, account: Account, marketplace_code: str) -> None:
    (tag,) = account.partner_tags[marketplace_code]
    deps.sites.connect(caller, Connection.link_only(marketplace_code, tag, START), None, START)


def _set_call_rate(plan: Plan, account_key: str) -> None:
    """Store what the rate limiter learned about an account before the schedule."""
    if plan.used_calls:
        RateLimiterItem(account_key, day=DAY, used=plan.used_calls).save()
    if plan.calls_per_second > 1:
        learned = 1000 // plan.calls_per_second
        RateLimiterItem(
            account_key,
            interval_ms=learned,
            proven_ms=learned,
            day_limit=8_640 * plan.calls_per_second,
            consecutive_429s=0,
        ).save()


def _priced_asins(site: int, count: int) -> tuple[str, ...]:
    """Return ASINs that have a price in every response."""
    all_asins = (f"B0TEST{site}{item:03d}" for item in range(1000))
    return tuple(islice((asin for asin in all_asins if offer_type_of(asin) == "ordinary"), count))


def _account(state: SimulationState, number: int) -> Account:
    tags: dict[str, tuple[str, ...]] = {"US": ("tag-20",), "DE": ("tag-21",)}
    calls_per_second = state.plan.calls_per_second
    if state.plan.api == "creators":
        name = f"amzn1.application-oa2-client.{number:032d}"
        secret = f"amzn1.oa2-cs.v1.{number:064d}"
        account = Account(name, secret, tags, tps=calls_per_second, api="creators", version="3.1")
    else:
        account = Account(f"AKIA{number:016d}", f"{number:040d}", tags, tps=calls_per_second)
    state.amazon.add_account(account)
    return account


def _credentials(account: Account, marketplace_code: str) -> Credentials:
    (tag,) = account.partner_tags[marketplace_code]
    if account.api == "creators":
        return creators_credentials(
            account.access_key, account.secret_key, account.version, tag, marketplace_code
        )
    return paapi_credentials(account.access_key, account.secret_key, tag, marketplace_code)
