"""Verification of Signature Version 4 from the received request.

Follows "Authenticating requests (AWS Signature Version 4)" of the AWS reference: canonical
request, string to sign, derived key, comparison in constant time.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.exchange import HttpRequest

SIGNING_SERVICE = "ProductAdvertisingAPI"
CLOCK_TOLERANCE = timedelta(minutes=15)
_ALGORITHM = "AWS4-HMAC-SHA256"
_REQUIRED_SIGNED_HEADERS = {"host", "x-amz-date", "x-amz-target"}
_SCOPE_PARTS = 5
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}\Z")
_AMZ_DATE = re.compile(r"\d{8}T\d{6}Z\Z")


@dataclass(frozen=True)
class SignatureComponents:
    """The components of the Authorization header and the date of the signature."""

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
        """Return the credential scope, as the string to sign contains it."""
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


def parse_components(request: HttpRequest) -> SignatureComponents:
    """Return the components of the signature; raise `IncompleteSignature` if one is missing."""
    algorithm, _, rest = request.header("authorization").partition(" ")
    fields = dict(_parse_field(part) for part in rest.split(","))
    # From the right, because an access key that was entered wrongly may contain slashes.
    credential = fields.get("Credential", "").rsplit("/", _SCOPE_PARTS - 1)
    signed = tuple(name for name in fields.get("SignedHeaders", "").lower().split(";") if name)
    claimed = fields.get("Signature", "")
    amz_date = request.header("x-amz-date")
    complete = (
        algorithm == _ALGORITHM
        and len(credential) == _SCOPE_PARTS
        and all(credential)
        and set(signed) >= _REQUIRED_SIGNED_HEADERS
        and _SIGNATURE.match(claimed)
        and _AMZ_DATE.match(amz_date)
    )
    if not complete:
        raise errors.incomplete_signature()
    access_key, date, region, service, terminator = credential
    return SignatureComponents(
        access_key, date, region, service, terminator, signed, claimed, amz_date
    )


def verify_signature(
    request: HttpRequest,
    region: str,
    find_secret: Callable[[str], str | None],
    now: datetime,
) -> str:
    """Return the access key that signed the request; raise Amazon's error if it is invalid."""
    components = parse_components(request)
    secret = find_secret(components.access_key)
    if secret is None:
        raise errors.unrecognized_client()
    # Before the signature, which is correct for the time that it names, however old.
    if abs(_parse_amz_date(components.amz_date) - now) > CLOCK_TOLERANCE:
        raise errors.request_expired()
    in_scope = (
        components.region == region
        and components.service == SIGNING_SERVICE
        and components.terminator == "aws4_request"
        and components.amz_date.startswith(components.date + "T")
        and all(name in request.headers for name in components.signed_headers)
    )
    if not in_scope or not hmac.compare_digest(
        _expected_signature(request, components, secret), components.signature
    ):
        raise errors.invalid_signature()
    return components.access_key


def _parse_field(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value


def _parse_amz_date(amz_date: str) -> datetime:
    try:
        return datetime.strptime(amz_date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as exc:
        raise errors.incomplete_signature() from exc


def _expected_signature(request: HttpRequest, components: SignatureComponents, secret: str) -> str:
    canonical = _canonical_request(request, components.signed_headers)
    # http.client decodes header bytes as Latin-1; encoding with it restores the bytes.
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    to_sign = "\n".join((_ALGORITHM, components.amz_date, components.scope, digest))
    key = b"AWS4" + secret.encode()
    # The signing key is derived from the scope, so a signature is valid in this scope only.
    for part in (components.date, components.region, components.service, components.terminator):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def _canonical_request(request: HttpRequest, signed_headers: tuple[str, ...]) -> str:
    names = sorted(set(signed_headers))
    lines = [f"{name}:{_canonical_value(request.headers[name])}" for name in names]
    return "\n".join(
        (
            request.method,
            # The path is encoded a second time, as for all AWS services except S3.
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
    # Decoded and encoded again, because clients escape different characters.
    pairs = [part.partition("=") for part in query.split("&") if part]
    encoded = sorted(
        (quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~"))
        for name, _, value in pairs
    )
    return "&".join(f"{name}={value}" for name, value in encoded)
