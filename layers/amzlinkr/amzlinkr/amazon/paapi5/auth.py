"""Authentication of PA-API 5.0 requests: AWS Signature Version 4, computed by requests-aws4auth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from requests import PreparedRequest
from requests_aws4auth import AWS4Auth

from amzlinkr.domain.credentials import PaapiCredentials

SIGNING_SERVICE = "ProductAdvertisingAPI"
SIGNED_HEADERS = frozenset(
    {"content-encoding", "content-type", "host", "x-amz-date", "x-amz-target"}
)


class _CachedAWS4Auth(AWS4Auth):  # type: ignore[misc] # requests-aws4auth has no types
    """AWS4Auth without repeated work: the values of most headers are the same in each request."""

    amz_norm_whitespace = staticmethod(lru_cache(maxsize=64)(AWS4Auth.amz_norm_whitespace))
    parse_date = staticmethod(lru_cache(maxsize=2)(AWS4Auth.parse_date))


class SigV4Signer:
    """A signer for one account in the region of its marketplace.

    Source: PA-API 5.0 documentation, "Locale reference".
    """

    def __init__(self, credentials: PaapiCredentials) -> None:
        self._host = credentials.marketplace.paapi5_host
        self._sign = _CachedAWS4Auth(
            credentials.access_key,
            credentials.secret_key.reveal(),
            credentials.marketplace.paapi5_region,
            SIGNING_SERVICE,
            include_hdrs=SIGNED_HEADERS,
        )

    def headers(
        self, operation: str, path: str, body: bytes, signed_at: datetime
    ) -> Mapping[str, str]:
        """Return the headers of a POST request with exactly this body, signed for that time.

        `content-encoding: amz-1.0` is only a marker: the body is plain JSON (PA-API 5.0
        documentation, "Sending a request").
        """
        request = PreparedRequest()
        request.method = "POST"
        request.url = f"https://{self._host}{path}"
        request.body = body
        headers = {
            "accept": "application/json",
            "content-encoding": "amz-1.0",
            "content-type": "application/json; charset=utf-8",
            "host": self._host,
            "x-amz-date": signed_at.strftime("%Y%m%dT%H%M%SZ"),
            "x-amz-target": f"com.amazon.paapi5.v1.ProductAdvertisingAPIv1.{operation}",
        }
        # A plain dict: AWS4Auth accepts it, and requests' own dict costs as much as the hashes.
        request.headers = headers  # type: ignore[assignment] # see above
        self._sign(request)
        return headers
