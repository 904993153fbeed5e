"""The operator's switches: what they stop."""

import pytest

from amzlinkr.domain.service_switches import ServiceReadOnly, ServiceSwitches, SwitchedOn
from tests.clock import START

ON = SwitchedOn(START, "ops", "maintenance")


@pytest.mark.parametrize(
    ("switches", "stops_sync", "is_read_only"),
    [
        (ServiceSwitches(), False, False),
        (ServiceSwitches(sync_paused=ON), True, False),
        (ServiceSwitches(read_only=ON), True, True),
        (ServiceSwitches(sync_paused=ON, read_only=ON), True, True),
    ],
)
def test_read_only_mode_includes_the_pause(
    switches: ServiceSwitches, *, stops_sync: bool, is_read_only: bool
) -> None:
    assert (switches.is_sync_stopped, switches.is_read_only) == (stops_sync, is_read_only)


def test_refused_call_may_be_repeated_later() -> None:
    error = ServiceReadOnly()

    assert (error.status, error.retryable, error.retry_after) == (503, True, 300)
