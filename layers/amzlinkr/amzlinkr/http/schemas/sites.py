"""What answers about sites, accounts and problems look like.

Optional fields are left out when there is nothing to say.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from amzlinkr.domain.connections import State
from amzlinkr.domain.credentials import Api
from amzlinkr.domain.diagnosis import StepName
from amzlinkr.domain.marketplaces import Marketplace
from amzlinkr.domain.money import decimals_of
from amzlinkr.domain.sites import Mode

Moment = Annotated[datetime, Meta(tz=True)]
"""In UTC, as RFC 3339 writes it."""


class Challenge(Struct):
    """Where to show which token"""

    token: str
    path: str
    query: str


class SignupStarted(Struct):
    """POST /v1/signup"""

    signup_id: str
    challenge: Challenge
    expires_at: Moment


class SignupDone(Struct):
    """POST /v1/signup/{signup_id}/verify: the key is shown this once"""

    site_id: str
    api_key: str
    site_url: str

    def __repr__(self) -> str:
        return "SignupDone(***)"


class UpstreamOut(Struct):
    """Amazon's own words"""

    service: str
    status: int | None
    code: str | None
    request_id: str | None


class AccountProblemOut(Struct):
    """Why an account is down, since when it is known, and what to do"""

    code: str
    action: str
    at: Moment
    upstream: UpstreamOut


class ConnectionOut(Struct):
    """An Amazon account in one marketplace, its key masked"""

    marketplace: str
    api: Api
    partner_tag: str
    key: str
    state: State
    since: Moment
    last_ok_at: Moment | None
    next_probe_at: Moment | None
    problem: AccountProblemOut | None


class Connections(Struct):
    """GET /v1/connections"""

    connections: list[ConnectionOut]


class StepOut(Struct):
    """One step of a diagnosis; `ok` is null for what an earlier failure kept from being checked"""

    step: StepName
    ok: bool | None
    detail: str
    code: str | UnsetType = UNSET
    action: str | UnsetType = UNSET
    upstream: UpstreamOut | UnsetType = UNSET


class Diagnosis(Struct):
    """GET /v1/diagnostics"""

    marketplace: str
    ok: bool
    steps: list[StepOut]
    connection: ConnectionOut


class Validated(Struct):
    """POST /v1/validate"""

    status: Literal["valid", "not_eligible", "throttled"]
    message: str
    connection: ConnectionOut


class RegionsOut(Struct):
    """The region of each API that serves a marketplace"""

    paapi5: str
    creators: str


class MarketplaceOut(Struct):
    """One Amazon shop; amounts of money are in units of its currency's last decimal"""

    code: str
    domain: str
    name: str
    currency: str
    decimals: int
    languages: tuple[str, ...]
    regions: RegionsOut

    @classmethod
    def of(cls, marketplace: Marketplace) -> MarketplaceOut:
        """The answer's form of a marketplace."""
        regions = RegionsOut(marketplace.paapi5_region, marketplace.creators_region)
        decimals = decimals_of(marketplace.currency)
        return cls(
            marketplace.code,
            marketplace.domain,
            marketplace.name,
            marketplace.currency,
            decimals,
            marketplace.languages,
            regions,
        )


class MarketplaceList(Struct):
    """GET /v1/marketplaces"""

    marketplaces: list[MarketplaceOut]


class SiteOut(Struct):
    """GET /v1/site; prices are refreshed every `refresh_hours`"""

    site_id: str
    site_url: str
    email: str
    created_at: Moment
    primary_marketplace: str | None
    refresh_hours: int
    suspended: bool
    connections: list[ConnectionOut]


class ApiKeyOut(Struct):
    """An api key without the key: rolled ones end at `expires_at`; the last use is known to the
    hour; `current` is the one this call came with"""

    kid: str
    mode: Mode
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    current: bool


class ApiKeyList(Struct):
    """GET /v1/keys"""

    keys: list[ApiKeyOut]


class NewApiKey(Struct):
    """POST /v1/keys: the key is shown this once"""

    kid: str
    mode: Mode
    api_key: str
    created_at: Moment

    def __repr__(self) -> str:
        return "NewKey(***)"


class SiteDeleted(Struct):
    """DELETE /v1/site: from now on the keys are nobody's; the rows are being deleted"""

    status: Literal["leaving"]
    host: str
    left_at: Moment


class LimitUsageOut(Struct):
    """What was used of a limit of ours, and when it starts anew"""

    used: int
    limit: int
    period_seconds: int
    resets_at: Moment


class UsageOut(Struct):
    """GET /v1/usage: our own limits, and Amazon's by marketplace"""

    calls: LimitUsageOut
    jobs: LimitUsageOut
    validations: LimitUsageOut
    syncs: LimitUsageOut
    keys: LimitUsageOut
    products: BudgetOut
    amazon_requests_today: dict[str, BudgetOut]


class BudgetOut(Struct):
    """How many there are or were, and how many there may be; Amazon requests by the UTC day"""

    used: int
    limit: int


class IntervalOut(Struct):
    """How often prices are refreshed; longer than asked for when the Amazon account's daily
    requests do not suffice, or while it is down"""

    asked_seconds: int
    actual_seconds: int
    stretched: bool


class SyncStatus(Struct):
    """GET /v1/sync: products by freshness, the interval and the Amazon budget by marketplace"""

    last_run_at: Moment | None
    next_run_at: Moment | None
    fresh: int
    stale: int
    failing: int
    intervals: dict[str, IntervalOut]
    amazon_budget: dict[str, BudgetOut]


class ProblemOut(Struct):
    """RFC 9457 problem details"""

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
