"""Sites, their connections and keys, and sign-ups, in one table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec
from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import milliseconds, moment
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import SignupExpired, StoreUnavailable
from amzlinkr.domain.sites import KeyRecord, Signup, Site
from amzlinkr.storage import keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import (
    ApiKeyItem,
    ConnectionItem,
    HeldKeyItem,
    HostItem,
    SignupItem,
    SiteItem,
    SitesItem,
)

MAX_RACES = 5


class _Claim(NamedTuple):
    """A proven sign-up, the site it gets, and whether it is the one that claimed it last."""

    signup: Signup
    site_id: str
    same_signup: bool


class SiteStore:
    """Who our sites are."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

    def get(self, site_id: str) -> Site | None:
        """The site with all its connections."""
        with store_errors():
            items = list(SitesItem.query(site_id, consistent_read=True))
        found = next((item for item in items if isinstance(item, SiteItem)), None)
        if found is None:
            return None
        return Site(
            site_id,
            found.host,
            found.url,
            found.email,
            moment(int(found.created_at)),
            found.primary,
            {connection.marketplace: connection for connection in _connections(items)},
        )

    def connections(self, accounts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Connection]:
        """The connections of these sites and marketplaces that there are."""
        wanted = [(site_id, keys.connection(shop)) for site_id, shop in dict.fromkeys(accounts)]
        with store_errors():
            items = list(ConnectionItem.batch_get(wanted)) if wanted else []
        connections = [(item.pk, _connection(item)) for item in items]
        return {(site_id, one.marketplace): one for site_id, one in connections}

    def site_of_key(self, key_hash: str) -> tuple[str, str] | None:
        """Site id and public key id of a key, by its hash: one read."""
        with store_errors():
            try:
                item = ApiKeyItem.get(keys.api_key(key_hash), keys.SITE, consistent_read=True)
            except ApiKeyItem.DoesNotExist:
                return None
        return item.site_id, item.kid

    def connect(self, site_id: str, connection: Connection) -> None:
        """Store a connection; the first one makes its marketplace the site's primary one.

        Raises `StoreUnavailable` if the site changes or leaves at this very moment.
        """
        try:
            with store_errors():
                self._write_connection(site_id, connection)
        except Conflict as error:
            raise StoreUnavailable("The site is being changed by somebody else.") from error

    def note(
        self, site_id: str, connection: Connection, error: AmazonError | None, at: datetime
    ) -> None:
        """Enter Amazon's answer to a call made at `at` with these keys; no news is no write.

        Keys that were replaced meanwhile tell nothing about the new ones.
        """
        if connection.after(error, at) is connection:
            return
        sort_key = keys.connection(connection.marketplace)
        for _ in range(MAX_RACES):
            with store_errors():
                try:
                    item = ConnectionItem.get(site_id, sort_key, consistent_read=True)
                except ConnectionItem.DoesNotExist:
                    return
            stored = _connection(item)
            if stored.secret_version != connection.secret_version:
                return
            noted = stored.after(error, at)
            if noted is stored:
                return
            try:
                with store_errors():
                    new = ConnectionItem.connection.set(msgspec.json.encode(noted).decode())
                    item.update([new], condition=ConnectionItem.connection == item.connection)
            except Conflict:
                continue
            return

    def _write_connection(self, site_id: str, connection: Connection) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(
                ConnectionItem(
                    site_id,
                    keys.connection(connection.marketplace),
                    connection=msgspec.json.encode(connection).decode(),
                )
            )
            transaction.update(
                SiteItem(site_id, keys.SITE),
                [SiteItem.primary.set(SiteItem.primary | connection.marketplace)],
                condition=SiteItem.pk.exists(),
            )

    def begin_signup(self, signup: Signup) -> None:
        """Store a sign-up; it is gone after `expires_at`."""
        with store_errors():
            _signup_item(signup).save()

    def signup(self, signup_id: str, now: datetime) -> Signup:
        """A sign-up whose time is not over. Raises `SignupExpired`."""
        with store_errors():
            try:
                item = SignupItem.get(keys.signup(signup_id), keys.SITE, consistent_read=True)
            except SignupItem.DoesNotExist:
                raise SignupExpired from None
        expires_at = moment(int(item.expires) * 1000)
        if now >= expires_at:
            raise SignupExpired
        return Signup(signup_id, item.host, item.url, item.email, item.token, expires_at)

    def inherited(self, signup: Signup) -> list[Connection]:
        """The Amazon connections of the host's present owner, if this is another's sign-up."""
        with store_errors():
            held, items = self._owner(signup.host)
        if held is None or held.signup_id == signup.signup_id:
            return []
        return _connections(items)

    def claim(self, signup: Signup, new_site_id: str, key: KeyRecord, now: datetime) -> str:
        """Make the proven host's site, or hand it over, and store its only key; its id.

        The site of a known host keeps its id. All its older keys are revoked, and unless this is
        the sign-up that claimed it last, so are its Amazon connections: whoever proves a host
        today inherits none of yesterday's credentials. Raises `StoreUnavailable` if others claim
        it all the time.
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
        """The claim on a host, and all items of the site that holds it."""
        try:
            held = HostItem.get(keys.host(host), keys.SITE, consistent_read=True)
        except HostItem.DoesNotExist:
            return None, []
        return held, list(SitesItem.query(held.site_id, consistent_read=True))

    def _write_claim(
        self, claim: _Claim, items: list[SitesItem], key: KeyRecord, now: datetime
    ) -> None:
        signup, site_id, same_signup = claim
        known = next((item for item in items if isinstance(item, SiteItem)), None)
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
                )
            )
            for item in items:
                if isinstance(item, HeldKeyItem):
                    transaction.delete(ApiKeyItem(keys.api_key(item.key_hash), keys.SITE))
                    transaction.delete(item, condition=HeldKeyItem.pk.exists())
                elif isinstance(item, ConnectionItem) and not same_signup:
                    transaction.delete(item)
            transaction.save(
                ApiKeyItem(keys.api_key(key.digest), keys.SITE, site_id=site_id, kid=key.kid)
            )
            transaction.save(
                HeldKeyItem(
                    site_id,
                    keys.held_key(key.kid),
                    key_hash=key.digest,
                    created_at=milliseconds(now),
                )
            )
            transaction.save(_signup_item(signup))


def _connections(items: list[SitesItem]) -> list[Connection]:
    return [_connection(item) for item in items if isinstance(item, ConnectionItem)]


def _connection(item: ConnectionItem) -> Connection:
    return msgspec.json.decode(item.connection, type=Connection)


def _signup_item(signup: Signup) -> SignupItem:
    return SignupItem(
        keys.signup(signup.signup_id),
        keys.SITE,
        host=signup.host,
        url=signup.url,
        email=signup.email,
        token=signup.token,
        expires=int(signup.expires_at.timestamp()),
    )
