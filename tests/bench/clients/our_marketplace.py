"""All of the service but the worker that is measured: makes a site, plans its round, looks after.

A line `[command, argument]` is answered by a line.
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
from tests.bench.clients.lines import say
from tests.bench.clients.our_account import UnlimitedRateLimiter
from tests.calls import Context, sqs_event

SHOP, TEN = "US", 10


def as_learned(quota_id: str, interval_ms: int) -> RateLimiterItem:
    """What the limiter knows of an account that was asked at this pace for long."""
    by_day = 864_000_000 // interval_ms
    item = RateLimiterItem(quota_id)
    for name, value in asdict(CallRate(interval_ms, interval_ms, by_day)).items():
        setattr(item, name, value)
    return item


def credentials(account: str) -> CreatorsCredentials:
    """The credentials of one of the limited server's accounts."""
    return creators_credentials(account, inputs.CREDENTIAL_SECRET, inputs.VERSION, inputs.TAG, SHOP)


class Shop:
    """The answers to the commands."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    def open(self, account: str, unlimited: str, asins: Sequence[str], interval_ms: int) -> str:
        """A site with this account that has all of these, ten at a time, as they come; its id.

        They are had from an account without limits, so that the site's own has made no call yet.
        """
        deps, now = self._deps, self._deps.clock.now()
        name, quota_id = secrets.token_hex(8), secrets.token_hex(16)
        keys = credentials(account)
        host, later = f"{name}.example", now + timedelta(hours=1)
        signup = Signup(f"su_{name}", host, f"https://{host}", "owner@example.com", "-", later)
        site_id = f"site_{secrets.token_hex(13)}"
        deps.signups.claim(signup, site_id, ApiKeyRecord(name, secrets.token_hex(32)), now)
        secret_id, version = deps.amazon_accounts.store_credentials(site_id, keys, None)
        deps.sites.connect(
            Caller(site_id, name),
            Connection(
                SHOP, "creators", inputs.TAG, "…", secret_id, version, quota_id, now,
                State.VALID, now, now,
            ),
            None,
            now,
        )  # fmt: skip
        as_learned(quota_id, interval_ms).save()
        catalog = open_catalog(
            credentials(unlimited), UnlimitedRateLimiter(), deps.clock, deps.config.amazon_url
        )
        for start in range(0, len(asins), TEN):
            wanted = tuple(dict.fromkeys(asins[start : start + TEN]))
            lookup = catalog.items(wanted, Deadline.after(deps.clock, 10))
            deps.product_writer.add(site_id, SHOP, list(lookup.found.values()))
        return site_id

    def plan(self, site_id: str) -> list[Any]:
        """The messages of a round in which all shelves of the site are due, in their order."""
        now = self._deps.clock.now()
        for shelf in self._deps.shelves.list_for_site(site_id):
            self._deps.shelves.reschedule(shelf, now)
        price_sync.handler({}, Context())
        queue, url = boto3.client("sqs"), self._deps.config.refresh_queue_url
        taken: list[Any] = []
        while True:
            batch = queue.receive_message(
                QueueUrl=url, MaxNumberOfMessages=TEN, AttributeNames=["All"], WaitTimeSeconds=0
            ).get("Messages", [])
            if not batch:
                return list(sqs_event(taken)["Records"])
            for message in batch:
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken += batch

    def now(self) -> str:
        """The present moment."""
        return self._deps.clock.now().isoformat()

    def look(self, site_id: str, since: str) -> dict[str, int]:
        """How many products there are, and how many of them were observed since; how many shelves
        are neither refreshed nor free to be planned again.
        """
        moment, shelves = datetime.fromisoformat(since), self._deps.shelves.list_for_site(site_id)
        seen = [shelf.last_seen_at(asin) for shelf in shelves for asin in shelf.asins]
        return {
            "products": len(seen),
            "stored": sum(at is not None and at >= moment for at in seen),
            "stuck": sum(bool(shelf.lease) for shelf in shelves),
        }


def main() -> None:
    """Obey until input ends."""
    shop = Shop(dependencies())
    commands: dict[str, Callable[..., object]] = {
        "open": shop.open,
        "plan": shop.plan,
        "now": shop.now,
        "look": shop.look,
    }
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        say(commands[command](*arguments))


if __name__ == "__main__":
    main()
