"""All sites of the service, for its operator: pages of sites, and counts from a bounded scan.

A scan reads the partitions in the order of the hashes of their keys, so its first rows are a random
sample of all sites. What they contain, times the number of rows of the table, estimates the total.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import msgspec
from pynamodb.connection import Connection as DynamoConnection

from amzlinkr.domain.clock import from_unix_ms
from amzlinkr.domain.errors import InvalidCursor
from amzlinkr.domain.operator_views import ListedSite, SiteCounts, SitePage
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.records import ConnectionItem, SiteItem, SitesItem
from amzlinkr.storage.site_items import connection_from_item

MAX_SCANNED_ROWS = 20_000
"""The rows that one view reads at most: about 2,500 sites, for a fraction of a cent."""
ROWS_PER_REQUEST = 2_000
_Key = tuple[str, str]


class SiteDirectory:
    """Reads of the sites table that are not about one site, for the operator's function only."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

    def page(self, cursor: str, limit: int) -> SitePage:
        """Return up to `limit` sites after a cursor; fewer if `MAX_SCANNED_ROWS` were read.

        Raises:
            InvalidCursor: The cursor has another form.
        """
        sites: list[ListedSite] = []
        scan = _Scan(_key_from_cursor(cursor), SiteItem, SiteItem.url, SiteItem.created_at)
        for item in scan.items():
            sites.append(_listed_site(item))
            if len(sites) == limit:
                return SitePage(tuple(sites), _cursor_of((item.pk, item.sk)))
        last = scan.last_key
        return SitePage(tuple(sites), None if last is None else _cursor_of(last))

    def count(self) -> SiteCounts:
        """Count sites and connections by state, or estimate them if the table has many rows."""
        counts = SiteCounts()
        scan = _Scan(None, SitesItem, ConnectionItem.connection)
        for item in scan.items():
            if isinstance(item, ConnectionItem):
                counts.add_connection(connection_from_item(item))
            else:
                counts.add_site(item.pk, is_suspended=item.suspended_at is not None)
        counts.rows_read = counts.rows_total = scan.rows_read
        if scan.last_key is None:
            return counts
        with store_errors():
            table = self._connection.describe_table(SitesItem.Meta.table_name)
        # AWS updates the number about every six hours, so it can be lower than the rows read. At
        # least one row more exists.
        return counts.extrapolated(max(int(table["ItemCount"]), scan.rows_read + 1))


class _Scan:
    """A scan of the sites table for rows of sites, and of connections if `model` includes them.

    `last_key` is the key of the last row that was read, or None at the end of the table.
    """

    def __init__(self, start: _Key | None, model: type[SitesItem], *attributes: Any) -> None:
        key = None if start is None else {"pk": {"S": start[0]}, "sk": {"S": start[1]}}
        # Not consistent, which costs half.
        self._pages = model.scan(
            SitesItem.type.is_in(SiteItem, ConnectionItem),
            last_evaluated_key=key,
            page_size=ROWS_PER_REQUEST,
            attributes_to_get=[
                "pk", "sk", "type", SiteItem.suspended_at.attr_name,
                *(attribute.attr_name for attribute in attributes),
            ],
        ).page_iter  # fmt: skip
        self.rows_read = 0
        self.last_key: _Key | None = None

    def items(self) -> Iterator[Any]:
        """Yield the rows, until the end of the table or the maximum of rows."""
        while True:
            with store_errors():
                page = next(self._pages)
            last = page.get("LastEvaluatedKey")
            self.last_key = None if last is None else (last["pk"]["S"], last["sk"]["S"])
            self.rows_read += page["ScannedCount"]
            yield from (SitesItem.from_raw_data(item) for item in page["Items"])
            if self.last_key is None or self.rows_read >= MAX_SCANNED_ROWS:
                return


def _listed_site(item: SiteItem) -> ListedSite:
    suspended_at = item.suspended_at
    return ListedSite(
        item.pk,
        item.url,
        from_unix_ms(int(item.created_at)),
        None if suspended_at is None else from_unix_ms(int(suspended_at)),
    )


def _cursor_of(key: _Key) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode()


def _key_from_cursor(cursor: str) -> _Key | None:
    if not cursor:
        return None
    try:
        key: _Key = msgspec.json.decode(base64.urlsafe_b64decode(cursor.encode()), type=_Key)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        raise InvalidCursor from None
    return key
