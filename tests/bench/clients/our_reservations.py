"""One of several processes that share an account through our rate limiter."""

import sys
from time import sleep

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.config import config_from_environment
from amzlinkr.domain.amazon_errors import AmazonThrottled, AmazonUnavailable
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import creators_credentials
from amzlinkr.domain.ports import Priority
from amzlinkr.wiring import Dependencies
from tests.bench import inputs
from tests.bench.clients.lines import wait_for_start, write_line
from tests.bench.clients.store_calls import StoreCalls

MIN_REMAINING_SECONDS = 3.0
"""No new call starts closer to the end of the run."""
RETRY_PAUSE_SECONDS = 0.05


def main(port: str, account: str, priority: str) -> None:
    """Call until the end as the functions do, and report the calls to the store.

    Each process fetches its own token: the cost of shared tokens is not the rate limiter's.
    """
    store = StoreCalls()
    deps = Dependencies(config_from_environment())
    clock, rate_limiter = deps.clock, deps.rate_limiters.rate_limiter(account, Priority(priority))
    credentials = creators_credentials(
        account, inputs.CREDENTIAL_SECRET, inputs.VERSION, inputs.TAG, "US"
    )
    catalog = open_catalog(credentials, rate_limiter, clock, f"http://127.0.0.1:{port}")
    deps.rate_limiters.budget(account, clock.now())
    deadline = Deadline(clock, wait_for_start())
    store.reset()
    while deadline.remaining() > MIN_REMAINING_SECONDS:
        try:
            catalog.items(inputs.ASINS, deadline)
        # A call that the machine delays beyond its time is a call that was not used.
        except (AmazonThrottled, AmazonUnavailable):
            sleep(RETRY_PAUSE_SECONDS)
    write_line(store.counts())


if __name__ == "__main__":
    main(*sys.argv[1:])
