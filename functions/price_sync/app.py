"""Every few minutes: lease the shelves that are due and send them to the worker."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from amzlinkr.domain.sites import Site
from amzlinkr.http.messages import RefreshShelf
from amzlinkr.wiring import Dependencies, dependencies

LEASE = timedelta(minutes=15)
UNCONNECTED = timedelta(hours=6)
MOST_A_ROUND = 1_000
ENOUGH_SECONDS = 5.0


def plan(seconds_left: Callable[[], float], deps: Dependencies) -> int:
    """Lease and queue what is due; how many. A crash in between costs a shelf one lease."""
    now = deps.clock.now()
    sites: dict[str, Site | None] = {}
    planned = 0
    for site_id, shop, shelf_id in deps.shelves.due(now, MOST_A_ROUND):
        if seconds_left() < ENOUGH_SECONDS:
            break
        shelf = deps.shelves.get(site_id, shop, shelf_id)
        if shelf is None or not shelf.slots or shelf.due_at > now:
            continue
        if site_id not in sites:
            sites[site_id] = deps.sites.get(site_id)
        site = sites[site_id]
        connection = site.connections.get(shop) if site else None
        lease = secrets.token_hex(8)
        until = now + (LEASE if connection else UNCONNECTED)
        if deps.shelves.lease(shelf, lease, until) and connection:
            deps.refresh_queue.send(
                RefreshShelf(site_id, shop, shelf_id, lease),
                group=connection.quota_id,
                once=f"{shelf_id}-{lease}",
            )
            planned += 1
    return planned


def handler(_event: object, context: Any) -> dict[str, int]:
    """Plan one round; the event says nothing and may be empty."""
    deps = dependencies()
    planned = plan(lambda: context.get_remaining_time_in_millis() / 1000, deps)
    deps.log.info("planned", shelves=planned)
    return {"planned": planned}
