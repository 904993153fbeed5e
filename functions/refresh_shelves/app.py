"""The sync's worker: each message is one GetItems call for one shelf of up to ten products."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.connections import State
from amzlinkr.domain.errors import NotConnected, NotFound, SiteSuspended, StoreUnavailable
from amzlinkr.domain.freshness import retry_at
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.shelves import Shelf
from amzlinkr.queues.messages import RefreshShelf, process_concurrently
from amzlinkr.wiring import Dependencies, dependencies

_MIN_REMAINING_SECONDS = 8.0


def refresh(message: RefreshShelf, seconds_left: Callable[[], float], deps: Dependencies) -> None:
    """Ask Amazon for the shelf, write what changed, stamp it. A former lease is nobody's work.

    Messages that were under way when the account went down are not worth a call each; about a
    429 the account's limiter knows more than its state.
    """
    shelf = deps.shelves.get(message.site_id, message.marketplace, message.shelf_id)
    if shelf is None or shelf.lease != message.lease or not shelf.slots:
        return
    if seconds_left() < _MIN_REMAINING_SECONDS:
        deps.count("ShelvesReleased")
        release(shelf, deps.clock.now(), deps)
        return
    try:
        site = deps.site(shelf.site_id)
        connection, now = site.connection(shelf.marketplace), deps.clock.now()
        is_throttled = connection.state is State.THROTTLED
        if not is_throttled and not connection.can_be_called(now, has_probe_in_flight=False):
            release(shelf, connection.next_check_at(now), deps)
            return
        catalog = deps.catalog(site, shelf.marketplace, Priority.SYNC)
        lookup = catalog.items(shelf.asins, deps.deadline(seconds_left(), seconds_left() - 5))
    except (AmazonError, NotConnected, NotFound, SiteSuspended) as error:
        deps.count(f"RefreshFailed_{error.code}")
        deps.log.warning("refresh failed", code=error.code, site_id=shelf.site_id)
        release(shelf, retry_at(error, deps.clock.now()), deps)
        return
    changes = deps.product_writer.refresh(shelf, lookup, site.configured_interval)
    deps.count("ShelvesRefreshed")
    deps.count("ProductsChanged", len(changes))


def release(shelf: Shelf, until: datetime, deps: Dependencies) -> None:
    """Let the shelf be due again then, or before, when the next of its products expires."""
    deps.shelves.release_lease(shelf, min(until, shelf.next_expiry or until))


def process_batch(event: dict[str, Any], context: Any, deps: Dependencies) -> dict[str, Any]:
    """Refresh the shelves of a batch, several calls under way at a time if Amazon is slow.

    A shelf that fails comes back by its due time, or when its lease ends: it never holds up the
    queue behind it.
    """

    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    def one(message: RefreshShelf) -> None:
        try:
            refresh(message, seconds_left, deps)
        except StoreUnavailable as error:
            deps.log_fault(error)
            deps.count("RefreshFailed_store_unavailable")

    return process_concurrently(
        event, RefreshShelf, one, deps.refresh_dead_letters, deps.map_concurrently
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work through a batch of the refresh queue."""
    return process_batch(event, context, dependencies())
