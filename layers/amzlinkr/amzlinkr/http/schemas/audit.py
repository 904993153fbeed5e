"""Response types of the audit log."""

from __future__ import annotations

from msgspec import Struct

from amzlinkr.domain.audit import AuditEventName
from amzlinkr.http.schemas.sites import Timestamp


class AuditEventOut(Struct):
    """Security event. `actor` is the `kid` of an API key, `sign-up`, or `operator`."""

    at: Timestamp
    event: AuditEventName
    actor: str
    detail: str


class AuditEvents(Struct):
    """Response of GET /v1/audit: the events of the last 90 days, newest first."""

    events: list[AuditEventOut]
    next_cursor: str | None
    has_more: bool
