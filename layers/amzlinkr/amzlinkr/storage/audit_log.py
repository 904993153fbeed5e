"""The audit log of each site: security events, written with the changes that they report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pynamodb.transactions import TransactWrite

from amzlinkr.domain.audit import AUDIT_RETENTION, AuditEvent, AuditEventName
from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.storage import item_keys
from amzlinkr.storage.audit_records import AuditEventItem
from amzlinkr.storage.errors import store_errors


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Events of a site, newest first. `next_key` is the position of the next page, or None."""

    events: tuple[AuditEvent, ...]
    next_key: str | None


class AuditLog:
    """The security events of all sites."""

    def page(self, site_id: str, after: str | None, limit: int, now: datetime) -> AuditPage:
        """Return up to `limit` events of the last 90 days, newest first, after the key `after`."""
        # DynamoDB deletes expired items with a delay of up to days: older events are not read.
        oldest = item_keys.audit_time(to_unix_ms(now - AUDIT_RETENTION))
        newest = after or item_keys.after_prefix(item_keys.AUDIT_TIME_END)
        if newest < oldest:
            return AuditPage((), None)
        with store_errors():
            found = AuditEventItem.query(
                item_keys.audit_log(site_id),
                AuditEventItem.sk.between(oldest, newest),
                consistent_read=True,
                scan_index_forward=False,
                # One for the position itself, and one that shows if a page follows.
                limit=limit + 2,
            )
            items = [item for item in found if item.sk != after]
        next_key = items[limit - 1].sk if len(items) > limit else None
        return AuditPage(tuple(event_from_item(item) for item in items[:limit]), next_key)


def record_events(transaction: TransactWrite, site_id: str, *events: AuditEvent | None) -> None:
    """Add events to a transaction, so that they are stored if and only if the change is."""
    for event in events:
        if event is not None:
            transaction.save(item_from_event(site_id, event))


def item_from_event(site_id: str, event: AuditEvent) -> AuditEventItem:
    """Return the item that stores an event of a site."""
    at = to_unix_ms(event.at)
    return AuditEventItem(
        item_keys.audit_log(site_id),
        item_keys.audit_event(at, event.event, event.event_id),
        event=event.event,
        actor=event.actor,
        detail=event.detail,
        at=at,
        expires=int((event.at + AUDIT_RETENTION).timestamp()),
    )


def event_from_item(item: AuditEventItem) -> AuditEvent:
    """Return the event that an item stores."""
    return AuditEvent(
        cast("AuditEventName", item.event),
        item.actor,
        item.detail,
        from_unix_ms(int(item.at)),
        item.sk.rpartition("#")[2],
    )
