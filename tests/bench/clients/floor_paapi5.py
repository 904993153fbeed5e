"""The fastest possible client of PA-API 5.0: http.client, its own signature, and msgspec types."""

import hashlib
import hmac
import sys
from datetime import UTC, datetime
from functools import cache
from http.client import HTTPConnection
from typing import Any

import msgspec

from tests.bench import inputs
from tests.bench.clients.needed import decoder, summaries
from tests.bench.clients.rounds import run_rounds

PATH = "/paapi5/getitems"
SCOPE_END = f"{inputs.PAAPI5_REGION}/ProductAdvertisingAPI/aws4_request"
HEADERS = {
    "content-encoding": "amz-1.0",
    "content-type": "application/json; charset=utf-8",
    "host": inputs.PAAPI5_HOST,
    "x-amz-target": "com.amazon.paapi5.v1.ProductAdvertisingAPIv1.GetItems",
}
SIGNED_HEADERS = "content-encoding;content-type;host;x-amz-date;x-amz-target"


@cache
def signing_key(date: str) -> bytes:
    """Return the signing key of one day."""
    key = f"AWS4{inputs.SECRET_KEY}".encode()
    for part in (date, *SCOPE_END.split("/")):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def signed_headers(body: bytes) -> dict[str, str]:
    """Return the headers of a request with this body, sent now."""
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    scope = f"{moment[:8]}/{SCOPE_END}"
    headers = HEADERS | {"x-amz-date": moment}
    canonical = "\n".join(f"{name}:{headers[name]}" for name in SIGNED_HEADERS.split(";"))
    request = f"POST\n{PATH}\n\n{canonical}\n\n{SIGNED_HEADERS}\n{hashlib.sha256(body).hexdigest()}"
    digest = hashlib.sha256(request.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}".encode()
    signature = hmac.digest(signing_key(moment[:8]), to_sign, "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={inputs.ACCESS_KEY}/{scope}, "
        f"SignedHeaders={SIGNED_HEADERS}, Signature={signature}"
    )
    return headers


def main(port: int) -> None:
    """Call the server on the port in rounds."""
    connection = HTTPConnection("127.0.0.1", port)
    decode = decoder("paapi5").decode
    body = {
        "ItemIds": inputs.ASINS,
        "ItemIdType": "ASIN",
        "Marketplace": inputs.MARKETPLACE,
        "PartnerTag": inputs.TAG,
        "PartnerType": "Associates",
        "Resources": inputs.PAAPI5_RESOURCES,
    }

    def call() -> Any:
        encoded = msgspec.json.encode(body)
        connection.request("POST", PATH, encoded, signed_headers(encoded))
        return decode(connection.getresponse().read())

    run_rounds(call, summaries)


if __name__ == "__main__":
    main(int(sys.argv[1]))
