"""Every few minutes: lease the shelves that are due and send them to the worker."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.freshness import RECHECK_INTERVAL
from amzlinkr.domain.planning import ConnectionKey, message_group_of, plan_run
from amzlinkr.domain.ports import OutgoingMessage, Task
from amzlinkr.domain.shelves import Shelf, with_expired
from amzlinkr.queues.messages import RefreshShelf
from amzlinkr.wiring import Dependencies, dependencies

LEASE = timedelta(minutes=15)
MAX_SHELVES_PER_SHARD = 5_000
SQS_BATCH_SIZE = 10
_MIN_REMAINING_SECONDS = 5.0


def plan(seconds_left: Callable[[], float], deps: Dependencies) -> int:
    """Lease and queue what is due and within the budgets; how many shelves.

    Sites that asked for fresh prices come first: what a call had no time for is made due. What is
    older than 24 hours is purged before anything is asked, whatever state its account is in. A
    crash on the way costs a shelf one lease; a second planner finds the leases taken.
    """
    resume_requested_syncs(seconds_left, deps)
    now = deps.clock.now()
    due = deps.map_concurrently(
        deps.shelves.due(now, MAX_SHELVES_PER_SHARD), lambda one: expire_products(one, now, deps)
    )
    connections = deps.sites.connections((shelf.site_id, shelf.marketplace) for shelf in due)
    budgets = deps.rate_limiters.budgets((one.account_key for one in connections.values()), now)
    planned = plan_run(due, connections, budgets, now)
    messages = []
    for number, shelf in enumerate(planned.send):
        quota_id = connections[shelf.site_id, shelf.marketplace].account_key
        messages.append((shelf, message_group_of(quota_id, budgets[quota_id], number)))
    batches = [
        messages[start : start + SQS_BATCH_SIZE]
        for start in range(0, len(messages), SQS_BATCH_SIZE)
    ]

    def send(batch: Sequence[tuple[Shelf, str]]) -> int:
        return (
            lease_and_enqueue(batch, now, deps) if seconds_left() >= _MIN_REMAINING_SECONDS else 0
        )

    sent = sum(deps.map_concurrently(batches, send))
    deps.map_concurrently(
        planned.deferred, lambda shelf: defer_shelf(shelf, connections, now, deps)
    )
    deps.count("ShelvesPlanned", sent)
    deps.count("ShelvesDelayed", planned.delayed)
    return sent


def resume_requested_syncs(seconds_left: Callable[[], float], deps: Dependencies) -> None:
    """Go on, for half of the round's time, with the sites that asked for fresh prices and have
    more shelves than a call can do."""
    enough = seconds_left() / 2
    try:
        for request in deps.outbox.due(Task.SYNC_REQUEST, deps.clock.now()):
            if not deps.reschedule_site(request, lambda: seconds_left() >= enough):
                return
    except StoreUnavailable as error:
        deps.log_fault(error)
        deps.count("PlanningFailed")


def expire_products(shelf: Shelf, now: datetime, deps: Dependencies) -> Shelf:
    """The shelf without what Amazon does not let anyone keep any longer; the feed says so."""
    if shelf.next_expiry is None or shelf.next_expiry > now:
        return shelf
    try:
        deps.count("ProductsExpired", deps.product_writer.expire(shelf, now))
    except StoreUnavailable:
        deps.count("ExpireFailed")
        return shelf
    return with_expired(shelf, now)[0]


def lease_and_enqueue(batch: Sequence[tuple[Shelf, str]], now: datetime, deps: Dependencies) -> int:
    """Take the shelves nobody else took, and queue them; those that fail come back by themselves:
    unleased ones in the next round, leased ones when the lease ends."""
    outgoing = []
    try:
        for shelf, group in batch:
            lease = secrets.token_hex(8)
            if deps.shelves.lease(shelf, lease, now, now + LEASE):
                message = RefreshShelf(shelf.site_id, shelf.marketplace, shelf.shelf_id, lease)
                outgoing.append(
                    OutgoingMessage(message, group, deduplication_id=f"{shelf.shelf_id}-{lease}")
                )
        return deps.refresh_queue.send_batch(outgoing)
    except StoreUnavailable as error:
        deps.log_fault(error)
        deps.count("PlanningFailed", len(batch))
        return 0


def defer_shelf(
    shelf: Shelf, connections: Mapping[ConnectionKey, Connection], now: datetime, deps: Dependencies
) -> None:
    """Look at the shelf again at its account's next probe, or when a product of it expires."""
    connection = connections.get((shelf.site_id, shelf.marketplace))
    until = now + RECHECK_INTERVAL if connection is None else connection.next_check_at(now)
    try:
        deps.shelves.defer(shelf, min(until, shelf.next_expiry or until))
    except StoreUnavailable:
        deps.count("PlanningFailed")


def handler(_event: object, context: Any) -> dict[str, int]:
    """Plan one round; the event says nothing and may be empty."""
    deps = dependencies()
    planned = plan(lambda: context.get_remaining_time_in_millis() / 1000, deps)
    deps.log.info("planned", shelves=planned)
    deps.flush()
    return {"planned": planned}
