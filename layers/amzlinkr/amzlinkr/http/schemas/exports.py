"""Response types about exports."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.http.schemas.api_keys import ApiKeyOut
from amzlinkr.http.schemas.connections import ConnectionOut
from amzlinkr.http.schemas.lists import ListOut
from amzlinkr.http.schemas.products import ProductOut
from amzlinkr.http.schemas.sites import SiteOut


class ExportPage(Struct):
    """Page of all data of the site: products first, then lists."""

    site: SiteOut
    """Site with its settings. The same on each page."""
    connections: list[ConnectionOut]
    """Connections of the site. The same on each page."""
    keys: list[ApiKeyOut]
    """API keys of the site, without their secrets. The same on each page."""
    products: list[ProductOut]
    """Products of this page. Empty once all of them were exported."""
    lists: list[ListOut]
    """Lists of this page. Empty until all products were exported."""
    has_more: bool
    """True if another page follows."""
    next_cursor: str | UnsetType = UNSET
    """Cursor of the next page. Absent on the last page."""
