"""Response types about connections to Amazon accounts.

The docstrings of classes and fields become descriptions in the OpenAPI document; at run time they
do not exist. Optional fields are absent, not null.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from amzlinkr.domain.connections import State
from amzlinkr.domain.credentials import Api
from amzlinkr.domain.diagnosis import StepName
from amzlinkr.http.schemas.problems import UpstreamOut

Timestamp = Annotated[datetime, Meta(tz=True)]
"""Time in UTC, in RFC 3339 format."""
ValidationStatus = Literal["valid", "not_eligible", "throttled"]
"""Result of a test of credentials that Amazon does not reject.

- `valid`: Amazon accepted the test request. Search and import work.
- `not_eligible`: The credentials are stored, but Amazon does not grant the account API access yet.
- `throttled`: The credentials are stored, but Amazon limits the account's requests at the moment.
"""


class AccountProblemOut(Struct):
    """Reason for which an Amazon account is down, when it was detected, and what to do."""

    code: str
    """Problem code, such as `amazon_not_eligible`. GET /problems/{code} describes it."""
    action: str
    """Next step, in words for the owner of the site."""
    at: Timestamp
    """Time of the call to Amazon that failed."""
    upstream: UpstreamOut
    """Response of Amazon."""


class ConnectionOut(Struct, kw_only=True):
    """Connection to an Amazon account in one marketplace. `key_hint` is its key, masked.

    A connection with the state `link_only` has no credentials: `api` and `key_hint` are absent. It
    has a `warning` if its tag, which no call to Amazon has tested, is unusual in the marketplace.
    """

    marketplace: str
    """Code of the marketplace, such as `US`."""
    api: Api | UnsetType = UNSET
    """Amazon API of the credentials. Absent without credentials."""
    partner_tag: str
    """Associate tag in the links of this marketplace, such as `mysite-20`."""
    key_hint: str | UnsetType = UNSET
    """Last four characters of the access key or credential ID. Absent without credentials."""
    state: State
    """State of the Amazon account, by its latest response."""
    since: Timestamp
    """Time since which the connection has this state."""
    last_ok_at: Timestamp | UnsetType = UNSET
    """Time of the latest successful call, to within three hours. Absent before the first one."""
    next_probe_at: Timestamp | UnsetType = UNSET
    """Time at which the price sync tests a failed account again. Absent if no test is planned."""
    problem: AccountProblemOut | UnsetType = UNSET
    """Reason for which the account is down. Absent while it works."""
    warning: str | UnsetType = UNSET
    """Statement that the tag does not end like tags of this marketplace. Absent if it does."""


class Connections(Struct):
    """Connections of the site, one for each connected marketplace."""

    connections: list[ConnectionOut]
    """Connections, by marketplace code."""


class StepOut(Struct):
    """Step of the diagnostics, with its result."""

    step: StepName
    """Name of the step."""
    detail: str
    """Result in words."""
    ok: bool | UnsetType = UNSET
    """True if the step succeeded. Absent if an earlier failure prevented the check."""
    code: str | UnsetType = UNSET
    """Problem code of a failed step."""
    action: str | UnsetType = UNSET
    """Next step after a failure, in words for the owner of the site."""
    upstream: UpstreamOut | UnsetType = UNSET
    """Response of Amazon to a failed step. Absent if no call was made."""


class Diagnosis(Struct):
    """Result of the diagnostics of an Amazon account, step by step."""

    marketplace: str
    """Code of the marketplace that was tested."""
    ok: bool
    """True if all steps succeeded."""
    steps: list[StepOut]
    """Steps, in the order in which they were taken."""
    connection: ConnectionOut
    """Connection after the test."""


class Validated(Struct):
    """Result of a test of credentials, which are now stored."""

    status: ValidationStatus
    """Result of the test request."""
    message: str
    """Result in words for the owner of the site."""
    connection: ConnectionOut
    """Connection with these credentials."""
