"""The floor for the Creators API: http.client, a bearer token, msgspec for what is needed."""

import sys
from http.client import HTTPConnection
from typing import Any

import msgspec

from tests.bench import inputs
from tests.bench.clients.needed import decoder, readings
from tests.bench.clients.rounds import take_turns


def token(connection: HTTPConnection) -> str:
    """A token for all calls."""
    body = {
        "grant_type": "client_credentials",
        "client_id": inputs.CREDENTIAL_ID,
        "client_secret": inputs.CREDENTIAL_SECRET,
        "scope": "creatorsapi::default",
    }
    headers = {"content-type": "application/json"}
    connection.request("POST", "/auth/o2/token", msgspec.json.encode(body), headers)
    answer: dict[str, str] = msgspec.json.decode(connection.getresponse().read())
    return answer["access_token"]


def main(port: int) -> None:
    """Take turns against the port."""
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

    take_turns(call, readings)


if __name__ == "__main__":
    main(int(sys.argv[1]))
