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


class ProblemOut(Struct):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    action: str
    retryable: bool
    request_id: str
    field: str | UnsetType = UNSET
    retry_after: int | UnsetType = UNSET
    upstream: UpstreamOut | UnsetType = UNSET


class EntryProblem(Struct):
    """Reason for which one entry of an import failed."""

    code: str
    detail: str
    action: str
    field: str | UnsetType = UNSET
