"""Connections to Amazon accounts, and their states as results of calls to Amazon.

    link_only ──┐
    unverified ─┴► valid ◄─► not_eligible │ throttled │ keys_rejected │ tag_rejected │ access_denied
                     └─────► retired

A success sets the state `valid`; a refusal sets the state of its error. While a connection is down,
the price sync sends only one call per probe time, and the time between probes doubles. Timeouts and
server errors do not describe the account and change nothing.

A `link_only` connection has a partner tag and no credentials, so it has no account that could be
called or probed. It ends when credentials are stored.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonNotEligible,
    AmazonPaapiRetired,
    AmazonPartnerTagRejected,
    AmazonThrottled,
    Upstream,
)
from amzlinkr.domain.credentials import Api, Credentials
from amzlinkr.domain.freshness import RECHECK_INTERVAL

NO_SECRET = "sandbox"  # noqa: S105 - a placeholder, not a secret
"""The `secret_id` of connections without stored credentials: link-only ones and of sandboxes."""
UNCONNECTED_SECRET_TTL = timedelta(hours=1)
"""The time after which a secret that no connection names is deleted.

Connecting a new secret takes seconds. Requests that read the connection before may still read the
credentials of a replaced one.
"""


class State(StrEnum):
    """The state of a connection.

    - `unverified`: No call to Amazon was made yet.
    - `valid`: The latest call succeeded.
    - `not_eligible`: Amazon does not grant the account API access, usually for lack of sales.
    - `throttled`: The account's limit at Amazon is reached.
    - `keys_rejected`: Amazon rejects the credentials.
    - `tag_rejected`: Amazon rejects the partner tag.
    - `access_denied`: The credentials have no access to the product API.
    - `retired`: Amazon retired PA-API 5.0 for the account. Creators API credentials are required.
    - `link_only`: There is a partner tag and no credentials.
    """

    UNVERIFIED = "unverified"
    VALID = "valid"
    NOT_ELIGIBLE = "not_eligible"
    THROTTLED = "throttled"
    KEYS_REJECTED = "keys_rejected"
    TAG_REJECTED = "tag_rejected"
    ACCESS_DENIED = "access_denied"
    RETIRED = "retired"
    LINK_ONLY = "link_only"


MIN_WRITE_INTERVAL = timedelta(hours=3)
"""The precision of `last_ok_at`: successes within it are not written for a valid account."""
PROBE_DURATION = timedelta(minutes=10)
"""The time in which a probe that was sent to the queue is expected to have its result."""
_STATE_OF: dict[type[AmazonError], State] = {
    AmazonNotEligible: State.NOT_ELIGIBLE,
    AmazonThrottled: State.THROTTLED,
    AmazonKeysRejected: State.KEYS_REJECTED,
    AmazonPartnerTagRejected: State.TAG_REJECTED,
    AmazonAccessDenied: State.ACCESS_DENIED,
    AmazonPaapiRetired: State.RETIRED,
}
_PROBE_INTERVALS: dict[State, tuple[timedelta, timedelta]] = {
    State.NOT_ELIGIBLE: (timedelta(hours=2), timedelta(hours=12)),
    State.THROTTLED: (timedelta(minutes=1), timedelta(hours=6)),
    State.KEYS_REJECTED: (timedelta(minutes=15), timedelta(days=1)),
    State.TAG_REJECTED: (timedelta(minutes=15), timedelta(days=1)),
    State.ACCESS_DENIED: (timedelta(hours=2), timedelta(days=1)),
}
"""The first and the maximum time between probes; it doubles in between. A retired API gets none.
Access returns within two days after the sales ship (PA-API 5.0 documentation, "API rates")."""


@dataclass(frozen=True, slots=True)
class AccountProblem:
    """The reason why a connection is down: our code and action, and the upstream error."""

    code: str
    action: str
    at: datetime
    upstream: Upstream


@dataclass(frozen=True, slots=True)
class Connection:
    """The use of an Amazon account by a site in one marketplace.

    The credentials are in the vault under `secret_id`. `secret_version` changes with every change
    of the credentials, so that cached old ones are never used. `account_key` identifies the shared
    rate limiter of the account. `checked_at` is the time of the newest recorded call.
    `credential_version` is that of a Creators API credential. A link-only connection has no API, no
    key hint, and no account (an empty key).
    """

    marketplace: str
    api: Api | None
    partner_tag: str
    key_hint: str | None
    secret_id: str
    secret_version: str
    account_key: str
    since: datetime
    state: State = State.UNVERIFIED
    checked_at: datetime | None = None
    last_ok_at: datetime | None = None
    next_probe_at: datetime | None = None
    failures: int = 0
    problem: AccountProblem | None = None
    credential_version: str | None = None

    @classmethod
    def link_only(cls, marketplace: str, partner_tag: str, at: datetime) -> Connection:
        """Return a connection with a partner tag and without credentials."""
        # The version distinguishes the connection from those before and after it in conditions.
        version = secrets.token_hex(8)
        return cls(
            marketplace, None, partner_tag, None, NO_SECRET, version, "", at, State.LINK_ONLY
        )

    @property
    def is_link_only(self) -> bool:
        """Return True if the connection has no credentials, and so no account."""
        return self.state is State.LINK_ONLY

    def has_credentials(self, credentials: Credentials, account_key: str) -> bool:
        """Return True if these credentials are the ones that the connection was made with.

        `account_key` is that of the credentials: an HMAC of their ID and secret.
        """
        stored = self.api, self.partner_tag, self.credential_version, self.account_key
        new = credentials.api, credentials.partner_tag, credentials.version, account_key
        return stored == new

    @property
    def has_worked(self) -> bool:
        """Return True if a call to Amazon succeeded, with these or earlier credentials."""
        return self.last_ok_at is not None

    @property
    def is_down(self) -> bool:
        """Return True if calls are expected to fail, or are impossible."""
        return self.state not in (State.VALID, State.UNVERIFIED)

    def is_recovery_of(self, before: Connection | None) -> bool:
        """Return True if calls succeed now, and were not possible with the connection `before`."""
        return self.state is State.VALID and (before is None or before.is_down)

    def can_be_called(self, now: datetime, *, has_probe_in_flight: bool) -> bool:
        """Return True if the price sync may call the account.

        A connection that is down allows a single call, the probe, once its probe time has come.
        """
        if not self.is_down:
            return True
        return (
            not has_probe_in_flight and self.next_probe_at is not None and self.next_probe_at <= now
        )

    def next_check_at(self, now: datetime) -> datetime:
        """Return when the price sync should next consider a shelf of a connection that is down.

        This is the time of the next probe, at most one hour from now, because an interactive call
        can detect the recovery of the account earlier.
        """
        probe_at = self.next_probe_at or now + RECHECK_INTERVAL
        # A probe time in the past means a probe in flight: other shelves wait for its result.
        return min(max(probe_at, now + PROBE_DURATION), now + RECHECK_INTERVAL)

    def with_result(self, error: AmazonError | None, at: datetime) -> Connection:
        """Return the connection after a call sent at `at`, or itself if nothing changes.

        `error` is None for a success. Errors without `upstream` come from our own rate limiter and
        do not describe the account.
        """
        # Calls run concurrently, so results can arrive out of order: ignore the older one.
        if self.checked_at is not None and at < self.checked_at:
            return self
        if error is None:
            return self._on_success(at)
        # A timeout does not describe the account, and our limiter's errors are not Amazon's.
        state = _STATE_OF.get(type(error))
        if state is None or error.upstream is None:
            return self
        problem = AccountProblem(error.code, error.action, at, error.upstream)
        return self._on_failure(state, problem, timedelta(seconds=error.retry_after or 0))

    def replacing(self, before: Connection | None) -> Connection:
        """Return this connection with the history of the one that it replaces.

        The history is the time of the last success, and the start of the state if it is the same.
        """
        if before is None:
            return self
        since = before.since if before.state is self.state else self.since
        return replace(self, since=since, last_ok_at=self.last_ok_at or before.last_ok_at)

    def _on_success(self, at: datetime) -> Connection:
        was_valid = self.state is State.VALID
        if was_valid and self.last_ok_at is not None and at - self.last_ok_at < MIN_WRITE_INTERVAL:
            return self
        # Written also without a change of state, so that `last_ok_at` stays precise.
        return replace(
            self,
            state=State.VALID,
            since=self.since if was_valid else at,
            checked_at=at,
            last_ok_at=at,
            next_probe_at=None,
            failures=0,
            problem=None,
        )

    def _on_failure(
        self, state: State, problem: AccountProblem, min_interval: timedelta
    ) -> Connection:
        is_same, at = self.state is state, problem.at
        # Only a probe that was due doubles the interval. Interactive calls, and calls in flight
        # when the connection went down, must not delay the next probe.
        if is_same and (self.next_probe_at is None or at < self.next_probe_at):
            return self
        # A new problem starts with the first interval of its state: a minute of 429s must not keep
        # an account without access from a probe for hours.
        failures = self.failures + 1 if is_same else 1
        interval = _probe_interval(state, failures)
        return replace(
            self,
            state=state,
            since=self.since if is_same else at,
            checked_at=at,
            next_probe_at=at + max(interval, min_interval) if interval else None,
            failures=failures,
            problem=problem,
        )


def _probe_interval(state: State, failures: int) -> timedelta | None:
    if state not in _PROBE_INTERVALS:
        return None
    first, maximum = _PROBE_INTERVALS[state]
    # The exponent is bounded because timedelta overflows long after `maximum` is reached.
    return min(first * (1 << min(failures - 1, 16)), maximum)
