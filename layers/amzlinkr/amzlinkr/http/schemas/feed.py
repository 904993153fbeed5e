"""Response types about the change feed."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.domain.connections import State
from amzlinkr.domain.products import Kind
from amzlinkr.http.schemas.lists import ListChangeOut
from amzlinkr.http.schemas.products import ProductOut
from amzlinkr.http.schemas.sites import Timestamp


class ChangeOut(Struct, kw_only=True):
    """Latest change of one product, or of one list (kinds `list` and `list_removed`)."""

    asin: str | UnsetType = UNSET
    marketplace: str
    kind: Kind
    product: ProductOut | UnsetType = UNSET
    list: ListChangeOut | UnsetType = UNSET


class ConnectionState(Struct):
    """State of the Amazon account of one marketplace, and the action that a failure requires.

    Products without content have this `partner_tag` in their `url`, also those of earlier pages: a
    new tag adds no entries to the feed.
    """

    state: State
    since: Timestamp
    next_probe_at: Timestamp | None
    action: str | None
    partner_tag: str


class Changes(Struct):
    """Response of GET /v1/changes. `checked_at` and `connections` are by marketplace code."""

    changes: list[ChangeOut]
    next_cursor: str
    has_more: bool
    checked_at: dict[str, Timestamp]
    connections: dict[str, ConnectionState]
