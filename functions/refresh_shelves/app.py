"""The sync's worker: each message is one GetItems call for one shelf of up to ten products."""

from datetime import datetime
from typing import Any

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.connections import State
from amzlinkr.domain.errors import NotConnected, NotFound
from amzlinkr.domain.freshness import next_try
from amzlinkr.domain.ports import Lane
from amzlinkr.domain.shelves import Shelf
from amzlinkr.http.messages import OutOfTime, RefreshShelf, each_message
from amzlinkr.wiring import Dependencies, dependencies

ENOUGH_SECONDS = 8.0


def refresh(message: RefreshShelf, seconds_left: float, deps: Dependencies) -> None:
    """Ask Amazon for the shelf, write what changed, stamp it. A former lease is nobody's work.

    Messages that were under way when the account went down are not worth a call each; about a
    429 the account's limiter knows more than its state.
    """
    if seconds_left < ENOUGH_SECONDS:
        raise OutOfTime
    shelf = deps.shelves.get(message.site_id, message.marketplace, message.shelf_id)
    if shelf is None or shelf.lease != message.lease or not shelf.slots:
        return
    try:
        site = deps.site(shelf.site_id)
        connection, now = site.connection(shelf.marketplace), deps.clock.now()
        passing = connection.state is State.THROTTLED
        if not passing and not connection.may_be_asked(now, is_probed=False):
            hand_back(shelf, connection.look_again(now), deps)
            return
        catalog = deps.catalog(site, shelf.marketplace, Lane.SYNC)
        lookup = catalog.items(shelf.asins, deps.deadline(seconds_left, seconds_left - 5))
    except (AmazonError, NotConnected, NotFound) as error:
        deps.count(f"RefreshFailed_{error.code}")
        deps.log.warning("refresh failed", code=error.code, site_id=shelf.site_id)
        hand_back(shelf, next_try(error, deps.clock.now()), deps)
        return
    changes = deps.collection.refresh(shelf, lookup)
    deps.count("ShelvesRefreshed")
    deps.count("ProductsChanged", len(changes))


def hand_back(shelf: Shelf, until: datetime, deps: Dependencies) -> None:
    """Let the shelf be due again then, or before, when the next of its products expires."""
    deps.shelves.postpone(shelf, min(until, shelf.next_expiry or until))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work through a batch of the refresh queue."""
    deps = dependencies()
    return each_message(
        event,
        context,
        RefreshShelf,
        lambda message, seconds, _received: refresh(message, seconds, deps),
    )
