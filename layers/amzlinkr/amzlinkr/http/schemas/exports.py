"""Response types about exports."""

from __future__ import annotations

from msgspec import Struct

from amzlinkr.http.schemas.lists import ListOut
from amzlinkr.http.schemas.products import ProductOut
from amzlinkr.http.schemas.sites import ApiKeyOut, ConnectionOut, SiteOut


class ExportPage(Struct):
    """Response of GET /v1/export: all data of the site, with products, then lists, in pages."""

    site: SiteOut
    connections: list[ConnectionOut]
    keys: list[ApiKeyOut]
    products: list[ProductOut]
    lists: list[ListOut]
    next_cursor: str | None
    has_more: bool
