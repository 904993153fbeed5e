"""Response types of the audit log."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.domain.audit import AuditEventName
from amzlinkr.http.schemas.connections import Timestamp


class AuditEventOut(Struct):
    """Security event of the site."""

    at: Timestamp
    """Time of the event."""
    event: AuditEventName
    """Kind of the event."""
    actor: str
    """Cause of the event: the `kid` of an API key, `sign-up`, or `operator`."""
    detail: str
    """Event in words, without secrets and addresses."""


class AuditEvents(Struct):
    """Page of the security events of the last 90 days, newest first."""

    events: list[AuditEventOut]
    """Events, newest first."""
    has_more: bool
    """True if another page follows."""
    next_cursor: str | UnsetType = UNSET
    """Cursor of the next page. Absent on the last page."""
