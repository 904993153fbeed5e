"""Response types about the price sync and the usage of limits."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.http.schemas.connections import Timestamp


class LimitUsageOut(Struct):
    """Usage of one of the service's limits in its current window."""

    used: int
    """Number of events in this window."""
    limit: int
    """Maximum number of events in a window."""
    period_seconds: int
    """Length of a window in seconds."""
    resets_at: Timestamp
    """End of this window: the count then starts at 0."""


class BudgetOut(Struct):
    """Number used and maximum."""

    used: int
    """Number used. Requests to Amazon are counted per UTC day."""
    limit: int
    """Maximum number."""


class UsageOut(Struct):
    """Usage of the service's limits and of Amazon's daily budgets."""

    calls: LimitUsageOut
    """API calls with keys of this scope, other than reads of the change feed."""
    jobs: LimitUsageOut
    """Import jobs."""
    validations: LimitUsageOut
    """Tests of credentials."""
    syncs: LimitUsageOut
    """Sync requests (POST /sync)."""
    keys: LimitUsageOut
    """Created API keys."""
    products: BudgetOut
    """Products in all marketplaces."""
    lists: BudgetOut
    """Lists in all marketplaces."""
    amazon_requests_today: dict[str, BudgetOut]
    """Requests to Amazon in this UTC day, by marketplace code. Marketplaces may share an
    account."""
    calls_without_access: LimitUsageOut | UnsetType = UNSET
    """Calls beyond those of each hour. Present for a site before its first successful call to
    Amazon."""


class IntervalOut(Struct):
    """Configured and actual refresh interval of a marketplace."""

    asked_seconds: int
    """Configured interval in seconds."""
    actual_seconds: int
    """Actual interval in seconds: longer if the account's daily budget does not suffice, or while
    the account is down."""
    stretched: bool
    """True if the actual interval is longer than the configured one."""


class ProductCountsOut(Struct):
    """Number of products by state, over all marketplaces; each product is counted once."""

    fresh: int
    """Products that were seen within twice the refresh interval."""
    stale: int
    """Products that were seen earlier, within 24 hours."""
    expired: int
    """Products that were last seen 24 hours ago or earlier. Their content is not served."""
    missing: int
    """Products that Amazon does not return any more."""
    waiting: int
    """Products that were imported without access to Amazon's API, and not retrieved yet."""


class SyncProblemOut(Struct):
    """Reason why nothing of a marketplace is refreshed, and what to do."""

    code: str
    """Problem code, such as `amazon_no_credentials`."""
    action: str
    """Next step, in words for the owner of the site."""


class ListProblemOut(SyncProblemOut):
    """Reason why Amazon refused the search of a list at its last refresh, and what to do."""

    detail: str
    """Text of Amazon."""
    at: Timestamp
    """Time of the refresh."""


class SyncStatus(Struct, kw_only=True):
    """State of the price sync of the site."""

    last_run_at: Timestamp | UnsetType = UNSET
    """Time of the latest refresh. Absent before the first one."""
    next_run_at: Timestamp | UnsetType = UNSET
    """Time of the next planned refresh. Absent without products, and while the sync is paused."""
    paused: bool
    """True while the operator has stopped the price sync of all sites."""
    products: ProductCountsOut
    """Number of products by state."""
    intervals: dict[str, IntervalOut]
    """Refresh intervals, by marketplace code."""
    amazon_budget: dict[str, BudgetOut]
    """Requests to Amazon in this UTC day, by marketplace code."""
    problems: dict[str, SyncProblemOut]
    """Reasons why nothing of a marketplace is refreshed, by marketplace code."""
    list_problems: dict[str, ListProblemOut]
    """Reasons why Amazon refused a list, by the name of the list."""
