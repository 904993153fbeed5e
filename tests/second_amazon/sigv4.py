"""Verification of Signature Version 4 as PA-API 5.0 requires it."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SERVICE = "ProductAdvertisingAPI"
MAX_SKEW = timedelta(minutes=15)
REQUIRED_HEADERS = frozenset({"host", "x-amz-date", "x-amz-target"})
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=([^/, ]+)/(\d{8})/([^/, ]+)/([^/, ]+)/aws4_request, *"
    r"SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})"
)


class SignatureError(Exception):
    """A request that PA-API rejects; the argument is Amazon's error code."""


@dataclass(frozen=True)
class SignedRequest:
    """The parts of a request that the signature covers; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Authorization:
    """The parts of an Authorization header."""

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str


def parse_authorization(headers: Mapping[str, str]) -> Authorization:
    """Return the parts of the Authorization header.

    Raises:
        SignatureError: A part is missing, or a header that must be signed is not.
    """
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", "").strip())
    if not found:
        raise SignatureError("IncompleteSignature")
    access_key, date, region, service, signed, signature = found.groups()
    names = tuple(signed.split(";"))
    if not set(names) >= REQUIRED_HEADERS or list(names) != sorted(names):
        raise SignatureError("IncompleteSignature")
    return Authorization(access_key, date, region, service, names, signature)


def verify(
    request: SignedRequest,
    authorization: Authorization,
    secret_key: str,
    aws_region: str,
    now: datetime,
) -> None:
    """Check the signature of a request to the host of a region.

    Raises:
        SignatureError: The time is off by more than 15 minutes, or the signature differs.
    """
    stamp = request.headers.get("x-amz-date", "")
    try:
        signed_at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise SignatureError("IncompleteSignature") from None
    if abs(now - signed_at) > MAX_SKEW:
        raise SignatureError("RequestExpired")
    scope = (stamp[:8], aws_region, SERVICE)
    if (authorization.date, authorization.region, authorization.service) != scope:
        raise SignatureError("InvalidSignature")
    expected = _signature(request, authorization.signed_headers, secret_key, stamp, scope)
    if not hmac.compare_digest(expected, authorization.signature):
        raise SignatureError("InvalidSignature")


def _signature(
    request: SignedRequest,
    signed: tuple[str, ...],
    secret_key: str,
    stamp: str,
    scope: tuple[str, str, str],
) -> str:
    headers = "".join(
        f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed
    )
    canonical = "\n".join(
        [
            request.method,
            request.path,
            request.query,
            headers,
            ";".join(signed),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{'/'.join(scope)}/aws4_request\n{digest}"
    key = f"AWS4{secret_key}".encode()
    for part in (*scope, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
