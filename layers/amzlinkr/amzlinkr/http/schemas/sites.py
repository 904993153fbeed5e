"""Response types about sites, connections, API keys and limits.

Class docstrings become descriptions in the OpenAPI document. Optional fields are absent, not null.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from amzlinkr.domain.connections import State
from amzlinkr.domain.credentials import Api
from amzlinkr.domain.diagnosis import StepName
from amzlinkr.domain.scopes import Scope
from amzlinkr.domain.sites import Mode
from amzlinkr.http.schemas.problems import UpstreamOut

Timestamp = Annotated[datetime, Meta(tz=True)]
"""Time in UTC, in RFC 3339 format."""


class AccountProblemOut(Struct):
    """Reason for which an Amazon account is down, when it was detected, and what to do."""

    code: str
    action: str
    at: Timestamp
    upstream: UpstreamOut


class ConnectionOut(Struct, kw_only=True):
    """Connection to an Amazon account in one marketplace. `key` is masked.

    A connection with the state `link_only` has no credentials: `api` and `key` are absent. It has a
    `warning` if its tag, which no call to Amazon has tested, is unusual in the marketplace.
    """

    marketplace: str
    api: Api | UnsetType = UNSET
    partner_tag: str
    key: str | UnsetType = UNSET
    state: State
    since: Timestamp
    last_ok_at: Timestamp | None
    next_probe_at: Timestamp | None
    problem: AccountProblemOut | None
    warning: str | UnsetType = UNSET


class Connections(Struct):
    """Response of GET /v1/connections."""

    connections: list[ConnectionOut]


class StepOut(Struct):
    """Step of the diagnostics. `ok` is null if an earlier failure prevented the check."""

    step: StepName
    ok: bool | None
    detail: str
    code: str | UnsetType = UNSET
    action: str | UnsetType = UNSET
    upstream: UpstreamOut | UnsetType = UNSET


class Diagnosis(Struct):
    """Response of GET /v1/diagnostics."""

    marketplace: str
    ok: bool
    steps: list[StepOut]
    connection: ConnectionOut


class Validated(Struct):
    """Response of POST /v1/validate."""

    status: Literal["valid", "not_eligible", "throttled"]
    message: str
    connection: ConnectionOut


class RegionsOut(Struct):
    """Regions of the two Amazon APIs that serve a marketplace."""

    paapi5: str
    creators: str


class MarketplaceOut(Struct):
    """Amazon marketplace. `decimals` is the number of decimal places of its currency."""

    code: str
    domain: str
    name: str
    currency: str
    decimals: int
    languages: tuple[str, ...]
    regions: RegionsOut


class MarketplaceList(Struct):
    """Response of GET /v1/marketplaces."""

    marketplaces: list[MarketplaceOut]


class SiteOut(Struct):
    """Response of GET /v1/site. 2 to 12 `refresh_hours` exceed Amazon's guide of one for offers."""

    site_id: str
    site_url: str
    email: str
    created_at: Timestamp
    primary_marketplace: str | None
    refresh_hours: int
    suspended: bool
    connections: list[ConnectionOut]


class ApiKeyOut(Struct):
    """API key without its secret.

    `expires_at` is null unless the key was replaced. `last_used_at` is accurate to the hour. The
    key that sent this request is `current`.
    """

    kid: str
    mode: Mode
    scope: Scope
    created_at: Timestamp
    expires_at: Timestamp | None
    last_used_at: Timestamp | None
    current: bool


class ApiKeyList(Struct):
    """Response of GET /v1/keys."""

    keys: list[ApiKeyOut]


class NewApiKey(Struct):
    """Response of POST /v1/keys. The API key is shown only here."""

    kid: str
    mode: Mode
    scope: Scope
    api_key: str
    created_at: Timestamp

    def __repr__(self) -> str:
        return "NewApiKey(***)"


class SiteDeleted(Struct):
    """Response of DELETE /v1/site.

    All API keys are revoked. The data is deleted in the background.
    """

    status: Literal["leaving"]
    host: str
    left_at: Timestamp


class LimitUsageOut(Struct):
    """Usage of one of the service's limits, and the time at which its window resets."""

    used: int
    limit: int
    period_seconds: int
    resets_at: Timestamp


class UsageOut(Struct):
    """Response of GET /v1/usage.

    `amazon_requests_today` has the daily budget of the Amazon account by marketplace code.
    `calls_without_access` is present for a live site that never had a successful call to Amazon.
    """

    calls: LimitUsageOut
    jobs: LimitUsageOut
    validations: LimitUsageOut
    syncs: LimitUsageOut
    keys: LimitUsageOut
    products: BudgetOut
    lists: BudgetOut
    amazon_requests_today: dict[str, BudgetOut]
    calls_without_access: LimitUsageOut | UnsetType = UNSET


class BudgetOut(Struct):
    """Number used and maximum. Requests to Amazon are counted per UTC day."""

    used: int
    limit: int


class IntervalOut(Struct):
    """Configured and actual refresh interval of a marketplace.

    The actual interval is longer if the Amazon account's daily requests do not suffice, or while
    the account is down.
    """

    asked_seconds: int
    actual_seconds: int
    stretched: bool


class ProductCountsOut(Struct):
    """Number of products by state, over all marketplaces; each product is counted once.

    `fresh` ones were seen within twice the refresh interval, `stale` ones within 24 hours,
    `expired` ones not. Amazon does not return the `missing` ones any more. The `waiting` ones were
    imported without access to Amazon's API, and not retrieved yet.
    """

    fresh: int
    stale: int
    expired: int
    missing: int
    waiting: int


class SyncProblemOut(Struct):
    """Reason why nothing of a marketplace is refreshed, and what to do."""

    code: str
    action: str


class ListProblemOut(SyncProblemOut):
    """Reason why Amazon refused the search of a list at its last refresh, and what to do."""

    detail: str
    at: Timestamp


class SyncStatus(Struct):
    """Response of GET /v1/sync. `intervals`, `amazon_budget` and `problems` are by marketplace.

    `list_problems` are by the name of the list. While the operator has `paused` the price sync, no
    next run is known.
    """

    last_run_at: Timestamp | None
    next_run_at: Timestamp | None
    paused: bool
    products: ProductCountsOut
    intervals: dict[str, IntervalOut]
    amazon_budget: dict[str, BudgetOut]
    problems: dict[str, SyncProblemOut]
    list_problems: dict[str, ListProblemOut]
