"""The API keys of sites: owners, rotation, lists, revocation, and reports of leaked keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain import audit
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import InvalidRequest, NotFound, StoreUnavailable
from amzlinkr.domain.limits import Limits
from amzlinkr.domain.networks import network_of
from amzlinkr.domain.scopes import Scope
from amzlinkr.domain.sites import (
    ApiKeyOwner,
    ApiKeyRecord,
    Caller,
    Mode,
    SiteApiKey,
    is_sandbox,
    mode_of,
    sandbox_id_of,
)
from amzlinkr.security import api_keys

if TYPE_CHECKING:
    from amzlinkr.storage.api_keys import ApiKeyStore
    from amzlinkr.storage.usage_counters import UsageCounters


MIN_REPORT_SECONDS = 0.5
"""The duration of a report, so that it does not reveal whether the API key is active."""


class MalformedApiKey(Exception):
    """The request has no well-formed API key. No table was read."""


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A new API key, which is shown once."""

    kid: str
    mode: Mode
    scope: Scope
    text: Secret
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SiteApiKeys:
    """The API keys of all sites and of their sandbox sites."""

    api_keys: ApiKeyStore
    usage_counters: UsageCounters
    limits: Limits
    clock: Clock

    def find_owner(self, text: str) -> ApiKeyOwner | None:
        """Return the owner of an API key, or None if it is unknown, revoked, or expired.

        The use of the API key is recorded, at most hourly.

        Raises:
            MalformedApiKey: The text is not an API key.
            StoreUnavailable: The table did not respond.
        """
        if not api_keys.is_well_formed(text):
            raise MalformedApiKey
        digest, now = api_keys.digest_of(text), self.clock.now()
        owner = self.api_keys.owner(digest, now)
        if owner is not None:
            self._record_use(digest, owner, now)
        return owner

    def create(
        self, caller: Caller, mode: Mode | None, overlap: timedelta, scope: Scope = "full"
    ) -> CreatedApiKey:
        """Create an API key. Those of its site and scope expire after the overlap.

        Args:
            caller: The site, and the API key of the request.
            mode: `test` for its sandbox site; None for the mode of the caller's API key.
            overlap: How long the current API keys of this scope remain valid.
            scope: `read`, or `full`.

        Raises:
            InvalidRequest: A test API key would create a live one.
            RateLimited: The site used up its new API keys of this day.
            TooManyKeys: The site has two active API keys of this scope.
            ApiKeyRejected: The caller's API key expired or was revoked.
        """
        own_mode = mode_of(caller.site_id)
        mode = mode or own_mode
        if mode == "live" and own_mode == "test":
            raise InvalidRequest(
                "mode", "A test API key can create test API keys only.", "Use a live API key."
            )
        site_id = caller.site_id if mode == own_mode else sandbox_id_of(caller.site_id)
        self.usage_counters.increment(self.limits.api_keys, caller.site_id)
        api_key = api_keys.new_api_key(mode)
        record, now = ApiKeyRecord(api_key.kid, api_key.digest, scope), self.clock.now()
        self.api_keys.add(caller, site_id, record, now, now + overlap)
        telemetry.count("ApiKeyCreated")
        created_at = now.replace(microsecond=0)
        return CreatedApiKey(api_key.kid, mode, scope, api_key.text, created_at)

    def list_for_caller(self, site_id: str) -> list[tuple[str, SiteApiKey]]:
        """Return the active API keys that the caller may manage, each with the ID of its site."""
        now = self.clock.now()
        return [
            (managed, api_key)
            for managed in _site_ids_of(site_id)
            for api_key in self.api_keys.list_for_site(managed, now)
        ]

    def revoke(self, caller: Caller, kid: str) -> None:
        """Revoke an API key that the caller may manage. Raises `NotFound` if there is none."""
        event = audit.key_revoked(caller.kid, kid, self.clock.now())
        for managed in _site_ids_of(caller.site_id):
            try:
                self.api_keys.revoke(managed, kid, event)
            except NotFound:
                continue
            telemetry.count("ApiKeyRevoked")
            return
        raise NotFound("This site has no such API key.")

    def report_leak(self, text: str, source_ip: str) -> None:
        """Revoke an API key that was found in public. Other texts are ignored.

        Spaces and line breaks around the API key are no part of it, as in the authorizer.
        Every report takes the same time and has no result: a caller learns nothing about the text.

        Raises:
            RateLimited: The caller's network reported too many API keys.
        """
        started = self.clock.monotonic()
        self.usage_counters.increment(self.limits.leak_reports, network_of(source_ip))
        text = text.strip()
        if api_keys.is_well_formed(text):
            self._revoke_reported(api_keys.digest_of(text))
        self.clock.sleep(MIN_REPORT_SECONDS - (self.clock.monotonic() - started))

    def _revoke_reported(self, digest: str) -> None:
        now = self.clock.now()
        owner = self.api_keys.owner(digest, now)
        if owner is None:
            return
        try:
            event = audit.key_reported(owner.kid, now)
            self.api_keys.revoke(owner.site_id, owner.kid, event)
        except NotFound:
            return
        telemetry.count("LeakedApiKeyRevoked")
        telemetry.log.info("leaked key revoked", site_id=owner.site_id, kid=owner.kid)

    def _record_use(self, digest: str, owner: ApiKeyOwner, now: datetime) -> None:
        """Record the use of an API key. A failed write is counted, not raised."""
        try:
            self.api_keys.record_use(digest, owner, now)
        except StoreUnavailable:
            telemetry.count("ApiKeyUseNotRecorded")


def _site_ids_of(own: str) -> list[str]:
    """Return the sites of the API keys that a caller may manage; a test API key has one."""
    return [own] if is_sandbox(own) else [own, sandbox_id_of(own)]
