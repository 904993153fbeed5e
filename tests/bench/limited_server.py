"""A Creators API that enforces each account's limits, in a separate process.

An account is identified by its credential ID, which is also its token. Lines of standard input
create accounts, change them and request the results of their calls. It ends when its input ends.
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
    """Return a function that responds to requests for tokens and items, within the limits."""

    def respond(head: bytes, body: bytes) -> bytes:
        is_token = path_of(head) in _TOKENS
        found = _ID.search(body if is_token else head)
        name = found[0].decode() if found else ""
        return response(responses.token(name)) if is_token else items(accounts[name], body)

    return respond


def items(account: Account, body: bytes) -> bytes:
    """Return the response to getItems."""
    accepted = account.arrive()
    if not accepted:
        return response(_THROTTLED, "429 Too Many Requests")
    time.sleep(account.limits.latency_ms / 1000)
    asins = json.loads(body)["itemIds"]
    if set(asins).intersection(account.limits.broken):
        return response(_FAILED, "500 Internal Server Error")
    return response(responses.creators_of(asins, new_prices=account.limits.new_prices))


def execute(command: dict[str, Any], accounts: dict[str, Account]) -> object:
    """Create an account, change its limits, or return the results of its calls."""
    name = command["account"]
    if "seconds" in command:
        return accounts[name].tally(command["seconds"])
    limits = Limits(**command["limits"])
    if name in accounts:
        accounts[name].limits = limits
    else:
        accounts[name] = Account(limits)
    return "done"


def main() -> None:
    """Serve on a free port, print it, and execute commands until input ends."""
    accounts: dict[str, Account] = {}
    with serving(responder(accounts)) as port:
        print(port, flush=True)
        for line in sys.stdin:
            print(json.dumps(execute(json.loads(line), accounts)), flush=True)


if __name__ == "__main__":
    main()
