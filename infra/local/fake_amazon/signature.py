"""Signature Version 4, checked from what arrived and nothing else.

Follows "Authenticating requests (AWS Signature Version 4)" of the AWS reference: canonical
request, string to sign, derived key, comparison in constant time.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from infra.local.fake_amazon import errors

SIGNING_SERVICE = "ProductAdvertisingAPI"
TOLERANCE = timedelta(minutes=15)
_ALGORITHM = "AWS4-HMAC-SHA256"
_MUST_BE_SIGNED = {"host", "x-amz-date", "x-amz-target"}
_SCOPE_PARTS = 5
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}\Z")
_AMZ_DATE = re.compile(r"\d{8}T\d{6}Z\Z")


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came off the wire; header names are lower case, values in order."""

    method: str
    path: str
    query: str
    headers: Mapping[str, Sequence[str]]
    body: bytes

    def header(self, name: str) -> str:
        """The header's first value, or an empty string."""
        values = self.headers.get(name, ())
        return values[0].strip() if values else ""


@dataclass(frozen=True)
class Claim:
    """What the Authorization header says about who signed what."""

    access_key: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str
    amz_date: str

    @property
    def scope(self) -> str:
        """The credential scope, as it enters the string to sign."""
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


def read_claim(request: HttpRequest) -> Claim:
    """The signature's parts; raises a refusal when one is missing."""
    algorithm, _, rest = request.header("authorization").partition(" ")
    fields = dict(_field(part) for part in rest.split(","))
    credential = fields.get("Credential", "").rsplit("/", _SCOPE_PARTS - 1)
    signed = tuple(name for name in fields.get("SignedHeaders", "").lower().split(";") if name)
    claimed = fields.get("Signature", "")
    amz_date = request.header("x-amz-date")
    complete = (
        algorithm == _ALGORITHM
        and len(credential) == _SCOPE_PARTS
        and all(credential)
        and set(signed) >= _MUST_BE_SIGNED
        and _SIGNATURE.match(claimed)
        and _AMZ_DATE.match(amz_date)
    )
    if not complete:
        raise errors.incomplete_signature()
    access_key, date, region, service, terminator = credential
    return Claim(access_key, date, region, service, terminator, signed, claimed, amz_date)


def verify_signature(
    request: HttpRequest,
    region: str,
    secret_of: Callable[[str], str | None],
    now: datetime,
) -> str:
    """The access key that signed the request; raises the refusal Amazon would answer with."""
    claim = read_claim(request)
    secret = secret_of(claim.access_key)
    if secret is None:
        raise errors.unrecognized_client()
    if abs(_moment(claim.amz_date) - now) > TOLERANCE:
        raise errors.request_expired()
    in_scope = (
        claim.region == region
        and claim.service == SIGNING_SERVICE
        and claim.terminator == "aws4_request"
        and claim.amz_date.startswith(claim.date + "T")
        and all(name in request.headers for name in claim.signed_headers)
    )
    if not in_scope or not hmac.compare_digest(_expected(request, claim, secret), claim.signature):
        raise errors.invalid_signature()
    return claim.access_key


def _field(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value


def _moment(amz_date: str) -> datetime:
    try:
        return datetime.strptime(amz_date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as exc:
        raise errors.incomplete_signature() from exc


def _expected(request: HttpRequest, claim: Claim, secret: str) -> str:
    canonical = _canonical_request(request, claim.signed_headers)
    # http.client hands header bytes over as Latin-1; the same code gives the bytes back.
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    to_sign = "\n".join((_ALGORITHM, claim.amz_date, claim.scope, digest))
    key = b"AWS4" + secret.encode()
    for part in (claim.date, claim.region, claim.service, claim.terminator):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def _canonical_request(request: HttpRequest, signed_headers: tuple[str, ...]) -> str:
    names = sorted(set(signed_headers))
    lines = [f"{name}:{_canonical_value(request.headers[name])}" for name in names]
    return "\n".join(
        (
            request.method,
            quote(request.path, safe="/-_.~"),
            _canonical_query(request.query),
            *lines,
            "",
            ";".join(names),
            hashlib.sha256(request.body).hexdigest(),
        )
    )


def _canonical_value(values: Sequence[str]) -> str:
    return ",".join(re.sub(" +", " ", value.strip()) for value in values)


def _canonical_query(query: str) -> str:
    pairs = [part.partition("=") for part in query.split("&") if part]
    encoded = sorted(
        (quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~"))
        for name, _, value in pairs
    )
    return "&".join(f"{name}={value}" for name, value in encoded)
