"""The one place where keys are built, always from the authorizer's site id."""

from __future__ import annotations

from hashlib import sha256
from zlib import crc32

DUE_SHARDS = 8
"""The index of due shelves is spread over so many partitions; raise it before it is the limit."""

FEED = "#feed"
SITE = "site"
API_KEY_PREFIX = "key#"
_DETAILS = "#details"
_AFTER = "\uffff"


def product(marketplace: str, asin: str) -> str:
    """Sort key of a product's offer."""
    return f"{marketplace}#{asin}"


def details(marketplace: str, asin: str) -> str:
    """Sort key of a product's details, right behind its offer."""
    return f"{marketplace}#{asin}{_DETAILS}"


def after_prefix(sort_key: str) -> str:
    """A sort key behind this one and all that extend it."""
    return sort_key + _AFTER


def marketplace_range(marketplace: str | None) -> tuple[str, str]:
    """The first and last sort key of a marketplace's products, or of all marketplaces'."""
    return (
        (f"{marketplace}#", after_prefix(f"{marketplace}#"))
        if marketplace
        else ("A", after_prefix("Z"))
    )


def shelf(marketplace: str, shelf_id: str) -> str:
    """Sort key of a shelf."""
    return f"{marketplace}#{shelf_id}"


def split_sort_key(sort_key: str) -> tuple[str, str]:
    """Marketplace and ASIN or shelf id of a sort key."""
    marketplace, _, rest = sort_key.partition("#")
    return marketplace, rest.removesuffix(_DETAILS)


def due_shard(site_id: str, sort_key: str) -> int:
    """Which partition of the due index a shelf belongs to."""
    return crc32(f"{site_id}/{sort_key}".encode()) % DUE_SHARDS


def connection(marketplace: str) -> str:
    """Sort key of a connection in its site's partition."""
    return f"connection#{marketplace}"


def host(name: str) -> str:
    """Partition of the claim on a host."""
    return f"host#{name}"


def signup(signup_id: str) -> str:
    """Partition of a pending sign-up."""
    return f"signup#{signup_id}"


def api_key(key_hash: str) -> str:
    """Partition of an api key, by its hash."""
    return f"key#{key_hash}"


def site_api_key(kid: str) -> str:
    """Sort key, in the site's partition, of a key the site holds."""
    return f"{API_KEY_PREFIX}{kid}"


def invite(code_hash: str) -> str:
    """Partition of an invite, by its hash."""
    return f"invite#{code_hash}"


def chunk(job_id: str, number: int) -> str:
    """Sort key of a finished chunk, behind its job's, which is the job's id."""
    return f"{job_id}#{number:04d}"


def job_range(job_id: str) -> tuple[str, str]:
    """The sort keys of a job and of all its chunks."""
    return job_id, after_prefix(f"{job_id}#")


def usage_counter(kind: str, name: str, period: str) -> str:
    """Partition of a counter that starts anew every period. Names may be addresses of people, and
    are not written down."""
    return f"count#{kind}#{sha256(name.encode()).hexdigest()[:32]}#{period}"


def access_token(account_key: str) -> str:
    """Partition of an account's shared access token."""
    return f"token#{account_key}"
