"""Sign-ups: pending ones, invites, and the claim of a verified host."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain import audit
from amzlinkr.domain.clock import Clock, from_unix_ms, to_unix_ms
from amzlinkr.domain.errors import SiteSuspended
from amzlinkr.domain.sign_up_errors import InviteUsed, SignupExpired
from amzlinkr.domain.sites import ApiKeyRecord, ClaimResult, Signup, sandbox_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.audit_log import record_events
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.host_records import HostItem, HostSiteItem
from amzlinkr.storage.optimistic import is_unchanged, retry_on_conflict
from amzlinkr.storage.outbox import secret_deletion_item, secret_ids_of
from amzlinkr.storage.records import (
    ConnectionItem,
    InviteItem,
    SignupItem,
    SiteApiKeyItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.site_items import (
    connections_from_items,
    delete_api_key,
    find_site,
    items_from_api_key,
)
from amzlinkr.storage.suspensions import check_not_suspended, find_suspension


class _Claim(NamedTuple):
    """A verified sign-up and the items it was decided on.

    `is_repeated` is True if this sign-up claimed the host last: a repeated request changes nothing
    but the API key. `host` and `site` are the items as they were read.
    """

    signup: Signup
    site_id: str
    is_repeated: bool
    host: HostItem | None
    site: SiteItem | None


class SignupStore:
    """Pending sign-ups, invites, and claims of hosts."""

    def __init__(self, connection: DynamoConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def invite(self, code_hash: str, host: str, expires_at: datetime) -> None:
        """Store an invite for a host, by the hash of its code."""
        with store_errors():
            InviteItem(
                item_keys.invite(code_hash),
                item_keys.SITE,
                host=host,
                expires=int(expires_at.timestamp()),
            ).save()

    def is_invited(self, code_hash: str, host: str, now: datetime) -> bool:
        """Return True if this invite is for this host and has not expired."""
        item = find(InviteItem, item_keys.invite(code_hash), item_keys.SITE)
        return item is not None and bool(item.host == host and now.timestamp() < item.expires)

    def begin(self, signup: Signup) -> None:
        """Store a sign-up, valid until its `expires_at`."""
        with store_errors():
            item_from_signup(signup).save()

    def get(self, signup_id: str, now: datetime) -> Signup:
        """Return a pending sign-up.

        Raises:
            SignupExpired: The sign-up is unknown or has expired.
        """
        item = find(SignupItem, item_keys.signup(signup_id), item_keys.SITE)
        if item is None:
            raise SignupExpired
        expires_at = from_unix_ms(int(item.expires) * 1000)
        # DynamoDB deletes expired items with a delay of up to days.
        if now >= expires_at:
            raise SignupExpired
        return Signup(
            signup_id,
            item.host,
            item.url,
            item.email,
            item.token,
            item.secret_hash,
            expires_at,
            item.invite,
        )

    def is_claimed(self, host: str) -> bool:
        """Return True if a site owns this host."""
        item = find(HostItem, item_keys.host(host), item_keys.SITE)
        return item is not None and item.site_id is not None

    def claim(
        self, signup: Signup, new_site_id: str, key: ApiKeyRecord, now: datetime
    ) -> ClaimResult:
        """Create the site of the verified host, or hand it over, and store its only API key.

        The site of a known host keeps its ID. All older API keys are revoked, those of its sandbox
        too. Unless this sign-up is repeated, its Amazon connections are deleted: a new owner of a
        host must not get the credentials of the former one.

        Raises:
            SiteSuspended: The host is suspended.
            InviteUsed: The invite of the sign-up was used or has expired.
            StoreUnavailable: The site changed at the same time in every attempt.
        """

        def claim() -> ClaimResult:
            host = find(HostItem, item_keys.host(signup.host), item_keys.SITE)
            # The client repeats `verify` if it lost the response. It is then the same owner.
            is_repeated = host is not None and host.signup_id == signup.signup_id
            # The first `verify` used the invite up. A repeated one must not fail because of that.
            invite = None if is_repeated else signup.invite
            if invite and not self.is_invited(invite, signup.host, now):
                raise InviteUsed
            # Release 0.2.0 stored the host of a deleted site that was suspended without a site.
            site_id = (host.site_id if host else None) or new_site_id
            site = find_site(site_id)
            if find_suspension(signup.host) or (site and site.suspended_at):
                raise SiteSuspended
            found = _Claim(signup, site_id, is_repeated, host, site)
            return self._write_claim(found, key, now)

        return retry_on_conflict(claim, self._clock)

    def _write_claim(self, claim: _Claim, key: ApiKeyRecord, now: datetime) -> ClaimResult:
        signup, site_id, is_repeated = claim.signup, claim.site_id, claim.is_repeated
        # Read after the site: an API key or connection that is added in between changes the
        # version of the site, and the transaction fails.
        items = list(SitesItem.query(site_id, consistent_read=True))
        sandbox = list(SitesItem.query(sandbox_id_of(site_id), consistent_read=True))
        secret_ids = () if is_repeated else secret_ids_of(connections_from_items(items))
        with TransactWrite(connection=self._connection) as transaction:
            check_not_suspended(transaction, signup.host)
            _save_host(transaction, claim)
            # Each API key has a new random ID, which serves as the new version of the site.
            _save_site(transaction, claim, key.kid, now)
            for item in (*items, *sandbox):
                if isinstance(item, SiteApiKeyItem):
                    delete_api_key(transaction, item)
                elif isinstance(item, ConnectionItem) and not is_repeated:
                    transaction.delete(item)
            for secret_id in secret_ids:
                transaction.save(secret_deletion_item(secret_id, now))
            # It belonged to the former owner. The first test API key creates another one.
            if sandbox and not is_repeated:
                transaction.delete(SiteItem(sandbox_id_of(site_id), item_keys.SITE))
            for new in items_from_api_key(site_id, key, now):
                transaction.save(new)
            events = audit.signed_up(key.kid, now, is_known=claim.site is not None)
            record_events(transaction, site_id, *events)
            if signup.invite and not is_repeated:
                invite = InviteItem(item_keys.invite(signup.invite), item_keys.SITE)
                # Of two sign-ups with one invite, only one succeeds.
                transaction.delete(invite, condition=InviteItem.pk.exists())
        return ClaimResult(site_id, secret_ids)


def _save_host(transaction: TransactWrite, claim: _Claim) -> None:
    """Store the owner of the host, if it has the same owner as when it was read."""
    host = claim.host
    transaction.save(
        HostItem(
            item_keys.host(claim.signup.host),
            item_keys.SITE,
            site_id=claim.site_id,
            signup_id=claim.signup.signup_id,
        ),
        condition=is_unchanged(HostItem.site_id, host.site_id if host else None),
    )
    transaction.save(HostSiteItem(item_keys.hostname(claim.signup.host), claim.site_id))


def _save_site(transaction: TransactWrite, claim: _Claim, version: str, now: datetime) -> None:
    """Store the site, if no API key or connection was added since."""
    signup, site = claim.signup, claim.site
    # A new owner of a host takes over no settings of the former one.
    kept = site if claim.is_repeated else None
    transaction.save(
        SiteItem(
            claim.site_id,
            item_keys.SITE,
            host=signup.host,
            url=signup.url,
            email=signup.email,
            created_at=site.created_at if site else to_unix_ms(now),
            primary=kept.primary if kept else None,
            version=version,
            refresh_hours=kept.refresh_hours if kept else None,
        ),
        condition=is_unchanged(SiteItem.version, site.version if site else None),
    )


def item_from_signup(signup: Signup) -> SignupItem:
    """Return the item that stores a pending sign-up."""
    return SignupItem(
        item_keys.signup(signup.signup_id),
        item_keys.SITE,
        host=signup.host,
        url=signup.url,
        email=signup.email,
        token=signup.token,
        secret_hash=signup.secret_hash,
        invite=signup.invite,
        expires=int(signup.expires_at.timestamp()),
    )
