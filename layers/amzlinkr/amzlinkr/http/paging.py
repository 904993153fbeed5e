"""Paging of lists: the signed cursors with which a client requests the next page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar, overload

from msgspec import UNSET, UnsetType

T = TypeVar("T")


class CursorSigner(Protocol):
    """The signer of cursors, which `amzlinkr.security` implements."""

    def sign_cursor(self, purpose: str, site_id: str, content: object) -> str:
        """Return a URL-safe cursor that is valid for this site and this purpose only."""

    def verify_cursor(self, purpose: str, site_id: str, text: str, kind: type[T]) -> T:
        """Return the content of a cursor. Raises `InvalidCursor`."""


@dataclass(frozen=True, slots=True)
class Paging:
    """The cursors of one list of one site. `purpose` names the list."""

    signer: CursorSigner
    purpose: str
    site_id: str

    def start(self, cursor: str | None, kind: type[T]) -> T | None:
        """Return the position where the page begins, or None for the first page.

        Raises:
            InvalidCursor: The cursor is not one of this list, or its position is not a `kind`.
        """
        if not cursor:
            return None
        return self.signer.verify_cursor(self.purpose, self.site_id, cursor, kind)

    @overload
    def next(self, position: None) -> UnsetType: ...

    @overload
    def next(self, position: object) -> str: ...

    def next(self, position: object | None) -> str | UnsetType:
        """Return the cursor of the page at this position, or UNSET after the last page."""
        if position is None:
            return UNSET
        return self.signer.sign_cursor(self.purpose, self.site_id, position)
