"""Item keys: the only place that builds partition and sort keys.

Partitions of a site begin with its ID, which comes from the authorizer.
"""

from __future__ import annotations

from hashlib import sha256
from zlib import crc32

from amzlinkr.domain.sites import hostname_of

DUE_SHARDS = 8
"""The number of partitions of the index of due shelves.

One partition of an index takes about 1,000 writes per second; raise this before that is the limit.
"""

FEED = "#feed"
PENDING_JOBS = "pending"
SITE = "site"
SUSPENSION = "suspension"
SERVICE_SWITCHES = "service"
PLANNER_RUN = "planner"
API_KEY_PREFIX = "key#"
AUDIT_TIME_END = "9" * 15
"""A time after all times of events, in the form of their sort keys."""
ALL_SECRETS = "all"
LIST_SHELF_PREFIX = "list#"
"""The beginning of the sort keys of all shelves of lists. Others begin with a marketplace."""
LIST_CONTENT_PREFIX = "#list#"
"""The beginning of the sort keys of the content of lists; it is before those of products."""
_TOMBSTONE_PREFIX = "#removed#"
"""The beginning of the sort keys of tombstones, which pages of products do not read."""
_DETAILS = "#details"
# Sorts after all characters that follow a prefix in our keys.
_AFTER = "\uffff"


def product(marketplace: str, asin: str) -> str:
    """Return the sort key of a product's offer."""
    return f"{marketplace}#{asin}"


def details(marketplace: str, asin: str) -> str:
    """Return the sort key of a product's details, which follows the one of its offer."""
    return f"{marketplace}#{asin}{_DETAILS}"


def tombstone(marketplace: str, asin: str) -> str:
    """Return the sort key of the tombstone of a removed product."""
    return f"{_TOMBSTONE_PREFIX}{marketplace}#{asin}"


def after_prefix(sort_key: str) -> str:
    """Return a sort key after this one and all that begin with it."""
    return sort_key + _AFTER


def marketplace_prefix(marketplace: str) -> str:
    """Return the beginning of the sort keys of one marketplace's products or shelves."""
    return f"{marketplace}#"


def marketplace_range(marketplace: str | None) -> tuple[str, str]:
    """Return the bounds of the product sort keys of one marketplace, or of all.

    Marketplace codes are upper-case letters, so "A" to "Z" excludes the counter of the feed.
    """
    if not marketplace:
        return "A", after_prefix("Z")
    prefix = marketplace_prefix(marketplace)
    return prefix, after_prefix(prefix)


def shelf(marketplace: str, shelf_id: str) -> str:
    """Return the sort key of a shelf."""
    if shelf_id.startswith(LIST_SHELF_PREFIX):
        return shelf_id
    return f"{marketplace}#{shelf_id}"


def list_shelf(marketplace: str, name: str) -> str:
    """Return the ID of the shelf of a list, which is its sort key as well.

    So all lists of a site follow each other, apart from the shelves of products.
    """
    return f"{LIST_SHELF_PREFIX}{marketplace}#{name}"


def split_shelf_key(sort_key: str) -> tuple[str, str]:
    """Return the marketplace and the ID of a shelf, by its sort key."""
    if sort_key.startswith(LIST_SHELF_PREFIX):
        return sort_key.removeprefix(LIST_SHELF_PREFIX).partition("#")[0], sort_key
    marketplace, _, shelf_id = sort_key.partition("#")
    return marketplace, shelf_id


def list_content(name: str) -> str:
    """Return the sort key of a list: its place in the feed, and its offers."""
    return f"{LIST_CONTENT_PREFIX}{name}"


def list_details(name: str) -> str:
    """Return the sort key of the details of a list's products, which follows the one of the list.

    Names have no `#`, so that it is the key of no other list.
    """
    return f"{LIST_CONTENT_PREFIX}{name}{_DETAILS}"


def list_name(sort_key: str) -> str:
    """Return the name of a list, by the sort key of its content."""
    return sort_key.removeprefix(LIST_CONTENT_PREFIX)


def split_sort_key(sort_key: str) -> tuple[str, str]:
    """Return the marketplace and the ASIN or shelf ID of a sort key, also of a tombstone."""
    marketplace, _, rest = sort_key.removeprefix(_TOMBSTONE_PREFIX).partition("#")
    return marketplace, rest.removesuffix(_DETAILS)


def due_shard(site_id: str, sort_key: str) -> int:
    """Return the partition of the due index that a shelf belongs to."""
    # Not `hash`, which has another result in every process.
    return crc32(f"{site_id}/{sort_key}".encode()) % DUE_SHARDS


def connection(marketplace: str) -> str:
    """Return the sort key of a connection in its site's partition."""
    return f"connection#{marketplace}"


def recovery(site_id: str, marketplace: str) -> str:
    """Return the sort key of the recovery of a connection's account in the outbox."""
    return f"{site_id}#{marketplace}"


def split_recovery(sort_key: str) -> tuple[str, str]:
    """Return the site ID and the marketplace code of a recovery."""
    site_id, _, marketplace = sort_key.partition("#")
    return site_id, marketplace


def host(name: str) -> str:
    """Return the partition key of a site's host, port and path."""
    return f"host#{name}"


def hostname(name: str) -> str:
    """Return the partition key of the host alone, for its sites and its suspension."""
    return f"hostname#{hostname_of(name)}"


def signup(signup_id: str) -> str:
    """Return the partition key of a pending sign-up."""
    return f"signup#{signup_id}"


def api_key(key_hash: str) -> str:
    """Return the partition key of an API key, by its hash."""
    return f"key#{key_hash}"


def site_api_key(kid: str) -> str:
    """Return the sort key of an API key in its site's partition."""
    return f"{API_KEY_PREFIX}{kid}"


def audit_log(site_id: str) -> str:
    """Return the partition key of a site's audit log.

    It has its own partition, because requests read all items of a site's partition.
    """
    return f"audit#{site_id}"


def audit_time(unix_ms: int) -> str:
    """Return the beginning of the sort keys of the events of a moment."""
    return f"{unix_ms:015d}"


def audit_event(unix_ms: int, name: str, event_id: str) -> str:
    """Return the sort key of an event in its site's audit log."""
    return f"{audit_time(unix_ms)}#{name}#{event_id}"


def invite(code_hash: str) -> str:
    """Return the partition key of an invite, by the hash of its code."""
    return f"invite#{code_hash}"


def secret(secret_id: str) -> str:
    """Return the partition key of a counted secret."""
    return f"secret#{secret_id}"


def ciphertexts(secret_id: str) -> str:
    """Return the partition key of the versions of an encrypted secret.

    It has its own partition, because requests read all items of a site's partition.
    """
    return f"ciphertext#{secret_id}"


def secret_count(name: str) -> str:
    """Return the partition key of the number of secrets: of an account, or `ALL_SECRETS`."""
    return f"secrets#{name}"


def chunk(job_id: str, number: int) -> str:
    """Return the sort key of a finished chunk. It follows the one of its job, the job ID."""
    return f"{job_id}#{number:04d}"


def job_range(job_id: str) -> tuple[str, str]:
    """Return the bounds of the sort keys of a job and its chunks."""
    return job_id, after_prefix(f"{job_id}#")


def pending_job(site_id: str, marketplace: str, created_at_ms: int, job_id: str) -> str:
    """Return the sort key of a pending job.

    Those of a site and marketplace follow each other, oldest first.
    """
    return f"{site_id}#{marketplace}#{created_at_ms:015d}#{job_id}"


def pending_job_prefix(site_id: str, marketplace: str | None = None) -> str:
    """Return the beginning of the sort keys of a site's pending jobs, or of one marketplace."""
    return f"{site_id}#" if marketplace is None else f"{site_id}#{marketplace}#"


def split_pending_job(sort_key: str) -> tuple[str, str, int, str]:
    """Return the site ID, the marketplace code, the time of creation, and the job ID."""
    site_id, marketplace, created_at_ms, job_id = sort_key.split("#")
    return site_id, marketplace, int(created_at_ms), job_id


def usage_counter(kind: str, name: str, period: str) -> str:
    """Return the partition key of the usage counter of one window.

    The name is hashed, because it can be personal data, such as an email address.
    """
    # Cut to 128 bits, which keep names apart. The rest would only lengthen the key.
    return f"count#{kind}#{sha256(name.encode()).hexdigest()[:32]}#{period}"


def access_token(account_key: str) -> str:
    """Return the partition key of an account's shared access token."""
    return f"token#{account_key}"
