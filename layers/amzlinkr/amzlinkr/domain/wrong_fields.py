"""Collection of all wrong fields of a request, so that a client sees them together."""

from __future__ import annotations

from types import TracebackType

from amzlinkr.domain.errors import InvalidRequest


class WrongFields:
    """Collector of `InvalidRequest`s: each `with` block is the check of one value.

    A block that fails assigns nothing, so `check` must follow before a value is used.
    """

    def __init__(self) -> None:
        self._first: InvalidRequest | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        if not isinstance(error, InvalidRequest):
            return False
        if self._first is None:
            self._first = error
        else:
            self._first.add(error)
        return True

    def check(self) -> None:
        """Raise the first `InvalidRequest`, with the fields of the others, if a block failed."""
        if self._first is not None:
            raise self._first
