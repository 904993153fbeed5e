"""One of the processes that share an account through our limiter: a call whenever it may."""

import sys
from time import sleep

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.config import config_from_environment
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import creators_credentials
from amzlinkr.domain.ports import Priority
from amzlinkr.wiring import Dependencies
from tests.bench import inputs
from tests.bench.clients.lines import say, start_together
from tests.bench.clients.store_calls import StoreCalls

TIME_FOR_A_TURN = 3.0
"""So near its end (seconds) the run's time is over, and nobody asks any more."""
PAUSE = 0.05
"""Who is turned away comes back after so many seconds."""


def main(port: str, account: str, lane: str) -> None:
    """Call until the end as the functions do; say what it cost the store.

    Each process fetches its own token: what sharing tokens costs is not the limiter's.
    """
    store = StoreCalls()
    deps = Dependencies(config_from_environment())
    clock, pacer = deps.clock, deps.rate_limiters.rate_limiter(account, Priority(lane))
    keys = creators_credentials(account, inputs.CREDENTIAL_SECRET, inputs.VERSION, inputs.TAG, "US")
    catalog = open_catalog(keys, pacer, clock, f"http://127.0.0.1:{port}")
    deps.rate_limiters.budget(account, clock.now())
    deadline = Deadline(clock, start_together())
    store.forget()
    while deadline.remaining() > TIME_FOR_A_TURN:
        try:
            catalog.items(inputs.ASINS, deadline)
        except AmazonThrottled:
            sleep(PAUSE)
    say(store.counts())


if __name__ == "__main__":
    main(*sys.argv[1:])
