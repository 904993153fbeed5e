"""The API keys of sites: owners, rotation, lists, and revocation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import InvalidRequest, NotFound, StoreUnavailable
from amzlinkr.domain.limits import Limit
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


class MalformedApiKey(Exception):
    """The request has no well-formed API key. No table was read."""


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A new API key, which is shown once."""

    kid: str
    mode: Mode
    text: Secret
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SiteApiKeys:
    """The API keys of all sites and of their sandbox sites."""

    api_keys: ApiKeyStore
    usage_counters: UsageCounters
    limit: Limit
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

    def create(self, caller: Caller, mode: Mode | None, overlap: timedelta) -> CreatedApiKey:
        """Create an API key. The current API keys of its site expire after the overlap.

        Args:
            caller: The site, and the API key of the request.
            mode: `test` for its sandbox site; None for the mode of the caller's API key.
            overlap: How long the current API keys remain valid.

        Raises:
            InvalidRequest: A test API key would create a live one.
            RateLimited: The site used up its new API keys of this day.
            TooManyKeys: The site has two active API keys.
            ApiKeyRejected: The caller's API key expired or was revoked.
        """
        own_mode = mode_of(caller.site_id)
        mode = mode or own_mode
        if mode == "live" and own_mode == "test":
            raise InvalidRequest(
                "mode", "A test API key can create test API keys only.", "Use a live API key."
            )
        site_id = caller.site_id if mode == own_mode else sandbox_id_of(caller.site_id)
        self.usage_counters.increment(self.limit, caller.site_id)
        api_key = api_keys.new_api_key(mode)
        record, now = ApiKeyRecord(api_key.kid, api_key.digest), self.clock.now()
        self.api_keys.add(caller, site_id, record, now, now + overlap)
        telemetry.count("ApiKeyCreated")
        return CreatedApiKey(api_key.kid, mode, api_key.text, now.replace(microsecond=0))

    def list_for_caller(self, site_id: str) -> list[tuple[str, SiteApiKey]]:
        """Return the active API keys that the caller may manage, each with the ID of its site."""
        now = self.clock.now()
        return [
            (managed, api_key)
            for managed in _site_ids_of(site_id)
            for api_key in self.api_keys.list_for_site(managed, now)
        ]

    def revoke(self, site_id: str, kid: str) -> None:
        """Revoke an API key that the caller may manage. Raises `NotFound` if there is none."""
        for managed in _site_ids_of(site_id):
            try:
                self.api_keys.revoke(managed, kid)
            except NotFound:
                continue
            telemetry.count("ApiKeyRevoked")
            return
        raise NotFound("This site has no such API key.")

    def _record_use(self, digest: str, owner: ApiKeyOwner, now: datetime) -> None:
        """Record the use of an API key. A failed write is counted, not raised."""
        try:
            self.api_keys.record_use(digest, owner, now)
        except StoreUnavailable:
            telemetry.count("ApiKeyUseNotRecorded")


def _site_ids_of(own: str) -> list[str]:
    """Return the sites of the API keys that a caller may manage; a test API key has one."""
    return [own] if is_sandbox(own) else [own, sandbox_id_of(own)]
