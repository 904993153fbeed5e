"""Sign-ups: pending ones, invites, and the claim of a proven host."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.errors import InviteUsed, SignupExpired
from amzlinkr.domain.sites import ApiKeyRecord, ClaimResult, Signup, sandbox_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.optimistic import is_unchanged, retry_on_conflict
from amzlinkr.storage.outbox import secret_deletion_item, secret_ids_of
from amzlinkr.storage.records import (
    ConnectionItem,
    HostItem,
    InviteItem,
    SignupItem,
    SiteApiKeyItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.site_items import delete_api_key, find_site, items_for_api_key
from amzlinkr.storage.sites import connections_in


class _Claim(NamedTuple):
    """A proven sign-up, the site it gets, whether it is the one that claimed it last, and the
    host's row as it was read."""

    signup: Signup
    site_id: str
    same_signup: bool
    held: HostItem | None


class SignupStore:
    """Who wants to be a site of ours."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

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
        """Whether this code lets this host in now."""
        with store_errors():
            try:
                item = InviteItem.get(
                    item_keys.invite(code_hash), item_keys.SITE, consistent_read=True
                )
            except InviteItem.DoesNotExist:
                return False
        return bool(item.host == host and now.timestamp() < item.expires)

    def begin(self, signup: Signup) -> None:
        """Store a sign-up; it is gone after `expires_at`."""
        with store_errors():
            _signup_item(signup).save()

    def get(self, signup_id: str, now: datetime) -> Signup:
        """A sign-up whose time is not over. Raises `SignupExpired`."""
        with store_errors():
            try:
                item = SignupItem.get(
                    item_keys.signup(signup_id), item_keys.SITE, consistent_read=True
                )
            except SignupItem.DoesNotExist:
                raise SignupExpired from None
        expires_at = from_unix_ms(int(item.expires) * 1000)
        if now >= expires_at:
            raise SignupExpired
        return Signup(
            signup_id, item.host, item.url, item.email, item.token, expires_at, item.invite
        )

    def claim(
        self, signup: Signup, new_site_id: str, key: ApiKeyRecord, now: datetime
    ) -> ClaimResult:
        """Make the proven host's site, or hand it over, and store its only key.

        The site of a known host keeps its id. All its older keys are revoked, those of its sandbox
        too, and unless this is the sign-up that claimed it last, so are its Amazon connections:
        whoever proves a host today inherits none of yesterday's credentials, whose secrets are
        then to be forgotten. A host that left suspended is still suspended.
        Raises `InviteUsed`, and `StoreUnavailable` if others claim the host all the time.
        """

        def claim() -> ClaimResult:
            held = self._host(signup.host)
            same = held is not None and held.signup_id == signup.signup_id
            if signup.invite and not same and not self.is_invited(signup.invite, signup.host, now):
                raise InviteUsed
            site_id = (held.site_id if held else None) or new_site_id
            return self._write_claim(_Claim(signup, site_id, same, held), key, now)

        return retry_on_conflict(claim, "Others sign up for this site at the same time.")

    def _host(self, host: str) -> HostItem | None:
        try:
            return HostItem.get(item_keys.host(host), item_keys.SITE, consistent_read=True)
        except HostItem.DoesNotExist:
            return None

    def _write_claim(self, claim: _Claim, key: ApiKeyRecord, now: datetime) -> ClaimResult:
        signup, site_id, same_signup, held = claim
        known = find_site(site_id)
        items = list(SitesItem.query(site_id, consistent_read=True))
        sandbox = list(SitesItem.query(sandbox_id_of(site_id), consistent_read=True))
        gone = [] if same_signup else connections_in(items)
        suspended_at = known.suspended_at if known else held.suspended_at if held else None
        kept = known if same_signup else None
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(
                HostItem(
                    item_keys.host(signup.host),
                    item_keys.SITE,
                    site_id=site_id,
                    signup_id=signup.signup_id,
                ),
                condition=is_unchanged(HostItem.site_id, held.site_id if held else None)
                & is_unchanged(HostItem.suspended_at, held.suspended_at if held else None),
            )
            transaction.save(
                SiteItem(
                    site_id,
                    item_keys.SITE,
                    host=signup.host,
                    url=signup.url,
                    email=signup.email,
                    created_at=known.created_at if known else to_unix_ms(now),
                    primary=kept.primary if kept else None,
                    version=key.kid,
                    suspended_at=suspended_at,
                    refresh_hours=kept.refresh_hours if kept else None,
                ),
                condition=is_unchanged(SiteItem.version, known.version if known else None)
                & is_unchanged(SiteItem.suspended_at, known.suspended_at if known else None),
            )
            for item in (*items, *sandbox):
                if isinstance(item, SiteApiKeyItem):
                    delete_api_key(transaction, item)
                elif isinstance(item, ConnectionItem) and not same_signup:
                    transaction.delete(item)
            for secret_id in secret_ids_of(gone):
                transaction.save(secret_deletion_item(secret_id, now))
            if sandbox and not same_signup:
                transaction.delete(SiteItem(sandbox_id_of(site_id), item_keys.SITE))
            for new in items_for_api_key(site_id, key, now, suspended=suspended_at is not None):
                transaction.save(new)
            if signup.invite and not same_signup:
                invite = InviteItem(item_keys.invite(signup.invite), item_keys.SITE)
                transaction.delete(invite, condition=InviteItem.pk.exists())
        return ClaimResult(site_id, secret_ids_of(gone))


def _signup_item(signup: Signup) -> SignupItem:
    return SignupItem(
        item_keys.signup(signup.signup_id),
        item_keys.SITE,
        host=signup.host,
        url=signup.url,
        email=signup.email,
        token=signup.token,
        invite=signup.invite,
        expires=int(signup.expires_at.timestamp()),
    )
