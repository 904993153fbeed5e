"""A Creators API that holds each account to its limits, in a process of its own.

An account is told by its credential id, which is also the token it gets. Lines of standard input
open accounts, change them and ask what came of their calls; it ends when its input does.
"""

import json
import re
import sys
import time
from typing import Any

from tests.bench import responses
from tests.bench.limits import Account, Limits
from tests.bench.server import Respond, path_of, response, serving

_ID = re.compile(rb"amzn1\.application-oa2-client\.[0-9a-f]{32}")
_TOKENS = (b"/oauth2/token", b"/auth/o2/token")
_THROTTLED = json.dumps(
    {
        "type": "ThrottleException",
        "message": "The request was denied due to request throttling.",
        "retryAfterSeconds": 1,
    }
).encode()
_FAILED = b'{"type":"InternalServerException","message":"An unexpected error occurred."}'


def responder(accounts: dict[str, Account]) -> Respond:
    """Answers requests for tokens and items by the accounts' limits."""

    def respond(head: bytes, body: bytes) -> bytes:
        is_token = path_of(head) in _TOKENS
        found = _ID.search(body if is_token else head)
        name = found[0].decode() if found else ""
        return response(responses.token(name)) if is_token else items(accounts[name], body)

    return respond


def items(account: Account, body: bytes) -> bytes:
    """The answer to getItems."""
    accepted = account.arrive()
    if not accepted:
        return response(_THROTTLED, "429 Too Many Requests")
    time.sleep(account.limits.latency_ms / 1000)
    asins = json.loads(body)["itemIds"]
    if set(asins).intersection(account.limits.broken):
        return response(_FAILED, "500 Internal Server Error")
    return response(responses.creators_of(asins, new_prices=account.limits.new_prices))


def obey(order: dict[str, Any], accounts: dict[str, Account]) -> object:
    """Open an account or change its limits, or say what came of its calls."""
    name = order["account"]
    if "seconds" in order:
        return accounts[name].tally(order["seconds"])
    limits = Limits(**order["limits"])
    if name in accounts:
        accounts[name].limits = limits
    else:
        accounts[name] = Account(limits)
    return "done"


def main() -> None:
    """Serve on a free port, which is said, and obey until input ends."""
    accounts: dict[str, Account] = {}
    with serving(responder(accounts)) as port:
        print(port, flush=True)
        for line in sys.stdin:
            print(json.dumps(obey(json.loads(line), accounts)), flush=True)


if __name__ == "__main__":
    main()
