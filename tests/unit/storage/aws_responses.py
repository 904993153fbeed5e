"""Responses of AWS as botocore receives them."""

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders


class _Raw(BytesIO):
    """The body of a response, as urllib3 streams it."""

    def stream(self, **_options: object) -> Iterator[bytes]:
        yield self.read()


def wire_response(
    url: str, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> AWSResponse:
    """Return a response with a JSON body, for a handler of the event `before-send`."""
    return AWSResponse(
        url, status, HTTPHeaders.from_dict(dict(headers or {})), _Raw(json.dumps(body).encode())
    )
