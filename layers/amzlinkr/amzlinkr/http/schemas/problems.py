"""Output types of problems: problem+json, and the problem of one import entry.

Optional fields are absent, never null.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class ProblemTypeOut(Struct):
    """Description of a problem code, which is the same in all responses with it."""

    type: str
    """URL of this description, which is the `type` of each problem with this code."""
    code: str
    """Problem code."""
    title: str
    """Summary of the problem."""
    status: int
    """HTTP status of responses with this code. API Gateway uses others for `internal_error`."""
    meaning: str
    """Cause of the problem."""
    action: str
    """Next step, unless a problem states a more specific one."""
    retryable: bool
    """True if the same request may succeed later."""


class UpstreamOut(Struct):
    """Response of Amazon, unchanged."""

    service: str
    """Amazon API that responded: `paapi5`, `creators`, or `sandbox`."""
    status: int | UnsetType = UNSET
    """HTTP status of the response. Absent without a response."""
    code: str | UnsetType = UNSET
    """Error code of Amazon, or the kind of the failed connection. Absent if Amazon named none."""
    request_id: str | UnsetType = UNSET
    """Request ID of Amazon, for its support. Absent if the response had none."""


class EntryProblem(Struct, kw_only=True):
    """Reason for which one entry of an import failed: a problem without `request_id`."""

    type: str
    """URL that identifies the code and describes it."""
    title: str
    """Summary of the problem, which is the same for each problem with this code."""
    status: int
    """HTTP status of a response with this problem."""
    detail: str
    """Description of this occurrence."""
    code: str
    """Stable code, for programs. New codes can appear: treat an unknown one by its status."""
    action: str
    """Next step, in words for the owner of the site."""
    retryable: bool
    """True if the same request may succeed later."""
    field: str | UnsetType = UNSET
    """First wrong field, parameter, or header, such as `items[1]`. Absent if none is wrong."""
    retry_after: int | UnsetType = UNSET
    """Seconds to wait before the next attempt, as in the header `Retry-After`. Absent if
    unknown."""
    upstream: UpstreamOut | UnsetType = UNSET
    """Response of Amazon. Absent if the problem is not Amazon's."""


class FieldErrorOut(Struct):
    """One wrong field of a request."""

    field: str
    """Name of the field, parameter, or header, such as `items[1]`."""
    detail: str
    """Description of the error. It does not repeat the value."""


class ProblemOut(EntryProblem, kw_only=True):
    """Problem details (RFC 9457). Every response other than 2xx and 304 has this form."""

    request_id: str
    """ID of the request, as in the header `Request-Id`, for the operator of the service."""
    errors: list[FieldErrorOut] | UnsetType = UNSET
    """All wrong fields of the request, at most 50, the one of `field` first. Types and lengths are
    checked before values. Present for wrong fields only."""
