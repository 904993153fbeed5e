"""Output types of problems: problem+json, and the problem of one import entry.

Optional fields are absent, never null.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class UpstreamOut(Struct):
    """Status, error code and request ID of Amazon's response, unchanged."""

    service: str
    status: int | None
    code: str | None
    request_id: str | None


class EntryProblem(Struct, kw_only=True):
    """Reason for which one entry of an import failed: a problem without `request_id`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    action: str
    retryable: bool
    field: str | UnsetType = UNSET
    retry_after: int | UnsetType = UNSET
    upstream: UpstreamOut | UnsetType = UNSET


class ProblemOut(EntryProblem, kw_only=True):
    """Problem details (RFC 9457)."""

    request_id: str
