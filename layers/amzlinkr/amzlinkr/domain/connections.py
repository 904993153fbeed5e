"""A connection to an Amazon account, and the states it goes through as Amazon answers.

    unverified ─► valid ◄─► not_eligible │ throttled │ keys_rejected │ tag_rejected │ access_denied
                    └─────► retired

Every answer moves it: a good one makes it valid, a refusal says what is wrong. While it is down the
price sync leaves it alone, but for one call at the moment of the next probe; probes grow rarer.
Timeouts and server errors say nothing about the account and change nothing.
"""

from __future__ import annotations

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
from amzlinkr.domain.credentials import Api
from amzlinkr.domain.freshness import RECHECK_INTERVAL

NO_SECRET = "sandbox"  # noqa: S105 - the name of none
"""In place of a secret's name: the sandbox keeps no keys."""


class State(StrEnum):
    """What is known of an account."""

    UNVERIFIED = "unverified"
    VALID = "valid"
    NOT_ELIGIBLE = "not_eligible"
    THROTTLED = "throttled"
    KEYS_REJECTED = "keys_rejected"
    TAG_REJECTED = "tag_rejected"
    ACCESS_DENIED = "access_denied"
    RETIRED = "retired"


MIN_WRITE_INTERVAL = timedelta(minutes=15)
"""How exact `last_ok_at` is: a good answer to a valid account is not worth a write each time."""
PROBE_DURATION = timedelta(minutes=10)
_STATE_OF: dict[type[AmazonError], State] = {
    AmazonNotEligible: State.NOT_ELIGIBLE,
    AmazonThrottled: State.THROTTLED,
    AmazonKeysRejected: State.KEYS_REJECTED,
    AmazonPartnerTagRejected: State.TAG_REJECTED,
    AmazonAccessDenied: State.ACCESS_DENIED,
    AmazonPaapiRetired: State.RETIRED,
}
_A_DAY = timedelta(days=1)
_PROBES: dict[State, tuple[timedelta, timedelta]] = {
    State.NOT_ELIGIBLE: (timedelta(hours=2), timedelta(hours=12)),
    State.THROTTLED: (timedelta(minutes=1), timedelta(hours=6)),
    State.KEYS_REJECTED: (timedelta(minutes=15), _A_DAY),
    State.TAG_REJECTED: (timedelta(minutes=15), _A_DAY),
    State.ACCESS_DENIED: (timedelta(hours=2), _A_DAY),
}
"""First and longest time between two probes, doubling in between. A retired API is not probed.
Access comes back within two days after the sales ship (PA-API 5.0, API rates)."""


@dataclass(frozen=True, slots=True)
class AccountProblem:
    """Why a connection is down: our code and action, and Amazon's own words."""

    code: str
    action: str
    at: datetime
    upstream: Upstream


@dataclass(frozen=True, slots=True)
class Connection:
    """One marketplace's Amazon account, without its keys: those are in the vault as `secret_id`.

    `quota_id` names the account's shared limiter; `secret_version` changes with every new pair of
    keys, so that a cached old pair is never used. `checked_at` is the newest answer it knows.
    """

    marketplace: str
    api: Api
    partner_tag: str
    key_hint: str
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

    @property
    def is_down(self) -> bool:
        """Whether the account cannot work at the moment."""
        return self.state not in (State.VALID, State.UNVERIFIED)

    def can_be_called(self, now: datetime, *, has_probe_in_flight: bool) -> bool:
        """Whether the price sync may call this account; one that is down only once, as a probe."""
        if not self.is_down:
            return True
        return (
            not has_probe_in_flight and self.next_probe_at is not None and self.next_probe_at <= now
        )

    def next_check_at(self, now: datetime) -> datetime:
        """When to consider the next shelf of an account that is down: at its next probe, but
        within the hour, because people's calls can bring an account back before that."""
        probe_at = self.next_probe_at or now + RECHECK_INTERVAL
        return min(max(probe_at, now + PROBE_DURATION), now + RECHECK_INTERVAL)

    def with_result(self, error: AmazonError | None, at: datetime) -> Connection:
        """The connection after Amazon's answer to a call made at `at`; itself if that is no news.

        A limit of our own (no upstream) is not Amazon's answer.
        """
        if self.checked_at is not None and at < self.checked_at:
            return self
        if error is None:
            return self._on_success(at)
        state = _STATE_OF.get(type(error))
        if state is None or error.upstream is None:
            return self
        trouble = AccountProblem(error.code, error.action, at, error.upstream)
        return self._on_failure(state, trouble, timedelta(seconds=error.retry_after or 0))

    def replacing(self, before: Connection | None) -> Connection:
        """The new keys' connection in the place of an earlier one, whose history goes on."""
        if before is None:
            return self
        since = before.since if before.state is self.state else self.since
        return replace(self, since=since, last_ok_at=self.last_ok_at or before.last_ok_at)

    def _on_success(self, at: datetime) -> Connection:
        known = self.state is State.VALID
        if known and self.last_ok_at is not None and at - self.last_ok_at < MIN_WRITE_INTERVAL:
            return self
        return replace(
            self,
            state=State.VALID,
            since=self.since if known else at,
            checked_at=at,
            last_ok_at=at,
            next_probe_at=None,
            failures=0,
            problem=None,
        )

    def _on_failure(self, state: State, problem: AccountProblem, at_least: timedelta) -> Connection:
        """Only the answer to a probe that was due makes the next one rarer: people who try do
        not, and neither do calls that were under way."""
        known, at = self.state is state, problem.at
        if known and (self.next_probe_at is None or at < self.next_probe_at):
            return self
        is_probe = self.next_probe_at is None or at >= self.next_probe_at
        failures = self.failures + is_probe if self.is_down else 1
        interval = _until_probe(state, failures)
        return replace(
            self,
            state=state,
            since=self.since if known else at,
            checked_at=at,
            next_probe_at=at + max(interval, at_least) if interval else None,
            failures=failures,
            problem=problem,
        )


def _until_probe(state: State, failures: int) -> timedelta | None:
    if state not in _PROBES:
        return None
    first, longest = _PROBES[state]
    return min(first * (1 << min(failures - 1, 16)), longest)
