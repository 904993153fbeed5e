"""Every few minutes: lease the shelves that are due and send them to the worker."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from amzlinkr.domain.freshness import LOOK_AGAIN
from amzlinkr.domain.shelves import Shelf, expire
from amzlinkr.domain.sites import Site
from amzlinkr.http.messages import RefreshShelf
from amzlinkr.wiring import Dependencies, dependencies

LEASE = timedelta(minutes=15)
MOST_A_ROUND = 1_000
ENOUGH_SECONDS = 5.0


def plan(seconds_left: Callable[[], float], deps: Dependencies) -> int:
    """Lease and queue what is due; how many. A crash in between costs a shelf one lease.

    What is older than 24 hours is purged first, whatever state its account is in.
    """
    now = deps.clock.now()
    sites: dict[str, Site | None] = {}
    asked: set[tuple[str, str]] = set()
    planned = 0
    for site_id, shop, shelf_id in deps.shelves.due(now, MOST_A_ROUND):
        if seconds_left() < ENOUGH_SECONDS:
            break
        shelf = deps.shelves.get(site_id, shop, shelf_id)
        if shelf is None or not shelf.slots or shelf.due_at > now:
            continue
        shelf = purged(shelf, now, deps)
        if site_id not in sites:
            sites[site_id] = deps.sites.get(site_id)
        site = sites[site_id]
        connection = site.connections.get(shop) if site else None
        is_probed = (site_id, shop) in asked
        if connection is None or not connection.may_be_asked(now, is_probed=is_probed):
            until = now + LOOK_AGAIN if connection is None else connection.look_again(now)
            deps.shelves.rest(shelf, min(until, shelf.next_expiry or until))
            continue
        lease = secrets.token_hex(8)
        if deps.shelves.lease(shelf, lease, now + LEASE):
            message = RefreshShelf(site_id, shop, shelf_id, lease)
            deps.refresh_queue.send(message, connection.quota_id, once=f"{shelf_id}-{lease}")
            asked.add((site_id, shop))
            planned += 1
    return planned


def purged(shelf: Shelf, now: datetime, deps: Dependencies) -> Shelf:
    """The shelf without what Amazon does not let anyone keep any longer; the feed says so."""
    if shelf.next_expiry is None or shelf.next_expiry > now:
        return shelf
    deps.count("ProductsExpired", deps.collection.expire(shelf, now))
    return expire(shelf, now)[0]


def handler(_event: object, context: Any) -> dict[str, int]:
    """Plan one round; the event says nothing and may be empty."""
    deps = dependencies()
    planned = plan(lambda: context.get_remaining_time_in_millis() / 1000, deps)
    deps.log.info("planned", shelves=planned)
    return {"planned": planned}
