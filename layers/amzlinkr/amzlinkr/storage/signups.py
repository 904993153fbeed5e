"""Sign-ups: pending ones, invites, and the claim of a proven host."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import milliseconds, moment
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import SignupExpired, StoreUnavailable
from amzlinkr.domain.sites import KeyRecord, Signup, twin_of
from amzlinkr.storage import keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.keyring import items_of_key
from amzlinkr.storage.records import (
    ApiKeyItem,
    ConnectionItem,
    HeldKeyItem,
    HostItem,
    InviteItem,
    SignupItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.sites import connections_in, unchanged

MAX_RACES = 5


class _Claim(NamedTuple):
    """A proven sign-up, the site it gets, and whether it is the one that claimed it last."""

    signup: Signup
    site_id: str
    same_signup: bool


class SignupStore:
    """Who wants to be a site of ours."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

    def invite(self, code_hash: str, host: str, expires_at: datetime) -> None:
        """Store an invite for a host, by the hash of its code."""
        with store_errors():
            InviteItem(
                keys.invite(code_hash), keys.SITE, host=host, expires=int(expires_at.timestamp())
            ).save()

    def is_invited(self, code_hash: str, host: str, now: datetime) -> bool:
        """Whether this code lets this host in now."""
        with store_errors():
            try:
                item = InviteItem.get(keys.invite(code_hash), keys.SITE, consistent_read=True)
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
                item = SignupItem.get(keys.signup(signup_id), keys.SITE, consistent_read=True)
            except SignupItem.DoesNotExist:
                raise SignupExpired from None
        expires_at = moment(int(item.expires) * 1000)
        if now >= expires_at:
            raise SignupExpired
        return Signup(
            signup_id, item.host, item.url, item.email, item.token, expires_at, item.invite
        )

    def inherited(self, signup: Signup) -> list[Connection]:
        """The Amazon connections of the host's present owner, if this is another's sign-up; those
        of its sandbox have no secrets."""
        with store_errors():
            held, items = self._owner(signup.host)
        if held is None or held.signup_id == signup.signup_id:
            return []
        return connections_in(item for item in items if item.pk == held.site_id)

    def claim(self, signup: Signup, new_site_id: str, key: KeyRecord, now: datetime) -> str:
        """Make the proven host's site, or hand it over, and store its only key; its id.

        The site of a known host keeps its id. All its older keys are revoked, those of its sandbox
        too, and unless this is the sign-up that claimed it last, so are its Amazon connections:
        whoever proves a host today inherits none of yesterday's credentials. An invite is used up.
        Raises `StoreUnavailable` if others claim it all the time.
        """
        for _ in range(MAX_RACES):
            try:
                with store_errors():
                    held, items = self._owner(signup.host)
                    site_id = held.site_id if held else new_site_id
                    same = held is not None and held.signup_id == signup.signup_id
                    self._write_claim(_Claim(signup, site_id, same), items, key, now)
            except Conflict:
                continue
            return site_id
        raise StoreUnavailable("Others sign up for this site at the same time.")

    def _owner(self, host: str) -> tuple[HostItem | None, list[SitesItem]]:
        """The claim on a host, and all items of the site that holds it and of its sandbox."""
        try:
            held = HostItem.get(keys.host(host), keys.SITE, consistent_read=True)
        except HostItem.DoesNotExist:
            return None, []
        items = list(SitesItem.query(held.site_id, consistent_read=True))
        items += SitesItem.query(twin_of(held.site_id), consistent_read=True)
        return held, items

    def _write_claim(
        self, claim: _Claim, items: list[SitesItem], key: KeyRecord, now: datetime
    ) -> None:
        signup, site_id, same_signup = claim
        known = next((item for item in items if isinstance(item, SiteItem)), None)
        suspended_at = known.suspended_at if known else None
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(
                HostItem(
                    keys.host(signup.host),
                    keys.SITE,
                    site_id=site_id,
                    signup_id=signup.signup_id,
                ),
                condition=HostItem.pk.does_not_exist() | (HostItem.site_id == site_id),
            )
            transaction.save(
                SiteItem(
                    site_id,
                    keys.SITE,
                    host=signup.host,
                    url=signup.url,
                    email=signup.email,
                    created_at=known.created_at if known else milliseconds(now),
                    primary=known.primary if known and same_signup else None,
                    newest_kid=key.kid,
                    suspended_at=suspended_at,
                    refresh_hours=known.refresh_hours if known and same_signup else None,
                ),
                condition=unchanged(SiteItem.newest_kid, known.newest_kid if known else None)
                & unchanged(SiteItem.suspended_at, suspended_at),
            )
            for item in items:
                if isinstance(item, HeldKeyItem):
                    transaction.delete(ApiKeyItem(keys.api_key(item.key_hash), keys.SITE))
                    transaction.delete(item, condition=HeldKeyItem.pk.exists())
                elif (isinstance(item, ConnectionItem) and not same_signup) or (
                    item.pk == twin_of(site_id) and not same_signup
                ):
                    transaction.delete(item)
            for new in items_of_key(site_id, key, now, suspended=suspended_at is not None):
                transaction.save(new)
            transaction.save(_signup_item(signup))
            if signup.invite and not same_signup:
                invite = InviteItem(keys.invite(signup.invite), keys.SITE)
                transaction.delete(invite, condition=InviteItem.pk.exists())


def _signup_item(signup: Signup) -> SignupItem:
    return SignupItem(
        keys.signup(signup.signup_id),
        keys.SITE,
        host=signup.host,
        url=signup.url,
        email=signup.email,
        token=signup.token,
        invite=signup.invite,
        expires=int(signup.expires_at.timestamp()),
    )
