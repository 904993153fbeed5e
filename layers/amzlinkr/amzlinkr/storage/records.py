"""The items of the five tables."""

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
    KeysOnlyProjection,
    LocalSecondaryIndex,
)
from pynamodb.models import Model


class SitesItem(Model):
    """Sites table: everything about a site that is not a product."""

    class Meta:
        table_name = "sites"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type = DiscriminatorAttribute()


class SiteItem(SitesItem, discriminator="site"):
    """The site itself: partition = site id, sort = `site`. `version` is another one whenever a key
    or a connection of the site or of its sandbox is added."""

    host = UnicodeAttribute()
    url = UnicodeAttribute()
    email = UnicodeAttribute()
    created_at = NumberAttribute()
    primary = UnicodeAttribute(null=True)
    version = UnicodeAttribute(null=True)
    suspended_at = NumberAttribute(null=True)
    refresh_hours = NumberAttribute(null=True)


class ConnectionItem(SitesItem, discriminator="connection"):
    """One marketplace's Amazon account, without the keys, which are in `secret`; a suspended site's
    is left alone."""

    connection = UnicodeAttribute()
    secret = UnicodeAttribute()
    suspended = BooleanAttribute(null=True)


class SiteApiKeyItem(SitesItem, discriminator="held_key"):
    """In the site's partition: a key it holds, so that all of them can be revoked."""

    key_hash = UnicodeAttribute()
    created_at = NumberAttribute()
    expires = NumberAttribute(null=True)


class ApiKeyItem(SitesItem, discriminator="api_key"):
    """By hash: the site a key belongs to."""

    site_id = UnicodeAttribute()
    kid = UnicodeAttribute()
    expires = NumberAttribute(null=True)
    used_at = NumberAttribute(null=True)
    suspended = BooleanAttribute(null=True)


class HostItem(SitesItem, discriminator="host"):
    """By host: the site that proved it, and the sign-up by which it last did. A suspended site
    that left has no id any more, but whoever proves the host next is suspended too."""

    site_id = UnicodeAttribute(null=True)
    signup_id = UnicodeAttribute(null=True)
    suspended_at = NumberAttribute(null=True)


class SignupItem(SitesItem, discriminator="signup"):
    """A sign-up that waits for its proof; `expires` is DynamoDB's TTL."""

    host = UnicodeAttribute()
    url = UnicodeAttribute()
    email = UnicodeAttribute()
    token = UnicodeAttribute()
    invite = UnicodeAttribute(null=True)
    expires = NumberAttribute()


class InviteItem(SitesItem, discriminator="invite"):
    """By hash: the host that may sign up without showing a token."""

    host = UnicodeAttribute()
    expires = NumberAttribute()


class OutboxItem(SitesItem, discriminator="outbox"):
    """Work to complete later. One partition per kind of task; the sort key is its subject."""

    due_at = NumberAttribute()


class Feed(LocalSecondaryIndex["OfferItem"]):  # type: ignore[no-untyped-call] # PynamoDB leaves it untyped
    """A site's products by sequence number, read strongly consistent."""

    class Meta:
        index_name = "feed"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    seq = NumberAttribute(range_key=True)


class ProductsItem(Model):
    """Products table; no streams, no backups: Amazon's licence forbids a price history."""

    class Meta:
        table_name = "products"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type = DiscriminatorAttribute()


class OfferItem(ProductsItem, discriminator="offer"):
    """What moves: the offer, its place in the feed, and the shelf that refreshes it."""

    seq = NumberAttribute()
    kind = UnicodeAttribute()
    offer = UnicodeAttribute(null=True)
    shelf_id = UnicodeAttribute(null=True)
    removed = BooleanAttribute(null=True)
    expires = NumberAttribute(null=True)
    feed = Feed()


class DetailsItem(ProductsItem, discriminator="details"):
    """What rests: title, image, features."""

    details = UnicodeAttribute()


class FeedItem(ProductsItem, discriminator="feed"):
    """The counter of a site's feed."""

    last_seq = NumberAttribute()


class Due(GlobalSecondaryIndex["ShelfItem"]):  # type: ignore[no-untyped-call] # PynamoDB leaves it untyped
    """Shelves by the moment they are due, spread over shards. Eventually consistent: the lease is
    taken on the shelf itself."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    shard = NumberAttribute(hash_key=True)
    due_at = NumberAttribute(range_key=True)


class ShelfItem(Model):
    """Shelves table. An empty shelf has no `shard` and so is never due."""

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
    due = Due()


class QuotasTableItem(Model):
    """Quotas table: what all processes must know of an account, each thing under its own key."""

    class Meta:
        table_name = "quotas"

    pk = UnicodeAttribute(hash_key=True)
    expires = NumberAttribute(null=True)


class UsageCounterItem(QuotasTableItem):
    """The events of one of our limits in one window."""

    used = NumberAttribute(null=True)


class RateLimiterItem(QuotasTableItem):
    """The rate limiter of an Amazon account: next free slot, calls of the day, call rate."""

    next_at = NumberAttribute(null=True)
    free_since = NumberAttribute(null=True)
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
    """A Creators API credential's access token, encrypted, and until when somebody fetches one."""

    token = UnicodeAttribute(null=True)
    good_until = NumberAttribute(null=True)
    claimed_until = NumberAttribute(null=True)


class JobsItem(Model):
    """Jobs table: imports and their finished chunks, kept for a day."""

    class Meta:
        table_name = "jobs"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type = DiscriminatorAttribute()
    expires = NumberAttribute()


class JobItem(JobsItem, discriminator="job"):
    """What was asked for."""

    entries = UnicodeAttribute()
    chunks = UnicodeAttribute()
    created_at = NumberAttribute()
    body_hash = UnicodeAttribute()


class ChunkItem(JobsItem, discriminator="chunk"):
    """What became of the ASINs of one call."""

    number = NumberAttribute()
    outcomes = UnicodeAttribute()
