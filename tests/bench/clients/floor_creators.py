"""The fastest possible client of the Creators API: http.client, a token, and msgspec types."""

import sys
from http.client import HTTPConnection
from typing import Any

import msgspec

from tests.bench import inputs
from tests.bench.clients.needed import decoder, summaries
from tests.bench.clients.rounds import run_rounds


def token(connection: HTTPConnection) -> str:
    """Return a token for all calls."""
    body = {
        "grant_type": "client_credentials",
        "client_id": inputs.CREDENTIAL_ID,
        "client_secret": inputs.CREDENTIAL_SECRET,
        "scope": "creatorsapi::default",
    }
    headers = {"content-type": "application/json"}
    connection.request("POST", "/auth/o2/token", msgspec.json.encode(body), headers)
    response: dict[str, str] = msgspec.json.decode(connection.getresponse().read())
    return response["access_token"]


def main(port: int) -> None:
    """Call the server on the port in rounds."""
    connection = HTTPConnection("127.0.0.1", port)
    decode = decoder("creators").decode
    headers = {
        "authorization": f"Bearer {token(connection)}",
        "content-type": "application/json",
        "host": inputs.CREATORS_HOST,
        "x-marketplace": inputs.MARKETPLACE,
    }
    body = {
        "itemIds": inputs.ASINS,
        "itemIdType": "ASIN",
        "marketplace": inputs.MARKETPLACE,
        "partnerTag": inputs.TAG,
        "resources": inputs.CREATORS_RESOURCES,
    }

    def call() -> Any:
        connection.request("POST", "/catalog/v1/getItems", msgspec.json.encode(body), headers)
        return decode(connection.getresponse().read())

    run_rounds(call, summaries)


if __name__ == "__main__":
    main(int(sys.argv[1]))
