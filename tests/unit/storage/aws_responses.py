"""Responses of AWS as botocore receives them."""

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from pynamodb.connection import Connection


class _Raw(BytesIO):
    """The body of a response, as urllib3 streams it."""

    def stream(self, **_options: object) -> Iterator[bytes]:
        yield self.read()


def answer_requests(connection: Connection, operation: str, answer: Any) -> None:
    """Pass requests on the wire to `answer`. They are sent if it returns None."""
    connection.client.meta.events.register_first(f"before-send.dynamodb.{operation}", answer)


def wire_response(
    url: str, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> AWSResponse:
    """Return a response with a JSON body, for a handler of the event `before-send`."""
    return AWSResponse(
        url, status, HTTPHeaders.from_dict(dict(headers or {})), _Raw(json.dumps(body).encode())
    )
