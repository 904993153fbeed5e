"""How a test speaks with a client that lives in another environment: a line of JSON each way.

A line says which account asks what; accounts keep their client, and with it their token. The
answer is Amazon's JSON as the client understood it, or the error that the client raised.
"""

import json
import sys
from collections.abc import Callable
from typing import Any, Protocol

from tests.bench.clients.reroute import reroute


class Shop(Protocol):
    """One account's client in one marketplace."""

    def ask(self, operation: str, fields: dict[str, Any]) -> dict[str, Any]:
        """What Amazon answers, in Amazon's own names."""
        ...


def answer_lines(open_shop: Callable[..., Shop]) -> None:
    """Answer each line of standard input until it ends."""
    shops: dict[str, Shop] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        reroute(asked["port"])
        account = json.dumps([asked["port"], asked["account"]])
        try:
            if account not in shops:
                shops[account] = open_shop(**asked["account"])
            told = {"answer": shops[account].ask(asked["operation"], asked["fields"])}
        except Exception as error:  # noqa: BLE001 - any error is an answer here
            told = {"error": {"kind": type(error).__name__, "text": str(error)}}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
