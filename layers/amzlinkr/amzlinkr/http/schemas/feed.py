"""Response types about the change feed."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.domain.connections import State
from amzlinkr.domain.products import Kind
from amzlinkr.http.schemas.connections import Timestamp
from amzlinkr.http.schemas.lists import ListChangeOut
from amzlinkr.http.schemas.products import ProductOut


class ChangeOut(Struct, kw_only=True):
    """Latest change of one product, or of one list (kinds `list` and `list_removed`)."""

    asin: str | UnsetType = UNSET
    """ASIN of the product. Absent for lists."""
    marketplace: str
    """Code of the marketplace."""
    kind: Kind
    """Newest change. Treat an unknown kind like `details` if there is a `product`, otherwise skip
    it."""
    product: ProductOut | UnsetType = UNSET
    """Product in its current state. Absent for `removed` and for lists."""
    list: ListChangeOut | UnsetType = UNSET
    """List in its current state. Absent for products."""


class ConnectionState(Struct):
    """State of the Amazon account of one marketplace, and the action that a failure requires."""

    state: State
    """State of the Amazon account."""
    since: Timestamp
    """Time since which the connection has this state."""
    partner_tag: str
    """Associate tag in the links of products without content, also of those from earlier pages: a
    new tag adds no entries to the feed."""
    next_probe_at: Timestamp | UnsetType = UNSET
    """Time at which the price sync tests a failed account again. Absent if no test is planned."""
    action: str | UnsetType = UNSET
    """Next step, in words for the owner of the site. Absent while the account works."""


class Changes(Struct):
    """Page of the change feed."""

    changes: list[ChangeOut]
    """Products and lists that changed after the cursor, each once, at its newest change."""
    next_cursor: str
    """Position after this page. Store it and send it with the next call, also after the last
    page."""
    has_more: bool
    """True if more changes are available: call again immediately."""
    checked_at: dict[str, Timestamp]
    """Time at which all content of a marketplace was seen, or later, by marketplace code. It
    applies when `has_more` is false. A marketplace without content is absent."""
    connections: dict[str, ConnectionState]
    """State of the Amazon accounts, by marketplace code."""
