"""The one place where keys are built, always from the authorizer's site id."""

from __future__ import annotations

from hashlib import sha256
from zlib import crc32

DUE_SHARDS = 8
"""The index of due shelves is spread over so many partitions; raise it before it is the limit."""

FEED = "#feed"
SITE = "site"
LEAVING = "leaving"
FORGET = "forget"
SYNC = "sync"
HELD_KEYS = "key#"
_DETAILS = "#details"
_AFTER = "\uffff"


def product(marketplace: str, asin: str) -> str:
    """Sort key of a product's offer."""
    return f"{marketplace}#{asin}"


def details(marketplace: str, asin: str) -> str:
    """Sort key of a product's details, right behind its offer."""
    return f"{marketplace}#{asin}{_DETAILS}"


def behind(sort_key: str) -> str:
    """A sort key behind this one and all that extend it."""
    return sort_key + _AFTER


def range_of(marketplace: str | None) -> tuple[str, str]:
    """The first and last sort key of a marketplace's products, or of all marketplaces'."""
    return (f"{marketplace}#", behind(f"{marketplace}#")) if marketplace else ("A", behind("Z"))


def shelf(marketplace: str, shelf_id: str) -> str:
    """Sort key of a shelf."""
    return f"{marketplace}#{shelf_id}"


def parts(sort_key: str) -> tuple[str, str]:
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


def held_key(kid: str) -> str:
    """Sort key, in the site's partition, of a key the site holds."""
    return f"{HELD_KEYS}{kid}"


def invite(code_hash: str) -> str:
    """Partition of an invite, by its hash."""
    return f"invite#{code_hash}"


def chunk(job_id: str, number: int) -> str:
    """Sort key of a finished chunk, behind its job's, which is the job's id."""
    return f"{job_id}#{number:04d}"


def range_of_job(job_id: str) -> tuple[str, str]:
    """The sort keys of a job and of all its chunks."""
    return job_id, behind(f"{job_id}#")


def count(kind: str, name: str, period: str) -> str:
    """Partition of a counter that starts anew every period. Names may be addresses of people, and
    are not written down."""
    return f"count#{kind}#{sha256(name.encode()).hexdigest()[:32]}#{period}"


def token(quota_id: str) -> str:
    """Partition of an account's shared access token."""
    return f"token#{quota_id}"
