"""Sites that asked for fresh prices: remembered until every shelf of theirs is due."""

from __future__ import annotations

from datetime import datetime

from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import SyncRequestItem


class SyncStore:
    """Who asked, and when."""

    def schedule(self, site_id: str, now: datetime) -> None:
        """Remember that a site wants every price checked."""
        with store_errors():
            SyncRequestItem(item_keys.SYNC_REQUEST, site_id, requested_at=to_unix_ms(now)).save()

    def due(self) -> list[tuple[str, datetime]]:
        """The sites that asked and may still have shelves that are not due."""
        with store_errors():
            items = list(SyncRequestItem.query(item_keys.SYNC_REQUEST, consistent_read=True))
        return [(item.sk, from_unix_ms(int(item.requested_at))) for item in items]

    def complete(self, site_id: str, asked_at: datetime) -> None:
        """All its shelves are due. If it asked again meanwhile, that is not forgotten."""
        try:
            with store_errors():
                SyncRequestItem(item_keys.SYNC_REQUEST, site_id).delete(
                    condition=SyncRequestItem.requested_at == to_unix_ms(asked_at)
                )
        except Conflict:
            return
