"""A line protocol between a test and a client library in another environment: JSON in each line.

A request line names an account and an operation; each account keeps its client, and with it its
access token. The response line is Amazon's JSON as the client parsed it, or the client's error.
"""

import json
import sys
from collections.abc import Callable
from typing import Any, Protocol

from tests.bench.clients.reroute import reroute


class Client(Protocol):
    """A client of one account in one marketplace."""

    def call(self, operation: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Return Amazon's response with Amazon's field names."""
        ...


def serve_lines(open_client: Callable[..., Client]) -> None:
    """Respond to each line of standard input until it ends."""
    clients: dict[str, Client] = {}
    for line in sys.stdin:
        request = json.loads(line)
        reroute(request["port"])
        account = json.dumps([request["port"], request["account"]])
        try:
            if account not in clients:
                clients[account] = open_client(**request["account"])
            response = {"result": clients[account].call(request["operation"], request["fields"])}
        except Exception as error:  # noqa: BLE001 - any error is a response here
            response = {"error": {"kind": type(error).__name__, "text": str(error)}}
        sys.stdout.write(f"{json.dumps(response)}\n")
        sys.stdout.flush()
