"""The switches of the service, which the operator changes without a deployment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from amzlinkr.domain.errors import AmzlinkrError

READ_ONLY_RETRY_SECONDS = 300
"""The `Retry-After` of calls that are refused in read-only mode, which takes a while as a rule."""


class ServiceReadOnly(AmzlinkrError):
    """A call that changes data while the operator has made the service read-only."""

    status = 503
    code = "service_read_only"
    title = "The service is read-only at the moment"
    retryable = True
    default_action = (
        "No data was lost, and reading still works. Try again after the time in the Retry-After "
        "header; the operator of this service ends the read-only mode."
    )

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, retry_after=READ_ONLY_RETRY_SECONDS)


class Switch(StrEnum):
    """A switch, by the name under which it is stored."""

    SYNC_PAUSED = "sync_paused"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class SwitchedOn:
    """When, by whom, and why a switch was turned on."""

    since: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceSwitches:
    """The state of both switches; None is off."""

    sync_paused: SwitchedOn | None = None
    read_only: SwitchedOn | None = None

    @property
    def is_sync_stopped(self) -> bool:
        """Return True if the price sync plans no refreshes: paused, or in read-only mode."""
        return self.sync_paused is not None or self.read_only is not None

    @property
    def is_read_only(self) -> bool:
        """Return True if calls that change data are refused."""
        return self.read_only is not None


@dataclass(frozen=True, slots=True)
class PlannerRun:
    """A finished run of the planner, with the number of shelves that it enqueued."""

    started_at: datetime
    finished_at: datetime
    planned: int
