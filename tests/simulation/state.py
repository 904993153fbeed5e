"""A small world made from a seed: sites and their Amazon accounts, processes, queues, clocks."""

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
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.products import offer_type_of
from tests.clock import START
from tests.simulation.amazon import ScriptedAmazon
from tests.simulation.aws_gateway import Gate
from tests.simulation.clocks import WorkerClock
from tests.simulation.expected_state import Mirror
from tests.simulation.faults import SKEWED, Faults, RandomFaults
from tests.simulation.model import Model
from tests.simulation.plans import Plan
from tests.simulation.queues import FifoQueue
from tests.simulation.schedule import Process, Scheduler

REFRESH, IMPORT, UNREADABLE = "queue:refresh", "queue:import", "queue:unreadable"
DAY = START.date().isoformat()


@dataclass(eq=False)
class Environment(Process):
    """One Lambda environment: its clock, and the dependencies it keeps between invocations."""

    clock: WorkerClock | None = None
    deps: Dependencies | None = None


@dataclass(frozen=True)
class Tenant:
    """A site of this world."""

    site_id: str
    shops: tuple[str, ...]
    asins: tuple[str, ...]


@dataclass
class World:
    """Everything a schedule happens in."""

    plan: Plan
    scheduler: Scheduler
    faults: Faults
    rng: random.Random
    config: Config
    model: Model
    amazon: ScriptedAmazon
    queues: dict[str, FifoQueue]
    gate: Gate
    tenants: list[Tenant] = field(default_factory=list)
    environments: dict[str, list[Environment]] = field(default_factory=lambda: defaultdict(list))

    def environment(self, function: str) -> Callable[[], Environment]:
        """Finds an idle environment of a function, or starts one."""

        def found() -> Environment:
            known = self.environments[function]
            idle = [one for one in known if one.is_alive and not one.at_work]
            if idle and self.rng.random() < 0.9:
                return self.rng.choice(idle)
            clock = WorkerClock(self.scheduler, *self._clock_error())
            deps = Dependencies(self.config, ServerSyncedClock(clock))
            deps.map_concurrently = self.scheduler.each  # type: ignore[assignment] # threads of the schedule
            new = Environment(f"{function}-{len(known)}", clock=clock, deps=deps)
            known.append(new)
            return new

        return found

    @property
    def here(self) -> Environment:
        """The environment of the worker that has the baton."""
        worker = self.scheduler.current
        if worker is None or not isinstance(worker.process, Environment):
            raise RuntimeError("nobody is at work")
        return worker.process

    @property
    def deps(self) -> Dependencies:
        """Its dependencies."""
        deps = self.here.deps
        if deps is None:
            raise RuntimeError("an environment without dependencies")
        return deps

    def _clock_error(self) -> tuple[float, float]:
        plan = self.plan
        if not plan.skew:
            return 0.0, 1.0
        if plan.skew < 1:
            return plan.skew * self.rng.uniform(-1, 1), 1.0
        offset = plan.skew * self.rng.choice([-1, 1]) * self.rng.uniform(0.02, 1)
        self.faults.fired[SKEWED] += 1
        return offset, 1 + self.rng.uniform(-1e-5, 1e-5)


def build(plan: Plan, scheduler: Scheduler, config: Config, faults: Faults | None = None) -> World:
    """The world of a plan, before anything happens in it; with its own faults or with others."""
    rng = scheduler.rng
    faults = faults or RandomFaults(rng, plan.rate, plan.kinds)
    config = replace(
        config,
        refresh_queue_url=REFRESH,
        import_queue_url=IMPORT,
        refresh_dead_letters_url=UNREADABLE,
    )
    mirror = Mirror(config.products_table, config.shelves_table)
    model = Model(scheduler, mirror, plan.pace, plan.honest_skew, plan.used)
    amazon = ScriptedAmazon(scheduler, faults, model.asked)
    model.amazon = amazon
    queues = {
        REFRESH: FifoQueue("refresh", scheduler, faults, rng, 10, 360, 3_600, 20, 60),
        IMPORT: FifoQueue("import", scheduler, faults, rng, 1, 360, 86_400, 5, 60),
        UNREADABLE: FifoQueue("unreadable", scheduler, faults, rng, 10, 360, 1e9, 99, 60),
    }

    def clock() -> WorkerClock | None:
        worker = scheduler.current
        process = worker.process if worker else None
        return process.clock if isinstance(process, Environment) else None

    gate = Gate(scheduler, faults, queues, model.written, clock, plan.slow)
    return World(plan, scheduler, faults, rng, config, model, amazon, queues, gate)


def settle(world: World) -> None:
    """Found the sites and connect them, as the sign-up and the validation would."""
    plan, rng = world.plan, world.rng
    world.scheduler.now = plan.begins
    deps = Dependencies(world.config, WorkerClock(world.scheduler))
    accounts = [_account(world, number) for number in range(plan.accounts)]
    for number in range(plan.sites):
        account = accounts[number % len(accounts)]
        key = ApiKeyRecord(f"k{number}", f"digest{number}")
        signup = Signup(f"s{number}", f"site{number}.example", "", "", "", START)
        site_id = deps.signups.claim(signup, f"site{number}", key, START).site_id
        for shop in plan.shops:
            credentials = _credentials(account, shop)
            secret_id, version = deps.amazon_accounts.store_credentials(site_id, credentials, None)
            deps.sites.connect(
                Caller(site_id, key.kid),
                Connection(
                    shop,
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
        _budget(plan, deps.signer.account_key(_credentials(account, plan.shops[0])))
        asins = _ordinary(number, plan.products)
        world.tenants.append(Tenant(site_id, plan.shops, asins))
        for shop in plan.shops:
            for asin in asins:
                world.amazon.change_price(shop, asin)
    rng.shuffle(world.tenants)


def _budget(plan: Plan, quota_id: str) -> None:
    """What is known of an account when the schedule begins."""
    if plan.used:
        RateLimiterItem(quota_id, day=DAY, used=plan.used).save()
    if plan.pace > 1:
        learned = 1000 // plan.pace
        RateLimiterItem(
            quota_id,
            interval_ms=learned,
            proven_ms=learned,
            day_limit=8_640 * plan.pace,
            consecutive_429s=0,
        ).save()


def _ordinary(site: int, wanted: int) -> tuple[str, ...]:
    """ASINs whose price every answer shows."""
    all_asins = (f"B0TEST{site}{item:03d}" for item in range(1000))
    return tuple(islice((one for one in all_asins if offer_type_of(one) == "ordinary"), wanted))


def _account(world: World, number: int) -> Account:
    tags: dict[str, tuple[str, ...]] = {"US": ("tag-20",), "DE": ("tag-21",)}
    pace = world.plan.pace
    if world.plan.api == "creators":
        name = f"amzn1.application-oa2-client.{number:032d}"
        secret = f"amzn1.oa2-cs.v1.{number:064d}"
        account = Account(name, secret, tags, tps=pace, api="creators", version="3.1")
    else:
        account = Account(f"AKIA{number:016d}", f"{number:040d}", tags, tps=pace)
    world.amazon.open_account(account)
    return account


def _credentials(account: Account, shop: str) -> Credentials:
    (tag,) = account.partner_tags[shop]
    if account.api == "creators":
        return creators_credentials(
            account.access_key, account.secret_key, account.version, tag, shop
        )
    return paapi_credentials(account.access_key, account.secret_key, tag, shop)
