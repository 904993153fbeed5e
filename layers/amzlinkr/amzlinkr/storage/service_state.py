"""The state of the service itself: the operator's switches, and the last run of the planner."""

from __future__ import annotations

from amzlinkr.domain.clock import Clock, from_unix_ms, to_unix_ms
from amzlinkr.domain.service_switches import PlannerRun, ServiceSwitches, Switch, SwitchedOn
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.service_records import PlannerRunItem, SwitchItem

MAX_SWITCH_AGE_SECONDS = 5.0
"""The time after which a process reads the switches again."""


class ServiceState:
    """The switches, which backups of the sites table contain, and the run in the quotas table."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._read: tuple[float, ServiceSwitches] | None = None

    def switches(self) -> ServiceSwitches:
        """Return the switches, as they are stored now."""
        with store_errors():
            # A query, because not every function may use GetItem on the sites table.
            items = list(SwitchItem.query(item_keys.SERVICE_SWITCHES, consistent_read=True))
        states = {item.sk: _switched_on(item) for item in items}
        return ServiceSwitches(states.get(Switch.SYNC_PAUSED), states.get(Switch.READ_ONLY))

    def recent_switches(self) -> ServiceSwitches:
        """Return the switches, read at most `MAX_SWITCH_AGE_SECONDS` ago."""
        now = self._clock.monotonic()
        if self._read is None or now - self._read[0] >= MAX_SWITCH_AGE_SECONDS:
            self._read = now, self.switches()
        return self._read[1]

    def turn_on(self, switch: Switch, state: SwitchedOn) -> None:
        """Turn a switch on, or replace who turned it on and why."""
        with store_errors():
            SwitchItem(
                item_keys.SERVICE_SWITCHES,
                switch.value,
                since=to_unix_ms(state.since),
                by=state.by,
                reason=state.reason,
            ).save()

    def turn_off(self, switch: Switch) -> None:
        """Turn a switch off. A repeated call is harmless."""
        with store_errors():
            SwitchItem(item_keys.SERVICE_SWITCHES, switch.value).delete()

    def record_run(self, run: PlannerRun) -> None:
        """Store the last run of the planner."""
        with store_errors():
            PlannerRunItem(
                item_keys.PLANNER_RUN,
                started_at=to_unix_ms(run.started_at),
                finished_at=to_unix_ms(run.finished_at),
                planned=run.planned,
            ).save()

    def last_run(self) -> PlannerRun | None:
        """Return the last finished run of the planner, or None if there was none."""
        item = find(PlannerRunItem, item_keys.PLANNER_RUN)
        if item is None:
            return None
        started_at, finished_at = int(item.started_at), int(item.finished_at)
        return PlannerRun(from_unix_ms(started_at), from_unix_ms(finished_at), int(item.planned))


def _switched_on(item: SwitchItem) -> SwitchedOn:
    return SwitchedOn(from_unix_ms(int(item.since)), item.by, item.reason)
