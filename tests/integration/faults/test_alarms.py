"""Each alarm goes to ALARM for its fault, and none does while the service is healthy.

The functions run on the fake clock. Their metrics are put as metric data at its time.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import boto3
import pytest

from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.connections import State
from amzlinkr.domain.reservations import day_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import ConnectionItem, RateLimiterItem
from amzlinkr.wiring import Dependencies
from functions.price_sync import app as price_sync
from functions.refresh_shelves import app as refresh_shelves
from infra import owner_costs
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.calls import deliver, plan_sync, run_imports, run_purge, run_queue, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY
from tests.iam.enforcer import PolicyEnforcer
from tests.integration import aws_spy
from tests.observability.aws_metrics import aws_metrics, fault_of, put_fault, put_healthy
from tests.observability.emf import emf_values
from tests.observability.evaluation import MetricStore, state_of
from tests.observability.stack import Alarm, alarms, dashboard_metrics, rollback_alarms
from tests.site_client import Site, start_sign_up

ASINS = [f"B0TEST{n:04d}" for n in range(11)]
ALL = alarms("essential") | alarms()
RUN = timedelta(minutes=5)
HEALTHY_METRICS = {
    "SyncRunsCompleted", "OldestDueShelfSeconds", "OldestProductSeconds", "OldestImportSeconds",
    "NewSitesUsedPercent", "ConnectionsUsedPercent", "AccountsDownPercent", "Accounts_valid",
    "ShelvesFailed", "ShelvesRefreshed",
}  # fmt: skip
"""The metrics of a healthy service without changes. Each costs $0.30 a month above ten."""


@dataclass
class Operation:
    """A running service: its clock, and the metric data that it has published."""

    site: Site
    clock: FakeClock
    amazon: FakeAmazon
    guard: PolicyEnforcer
    store: MetricStore = field(default_factory=MetricStore)
    read: int = 0

    @property
    def deps(self) -> Dependencies:
        return self.site.deps

    def publish(self) -> None:
        """Put what the functions wrote since the last time as metric data of now."""
        written = "".join(self.guard.printed[self.read :])
        self.read = len(self.guard.printed)
        for entry in emf_values(written):
            self.store.put(entry.metric, self.clock.now(), entry.values)

    def repeat(self, runs: int, run: Callable[[], object], every: timedelta = RUN) -> None:
        """Run something in intervals and publish its metrics."""
        for _ in range(runs):
            run()
            self.publish()
            self.clock.advance(seconds=every.total_seconds())

    def healthy_run(self) -> None:
        """Run the scheduled functions and the workers once."""
        run_sync(self.deps)
        run_purge(self.deps)

    def in_alarm(self) -> set[str]:
        """Return the alarms in the state ALARM. AWS's own metrics are healthy unless they exist."""
        now = self.clock.now()
        put_healthy(self.store, now - timedelta(hours=2), now)
        return {name for name, alarm in ALL.items() if self.state(alarm, now) == "ALARM"}

    def state(self, alarm: Alarm, now: datetime) -> str:
        return state_of(alarm, self.store, now)


@pytest.fixture
def operation(site: Site, clock: FakeClock, amazon: FakeAmazon, guard: PolicyEnforcer) -> Operation:
    """Return a service with eleven products of one site, which were just imported."""
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:]})
    guard.printed.clear()
    return Operation(site, clock, amazon, guard)


def test_healthy_service_raises_no_alarm(operation: Operation) -> None:
    operation.repeat(26, operation.healthy_run)

    assert operation.in_alarm() == set()
    now = operation.clock.now()
    rollback = {alarm.name: operation.state(alarm, now) for alarm in rollback_alarms().values()}
    assert set(rollback.values()) == {"OK"}
    own = {metric[1] for metric in operation.store.data if metric[0] == "AmzLinkr"}
    assert own == HEALTHY_METRICS
    # And one for changed products.
    assert len(own) + 1 == owner_costs.METRICS


def test_heartbeat_of_the_planner_is_written_before_pending_imports_are_read(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A function that Lambda stops at its timeout writes nothing more.
    at_end: list[str] = []
    read: list[Deadline] = []

    def record(*arguments: object) -> None:
        at_end.append("".join(operation.guard.printed))
        read.extend(one for one in arguments if isinstance(one, Deadline))

    monkeypatch.setattr(price_sync, "record_oldest_import", record)

    plan_sync(operation.deps, seconds=60)

    metrics = {entry.metric[1]: entry.values for entry in emf_values(at_end[0])}
    assert metrics["SyncRunsCompleted"] == (1,)
    assert "OldestDueShelfSeconds" in metrics
    assert [0 < one.remaining() < 60 for one in read] == [True]


def stop_planner(operation: Operation) -> None:
    operation.repeat(3, operation.healthy_run)
    operation.clock.advance(minutes=40)


def fail_calls_to_amazon(operation: Operation) -> None:
    operation.amazon.control.add_fault(Fault("garbage", times=100_000))
    operation.clock.advance(hours=1)
    operation.repeat(8, lambda: run_sync(operation.deps))


def fail_calls_until_products_expire(operation: Operation) -> None:
    operation.amazon.control.add_fault(Fault("garbage", times=100_000))
    operation.clock.advance(hours=23, minutes=5)
    operation.repeat(6, lambda: run_sync(operation.deps))


def lose_refresh_messages(operation: Operation) -> None:
    def plan_only() -> None:
        plan_sync(operation.deps)
        aws_spy.empty_queue(operation.deps.config.refresh_queue_url)

    operation.clock.advance(hours=1)
    operation.repeat(12, plan_only)


def lose_import_messages(operation: Operation) -> None:
    items = [f"B0MORE{n:04d}" for n in range(11)]
    operation.site.post("/v1/import", {"items": items}, {"Idempotency-Key": "job"})
    operation.clock.advance(hours=6)
    operation.repeat(6, lambda: run_sync(operation.deps))


def reject_accounts(operation: Operation) -> None:
    operation.amazon.control.put_account(ACCESS_KEY, AccountBody(secret_key="other" * 8))
    operation.clock.advance(hours=1)
    operation.repeat(8, lambda: run_sync(operation.deps), every=3 * RUN)


def delay_the_process(operation: Operation) -> None:
    clock, sleeps = operation.clock, [0]

    def sleep(seconds: float) -> None:
        sleeps[0] += 1
        clock.advance(seconds=seconds + 3 * (sleeps[0] % 2))

    operation.clock.advance(hours=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "sleep", sleep)
        operation.repeat(5, lambda: make_due_and_sync(operation))


def make_due_and_sync(operation: Operation) -> None:
    operation.site.post("/v1/sync")
    run_sync(operation.deps)


def fail_requests(operation: Operation) -> None:
    with aws_spy.fail_calls(lambda _: True, "InternalServerError"):
        operation.repeat(3, lambda: operation.site.get("/v1/products"))


def fail_planning(operation: Operation) -> None:
    def is_send(arguments: aws_spy.Arguments) -> bool:
        return "QueueUrl" in arguments

    operation.clock.advance(hours=1)
    with aws_spy.fail_calls(is_send, "InternalError"):
        operation.repeat(12, lambda: plan_sync(operation.deps))


def fail_to_expire(operation: Operation) -> None:
    def is_transaction(arguments: aws_spy.Arguments) -> bool:
        return "TransactItems" in arguments

    operation.clock.advance(hours=24)
    with aws_spy.fail_calls(is_transaction, "InternalServerError"):
        operation.repeat(8, lambda: plan_sync(operation.deps))


def fail_to_purge(operation: Operation) -> None:
    def is_purge(arguments: aws_spy.Arguments) -> bool:
        return "RequestItems" in arguments or "SecretId" in arguments

    delete_site(operation.site)
    with aws_spy.fail_calls(is_purge, "InternalServerError"):
        operation.repeat(14, lambda: run_purge(operation.deps))


def delete_site(site: Site) -> None:
    """Delete a site while Secrets Manager does not respond, so that its secrets remain."""

    def is_secret(arguments: aws_spy.Arguments) -> bool:
        return "SecretId" in arguments

    host = site.host
    with aws_spy.fail_calls(is_secret, "InternalServiceError"):
        reply = site.delete("/v1/site", confirm=host)
    assert reply.status == 202, reply.text


def reach_limits(operation: Operation) -> None:
    limits = operation.deps.config.limits
    low = replace(limits, new_sites=replace(limits.new_sites, maximum=1), connections=1)
    operation.deps.config = replace(operation.deps.config, limits=low)
    operation.repeat(3, operation.healthy_run)


def flood_sign_ups(operation: Operation) -> None:
    limits = operation.deps.config.limits
    low = replace(limits.signups_of_address, maximum=1)
    sign_up = operation.deps.sign_up.limits
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(sign_up), "limits", replace(limits, signups_of_address=low))
        operation.repeat(2, lambda: sign_up_often(operation.deps))


def sign_up_often(deps: Dependencies) -> None:
    for number in range(21):
        start_sign_up(deps, f"https://shop{number}.example")


def end_workers(operation: Operation) -> None:
    """Deliver messages that end the process, again after each visibility timeout."""
    operation.clock.advance(hours=1)
    plan_sync(operation.deps)
    messages = aws_spy.peek_messages(operation.deps.config.refresh_queue_url)

    def end_process(*_: object) -> None:
        raise aws_spy.ProcessKilled

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(operation.deps.shelf_refresher), "refresh", end_process)
        for received in range(1, 4):
            for message in messages:
                message["Attributes"]["ApproximateReceiveCount"] = str(received)
            with pytest.raises(aws_spy.ProcessKilled):
                deliver(operation.deps, refresh_shelves, messages)
            operation.publish()
            operation.clock.advance(minutes=6)


def poison_refresh_queue(operation: Operation) -> None:
    config, sqs = operation.deps.config, boto3.client("sqs")
    sqs.send_message(
        QueueUrl=config.refresh_queue_url,
        MessageBody='{"release": "next"}',
        MessageGroupId="account",
        MessageDeduplicationId="poison",
    )
    run_queue(operation.deps, refresh_shelves, config.refresh_queue_url)
    operation.publish()
    letters = len(aws_spy.peek_messages(config.refresh_dead_letters_url))
    ((metric, _),) = ALL["RefreshDeadLettersAlarm"].metrics.values()
    operation.store.put(metric, operation.clock.now(), [letters])
    operation.clock.advance(minutes=5)


FAULTS: dict[str, tuple[Callable[[Operation], None], set[str]]] = {
    "stopped planner": (stop_planner, {"PlannerStoppedAlarm"}),
    "outage of Amazon": (fail_calls_to_amazon, {"RefreshFailuresAlarm"}),
    "expiring products": (fail_calls_until_products_expire, {"StaleProductsAlarm"}),
    "lost refresh messages": (lose_refresh_messages, {"OverdueShelvesAlarm"}),
    "lost import messages": (lose_import_messages, {"OldImportsAlarm"}),
    "rejected accounts": (reject_accounts, {"AccountsDownAlarm"}),
    "slow process": (delay_the_process, {"MissedReservationsAlarm"}),
    "tables unavailable": (fail_requests, {"ApiErrorsAlarm"}),
    "queue unavailable": (fail_planning, {"PlanningFailuresAlarm"}),
    "expired products": (fail_to_expire, {"ExpireFailuresAlarm"}),
    "failing purge": (fail_to_purge, {"PurgeFailuresAlarm", "SecretDeletionFailuresAlarm"}),
    "reached limits": (reach_limits, {"NewSitesNearLimitAlarm", "ConnectionsNearLimitAlarm"}),
    "flood of sign-ups": (flood_sign_ups, {"RefusedSignUpsAlarm"}),
    "message that ends its worker": (end_workers, {"RepeatedDeliveriesAlarm"}),
    "poisoned message": (poison_refresh_queue, {"RefreshDeadLettersAlarm"}),
}
"""Faults of the service, and the alarms that they must raise. Others may follow."""


@pytest.mark.parametrize("name", FAULTS)
def test_fault_raises_its_alarms(name: str, operation: Operation) -> None:
    plant, expected = FAULTS[name]

    plant(operation)

    assert expected <= operation.in_alarm()


@pytest.mark.parametrize("alarm_id", [name for name in ALL if fault_of(name)])
def test_fault_in_metrics_of_aws_raises_its_alarm(alarm_id: str, clock: FakeClock) -> None:
    store, start = MetricStore(), clock.now()
    clock.advance(minutes=30 if "Errors" in alarm_id else 60)
    put_fault(store, alarm_id, start)

    assert state_of(ALL[alarm_id], store, clock.now()) == "ALARM"


def test_purge_that_does_not_start_raises_its_alarm(clock: FakeClock) -> None:
    alarm = ALL["PurgeStoppedAlarm"]
    ((metric, _),) = alarm.metrics.values()
    store, now = MetricStore(), clock.now()

    put_healthy(store, now - timedelta(hours=1), now, without=metric)

    assert metric in aws_metrics()
    assert state_of(alarm, store, now) == "ALARM"


@pytest.mark.parametrize("state", ["exhausted", "down"])
def test_import_that_waits_for_its_account_raises_no_alarm(
    state: str, operation: Operation
) -> None:
    site, deps = operation.site, operation.deps
    account = deps.sites.require(site.site_id).connection("US").account_key

    def wait() -> None:
        if state == "exhausted":
            day = day_of(to_unix_ms(operation.clock.now()))
            limiter = RateLimiterItem(account)
            limiter.update([RateLimiterItem.used.set(8_640), RateLimiterItem.day.set(day)])
        run_sync(deps)
        run_imports(deps)

    if state == "down":
        operation.amazon.control.add_fault(Fault("429", times=100_000))
    items = [f"B0MORE{n:04d}" for n in range(30)]
    site.post("/v1/import", {"items": items})
    operation.repeat(7 * 4, wait, every=3 * RUN)
    operation.repeat(6, wait)

    assert "OldImportsAlarm" not in operation.in_alarm()
    waiting = ("AmzLinkr", "ImportsWaiting")
    assert any(metric[:2] == waiting for metric in operation.store.data)


@pytest.mark.parametrize(("missed", "state"), [([600.0], "ALARM"), ([], "OK")])
def test_missed_reservations_without_any_refresh(
    missed: list[float], state: str, clock: FakeClock
) -> None:
    alarm, store, now = ALL["MissedReservationsAlarm"], MetricStore(), clock.now()
    metric, _ = alarm.metrics["missed"]

    store.put(metric, now - timedelta(minutes=30), missed)

    assert state_of(alarm, store, now) == state


@pytest.mark.parametrize(("down_percent", "state"), [(60.0, "ALARM"), (40.0, "OK")])
def test_accounts_that_are_down_in_several_runs_count_once(
    down_percent: float, state: str, clock: FakeClock
) -> None:
    alarm, store, now = ALL["AccountsDownAlarm"], MetricStore(), clock.now()
    metric, _ = alarm.metrics["value"]

    for run in range(1, 24):
        store.put(metric, now - run * RUN, [down_percent])

    assert state_of(alarm, store, now) == state


def test_dashboard_counts_the_accounts_of_each_state(operation: Operation) -> None:
    item = ConnectionItem.get(operation.site.site_id, item_keys.connection("US"))
    stored = json.loads(item.connection)
    operation.clock.advance(hours=1)
    for state in State:
        item.update([ConnectionItem.connection.set(json.dumps(stored | {"state": state}))])
        # Shelves of an account that is down are due again within a day.
        operation.repeat(1, lambda: plan_sync(operation.deps), every=timedelta(hours=25))

    counted = {metric for metric in operation.store.data if metric[1].startswith("Accounts_")}
    assert {metric[1] for metric in counted} == {f"Accounts_{state}" for state in State}
    assert counted <= set(dashboard_metrics())


def test_every_alarm_has_a_fault() -> None:
    planted: set[str] = set().union(*(expected for _, expected in FAULTS.values()))
    of_aws = {name for name in ALL if fault_of(name)}

    assert planted | of_aws | {"PurgeStoppedAlarm"} == set(ALL)
    assert planted & of_aws == set()
