"""PA-API 5.0 signs with AWS signature version 4; requests-aws4auth does the signing."""

from __future__ import annotations

from datetime import datetime

from requests_aws4auth import AWS4Auth

from amzlinkr.domain.credentials import PaapiCredentials

SERVICE = "ProductAdvertisingAPI"
SIGNED_HEADERS = frozenset(
    {"content-encoding", "content-type", "host", "x-amz-date", "x-amz-target"}
)


def signer(credentials: PaapiCredentials) -> AWS4Auth:
    """A signer for one account in its marketplace's region (PA-API 5.0, locale reference)."""
    return AWS4Auth(
        credentials.access_key,
        credentials.secret_key.reveal(),
        credentials.marketplace.paapi5_region,
        SERVICE,
        include_hdrs=SIGNED_HEADERS,
    )


def headers(operation: str, signed_at: datetime) -> dict[str, str]:
    """The headers PA-API wants (PA-API 5.0, sending a request).

    `content-encoding: amz-1.0` is a marker: the body is plain JSON.
    """
    return {
        "accept": "application/json",
        "content-encoding": "amz-1.0",
        "content-type": "application/json; charset=utf-8",
        "x-amz-date": signed_at.strftime("%Y%m%dT%H%M%SZ"),
        "x-amz-target": f"com.amazon.paapi5.v1.ProductAdvertisingAPIv1.{operation}",
    }
