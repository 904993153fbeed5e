"""The sync's worker: each message is one GetItems call for one shelf of up to ten products."""

from typing import Any

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.errors import NotConnected, NotFound
from amzlinkr.domain.freshness import next_try
from amzlinkr.domain.ports import Lane
from amzlinkr.http.messages import OutOfTime, RefreshShelf, each_message
from amzlinkr.wiring import Dependencies, dependencies

ENOUGH_SECONDS = 8.0


def refresh(message: RefreshShelf, seconds_left: float, deps: Dependencies) -> None:
    """Ask Amazon for the shelf, write what changed, stamp it. A former lease is nobody's work.

    Messages that were under way when the account went down are not worth a call each.
    """
    if seconds_left < ENOUGH_SECONDS:
        raise OutOfTime
    shelf = deps.shelves.get(message.site_id, message.marketplace, message.shelf_id)
    if shelf is None or shelf.lease != message.lease or not shelf.slots:
        return
    try:
        site = deps.site(shelf.site_id)
        connection, now = site.connection(shelf.marketplace), deps.clock.now()
        if not connection.may_be_asked(now, is_probed=False):
            deps.shelves.postpone(shelf, connection.look_again(now))
            return
        catalog = deps.catalog(site, shelf.marketplace, Lane.SYNC)
        lookup = catalog.items(shelf.asins, deps.deadline(seconds_left, seconds_left - 5))
    except (AmazonError, NotConnected, NotFound) as error:
        deps.count(f"RefreshFailed_{error.code}")
        deps.log.warning("refresh failed", code=error.code, site_id=shelf.site_id)
        again_at = next_try(error, deps.clock.now())
        deps.shelves.postpone(shelf, min(again_at, shelf.next_expiry or again_at))
        return
    changes = deps.collection.refresh(shelf, lookup)
    deps.count("ShelvesRefreshed")
    deps.count("ProductsChanged", len(changes))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work through a batch of the refresh queue."""
    deps = dependencies()
    return each_message(
        event,
        context,
        RefreshShelf,
        lambda message, seconds, _received: refresh(message, seconds, deps),
    )
