"""The items of the five tables: with the other `*_records`, the only place that names attributes.

Times are Unix milliseconds, `expires` is Unix seconds for the time to live. Nested values are JSON.
"""

from __future__ import annotations

from pynamodb.attributes import (
    BooleanAttribute,
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    LocalSecondaryIndex,
)
from pynamodb.models import Model


class SitesItem(Model):
    """Sites table: everything about a site except its products."""

    class Meta:
        table_name = "sites"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type = DiscriminatorAttribute()


class SiteItem(SitesItem, discriminator="site"):
    """A site. `version` changes with each added API key or connection, also of the sandbox."""

    host = UnicodeAttribute()
    url = UnicodeAttribute()
    email = UnicodeAttribute()
    created_at = NumberAttribute()
    primary = UnicodeAttribute(null=True)
    version = UnicodeAttribute(null=True)
    suspended_at = NumberAttribute(null=True)
    refresh_hours = NumberAttribute(null=True)


class ConnectionItem(SitesItem, discriminator="connection"):
    """A connection in its site's partition; `secret` is the name and version of its secret."""

    connection = UnicodeAttribute()
    secret = UnicodeAttribute()
    suspended = BooleanAttribute(null=True)


class SiteApiKeyItem(SitesItem, discriminator="site_api_key"):
    """An API key in its site's partition, so that all keys of a site can be listed and revoked."""

    key_hash = UnicodeAttribute()
    scope = UnicodeAttribute()
    created_at = NumberAttribute()
    expires = NumberAttribute(null=True)


class ApiKeyItem(SitesItem, discriminator="api_key"):
    """An API key by its hash: the site it belongs to, for the authorizer."""

    site_id = UnicodeAttribute()
    kid = UnicodeAttribute()
    scope = UnicodeAttribute()
    expires = NumberAttribute(null=True)
    used_at = NumberAttribute(null=True)
    suspended = BooleanAttribute(null=True)


class SignupItem(SitesItem, discriminator="signup"):
    """A pending sign-up, with the hash of its secret."""

    host = UnicodeAttribute()
    url = UnicodeAttribute()
    email = UnicodeAttribute()
    token = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    invite = UnicodeAttribute(null=True)
    expires = NumberAttribute()


class InviteItem(SitesItem, discriminator="invite"):
    """An invite by the hash of its code: the host that may sign up without verification."""

    host = UnicodeAttribute()
    expires = NumberAttribute()


class OutboxItem(SitesItem, discriminator="outbox"):
    """Work to complete later. One partition per kind of task; the sort key is its subject."""

    due_at = NumberAttribute()


class Feed(LocalSecondaryIndex["ProductsItem"]):  # type: ignore[no-untyped-call] # PynamoDB leaves it untyped
    """Products and lists of a site by sequence number; a local index allows consistent reads."""

    class Meta:
        index_name = "feed"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    seq = NumberAttribute(range_key=True)


class ProductsItem(Model):
    """Products table, without streams and backups: Amazon's license forbids a price history."""

    class Meta:
        table_name = "products"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type = DiscriminatorAttribute()
    feed = Feed()


class OfferItem(ProductsItem, discriminator="offer"):
    """The fast-changing part of a product: its offer, sequence number in the feed, and shelf."""

    seq = NumberAttribute()
    kind = UnicodeAttribute()
    offer = UnicodeAttribute(null=True)
    shelf_id = UnicodeAttribute(null=True)
    removed = BooleanAttribute(null=True)
    expires = NumberAttribute(null=True)


class TombstoneItem(OfferItem, discriminator="tombstone"):
    """The place of a removed product in the feed, under a key that pages do not read."""


class DetailsItem(ProductsItem, discriminator="details"):
    """The slow-changing part of a product: title, image, features."""

    details = UnicodeAttribute()


class FeedItem(ProductsItem, discriminator="feed"):
    """The newest number of a site's feed, and when it began; `incomplete` during a repair."""

    last_seq = NumberAttribute()
    began_at = NumberAttribute(null=True)
    incomplete = BooleanAttribute(null=True)


class Due(GlobalSecondaryIndex["ShelfItem"]):  # type: ignore[no-untyped-call] # PynamoDB leaves it untyped
    """Names and due times of shelves, spread over shards; eventually consistent.

    The due time is projected and no key: to change a key costs two writes.
    """

    class Meta:
        index_name = "due"
        projection = IncludeProjection(["due_at"])

    shard = NumberAttribute(hash_key=True)


class ShelfItem(Model):
    """Shelves table. An empty shelf has no `shard` and is therefore not in the index."""

    class Meta:
        table_name = "shelves"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    slots = UnicodeAttribute()
    observed_at = NumberAttribute()
    due_at = NumberAttribute()
    shard = NumberAttribute(null=True)
    lease = UnicodeAttribute(null=True)
    leased_until = NumberAttribute(null=True)
    version = NumberAttribute()
    definition = UnicodeAttribute(null=True)
    problem = UnicodeAttribute(null=True)
    due = Due()


class QuotasTableItem(Model):
    """Quotas table: state that all processes share, each kind under its own key."""

    class Meta:
        table_name = "quotas"

    pk = UnicodeAttribute(hash_key=True)
    expires = NumberAttribute(null=True)


class UsageCounterItem(QuotasTableItem):
    """The events of one of our limits in one window."""

    used = NumberAttribute(null=True)


class RateLimiterItem(QuotasTableItem):
    """The rate limiter of an Amazon account: its `LimiterState`, `CallRate` included."""

    next_at = NumberAttribute(null=True)
    free_since = NumberAttribute(null=True)
    reservation_id = UnicodeAttribute(null=True)
    day = UnicodeAttribute(null=True)
    used = NumberAttribute(null=True)
    interval_ms = NumberAttribute(null=True)
    proven_ms = NumberAttribute(null=True)
    day_limit = NumberAttribute(null=True)
    consecutive_successes = NumberAttribute(null=True)
    consecutive_429s = NumberAttribute(null=True)
    arrival_margin_ms = NumberAttribute(null=True)
    no_increase_before = NumberAttribute(null=True)


class AccessTokenItem(QuotasTableItem):
    """The encrypted access token of a credential, and the claim to fetch the next one."""

    token = UnicodeAttribute(null=True)
    good_until = NumberAttribute(null=True)
    claimed_until = NumberAttribute(null=True)
