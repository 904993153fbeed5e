"""The service without the measured worker: creates a site, runs the planner, and counts results.

The response to each line `[command, argument]` is a line.
"""

import json
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import boto3

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.call_rate import CallRate
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.credentials import CreatorsCredentials, creators_credentials
from amzlinkr.domain.sites import ApiKeyRecord, Caller, Signup
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies, dependencies
from functions.price_sync import app as price_sync
from tests.bench import inputs
from tests.bench.clients.lines import write_line
from tests.bench.clients.our_account import UnlimitedRateLimiter
from tests.calls import Context, sqs_event

MARKETPLACE_CODE, BATCH_SIZE = "US", 10


def learned_call_rate(account_key: str, interval_ms: int) -> RateLimiterItem:
    """Return the rate limiter's item after long use of an account at this call rate."""
    by_day = 864_000_000 // interval_ms
    item = RateLimiterItem(account_key)
    for name, value in asdict(CallRate(interval_ms, interval_ms, by_day)).items():
        setattr(item, name, value)
    return item


def credentials(account: str) -> CreatorsCredentials:
    """Return the credentials of one of the limited server's accounts."""
    return creators_credentials(
        account, inputs.CREDENTIAL_SECRET, inputs.VERSION, inputs.TAG, MARKETPLACE_CODE
    )


class Commands:
    """The commands of the benchmark."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    def open(self, account: str, unlimited: str, asins: Sequence[str], interval_ms: int) -> str:
        """Create a site with this account and products, and return its ID.

        The products come from an account without limits, so that the site's own made no call yet.
        """
        deps, now = self._deps, self._deps.clock.now()
        name, account_key = secrets.token_hex(8), secrets.token_hex(16)
        own_credentials = credentials(account)
        host, later = f"{name}.example", now + timedelta(hours=1)
        signup = Signup(f"su_{name}", host, f"https://{host}", "owner@example.com", "-", "-", later)
        site_id = f"site_{secrets.token_hex(13)}"
        deps.signups.claim(signup, site_id, ApiKeyRecord(name, secrets.token_hex(32)), now)
        secret_id, version = deps.amazon_accounts.store_credentials(site_id, own_credentials, None)
        deps.sites.connect(
            Caller(site_id, name),
            Connection(
                MARKETPLACE_CODE, "creators", inputs.TAG, "…", secret_id, version, account_key, now,
                State.VALID, now, now,
            ),
            None,
            now,
        )  # fmt: skip
        learned_call_rate(account_key, interval_ms).save()
        catalog = open_catalog(
            credentials(unlimited), UnlimitedRateLimiter(), deps.clock, deps.config.amazon_url
        )
        for start in range(0, len(asins), BATCH_SIZE):
            wanted = tuple(dict.fromkeys(asins[start : start + BATCH_SIZE]))
            lookup = catalog.items(wanted, Deadline.after(deps.clock, 10))
            deps.product_writer.add(site_id, MARKETPLACE_CODE, list(lookup.found.values()))
        return site_id

    def plan(self, site_id: str) -> list[Any]:
        """Run the planner with all shelves of the site due, and return its messages in order."""
        now = self._deps.clock.now()
        for shelf in self._deps.shelves.list_for_site(site_id):
            self._deps.shelves.reschedule(shelf, now)
        price_sync.handler({}, Context())
        queue, url = boto3.client("sqs"), self._deps.config.refresh_queue_url
        messages: list[Any] = []
        while True:
            batch = queue.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=BATCH_SIZE,
                AttributeNames=["All"],
                WaitTimeSeconds=0,
            ).get("Messages", [])
            if not batch:
                return list(sqs_event(messages)["Records"])
            for message in batch:
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            messages += batch

    def now(self) -> str:
        """Return the present time."""
        return self._deps.clock.now().isoformat()

    def look(self, site_id: str, since: str) -> dict[str, int]:
        """Count the products, those observed since that time, and the shelves still leased."""
        moment, shelves = datetime.fromisoformat(since), self._deps.shelves.list_for_site(site_id)
        seen = [shelf.last_seen_at(asin) for shelf in shelves for asin in shelf.asins]
        return {
            "products": len(seen),
            "stored": sum(at is not None and at >= moment for at in seen),
            "stuck": sum(bool(shelf.lease) for shelf in shelves),
        }


def main() -> None:
    """Execute commands until input ends."""
    handlers = Commands(dependencies())
    commands: dict[str, Callable[..., object]] = {
        "open": handlers.open,
        "plan": handlers.plan,
        "now": handlers.now,
        "look": handlers.look,
    }
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        write_line(commands[command](*arguments))


if __name__ == "__main__":
    main()
