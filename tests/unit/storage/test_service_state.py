"""The operator's switches and the planner's last run, as they are stored."""

from datetime import timedelta

import pytest

from amzlinkr.domain.service_switches import PlannerRun, ServiceSwitches, Switch, SwitchedOn
from amzlinkr.storage.service_records import SwitchItem
from amzlinkr.storage.service_state import MAX_SWITCH_AGE_SECONDS
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock

ON = SwitchedOn(START, "ops@example.com", "maintenance")


@pytest.mark.parametrize("switch", Switch)
def test_each_switch_is_turned_on_and_off_alone(stores: Dependencies, switch: Switch) -> None:
    state = stores.service_state
    assert state.switches() == ServiceSwitches()

    state.turn_on(switch, ON)
    assert state.switches() == ServiceSwitches(**{switch.value: ON})

    state.turn_off(switch)
    state.turn_off(switch)
    assert state.switches() == ServiceSwitches()


def test_switch_of_a_newer_release_is_ignored(stores: Dependencies) -> None:
    SwitchItem("service", "from_the_future", since=1, by="a", reason="b").save()

    assert stores.service_state.switches() == ServiceSwitches()


def test_recent_switches_are_read_again_after_some_seconds(
    stores: Dependencies, clock: FakeClock
) -> None:
    state = stores.service_state
    assert not state.recent_switches().is_read_only
    state.turn_on(Switch.READ_ONLY, ON)

    clock.advance(seconds=MAX_SWITCH_AGE_SECONDS - 0.1)
    assert not state.recent_switches().is_read_only
    clock.advance(seconds=0.1)
    assert state.recent_switches().is_read_only


def test_last_run_replaces_the_one_before(stores: Dependencies) -> None:
    assert stores.service_state.last_run() is None

    for number in range(2):
        at = START + timedelta(minutes=5 * number)
        run = PlannerRun(at, at + timedelta(seconds=3), number)
        stores.service_state.record_run(run)
        assert stores.service_state.last_run() == run
