"""The condition of a restore's steps that nothing else may interrupt: the service is read-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil

from amzlinkr.domain.clock import Clock
from amzlinkr.storage.service_state import ServiceState
from infra.command_failures import CommandFailure

WORK_IN_PROGRESS = timedelta(minutes=10)
"""The time in which all work has ended that began before the mode: requests, workers, a purge."""
_TURN_ON = '`python -m infra.admin read-only on --reason "restore"`'


@contextmanager
def read_only_service(state: ServiceState, clock: Clock) -> Iterator[None]:
    """Run a step of a restore while the service is read-only.

    Raises:
        CommandFailure: The service is not read-only, or has not been for long enough, and the step
            did not begin; or the mode was turned off or on during the step.
        StoreUnavailable: The sites table, which has the switches, did not respond.
    """
    since = _read_only_since(state)
    if since is None:
        text = f"Nothing was changed, because the service is not read-only. Run {_TURN_ON}, wait"
        raise CommandFailure(f"{text} ten minutes, and repeat this step.")
    remaining = since + WORK_IN_PROGRESS - clock.now()
    if remaining > timedelta():
        minutes = ceil(remaining / timedelta(minutes=1))
        text = "Nothing was changed, because work from before the read-only mode may be in progress"
        raise CommandFailure(f"{text}. Repeat this step in {minutes} min.")
    yield
    if _read_only_since(state) != since:
        text = f"The read-only mode was changed during this step. If it is off, run {_TURN_ON}"
        raise CommandFailure(f"{text}. After ten minutes of the mode, repeat the step.")


def _read_only_since(state: ServiceState) -> datetime | None:
    read_only = state.switches().read_only
    return None if read_only is None else read_only.since
