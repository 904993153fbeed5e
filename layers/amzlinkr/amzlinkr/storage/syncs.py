"""Sites that asked for fresh prices: remembered until every shelf of theirs is due."""

from __future__ import annotations

from datetime import datetime

from amzlinkr.domain.clock import milliseconds, moment
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import SyncItem


class SyncStore:
    """Who asked, and when."""

    def ask(self, site_id: str, now: datetime) -> None:
        """Remember that a site wants every price checked."""
        with store_errors():
            SyncItem(item_keys.SYNC, site_id, asked_at=milliseconds(now)).save()

    def asked(self) -> list[tuple[str, datetime]]:
        """The sites that asked and may still have shelves that are not due."""
        with store_errors():
            items = list(SyncItem.query(item_keys.SYNC, consistent_read=True))
        return [(item.sk, moment(int(item.asked_at))) for item in items]

    def done(self, site_id: str, asked_at: datetime) -> None:
        """All its shelves are due. If it asked again meanwhile, that is not forgotten."""
        try:
            with store_errors():
                SyncItem(item_keys.SYNC, site_id).delete(
                    condition=SyncItem.asked_at == milliseconds(asked_at)
                )
        except Conflict:
            return
