"""A broken version of a function raises its rollback alarm, and no other, during a canary."""

from datetime import timedelta
from typing import Any, cast

import pytest

from amzlinkr.wiring import Dependencies
from tests.calls import TEMPLATE, event_of, send
from tests.clock import FakeClock
from tests.iam.enforcer import PolicyEnforcer
from tests.infra.template_reader import of_type
from tests.observability.emf import emf_values
from tests.observability.evaluation import MetricStore, state_of
from tests.observability.stack import rollback_alarms

ROLLBACK = rollback_alarms()
MINUTE = timedelta(minutes=1)
OF_AWS = {
    name: next(iter(alarm.metrics.values()))[0]
    for name, alarm in ROLLBACK.items()
    if next(iter(alarm.metrics.values()))[0][0].startswith("AWS/")
}
"""The alarms on metrics of AWS services, with their metric."""


def routes() -> dict[str, tuple[str, str]]:
    """Return the method and path of one call of each function with a canary and routes."""
    found = {}
    for logical_id, function in of_type(TEMPLATE, "AWS::Serverless::Function").items():
        calls = [one["Properties"] for one in function.get("Events", {}).values()]
        plain = [one for one in calls if "Path" in one and "{" not in one["Path"]]
        if "DeploymentPreference" in function and plain:
            found[logical_id.removesuffix("Function")] = plain[0]["Method"], plain[0]["Path"]
    return found


def in_alarm(store: MetricStore, clock: FakeClock) -> set[str]:
    states = {name: state_of(alarm, store, clock.now()) for name, alarm in ROLLBACK.items()}
    return {name for name, state in states.items() if state == "ALARM"}


def call_broken(method: str, path: str) -> Any:
    """Call a function that raises an exception in each request: it has no dependencies."""
    return send(cast(Dependencies, None), event_of(method, path, site_id="site_a"))


@pytest.mark.parametrize("function", routes())
@pytest.mark.parametrize("requests", [1, 2])
def test_exception_in_a_handler_rolls_its_function_back(
    function: str, requests: int, guard: PolicyEnforcer, clock: FakeClock
) -> None:
    store = MetricStore()
    guard.printed.clear()

    for _ in range(requests):
        assert call_broken(*routes()[function]).status == 500
    for entry in emf_values("".join(guard.printed)):
        store.put(entry.metric, clock.now(), entry.values)
    clock.advance(seconds=60)

    assert in_alarm(store, clock) == ({f"{function}FaultsAlarm"} if requests == 2 else set())


@pytest.mark.parametrize("name", OF_AWS)
def test_failures_in_metrics_of_aws_roll_back(name: str, clock: FakeClock) -> None:
    """Two failed invocations in a minute are enough."""
    store = MetricStore()

    store.put(OF_AWS[name], clock.now(), [1])
    clock.advance(seconds=60)
    assert in_alarm(store, clock) == set()
    store.put(OF_AWS[name], clock.now() - MINUTE, [1])

    assert in_alarm(store, clock) == {name}


def test_every_rollback_alarm_has_a_fault() -> None:
    """Those of `ApiServerErrorsAlarm` are in `test_own_faults.py`."""
    broken = {f"{function}FaultsAlarm" for function in routes()}

    assert len(broken) == 11
    assert broken | set(OF_AWS) | {"ApiServerErrorsAlarm"} == set(ROLLBACK)
