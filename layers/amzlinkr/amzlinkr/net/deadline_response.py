"""HTTP by a fixed moment, and of a bounded size.

A socket's timeout starts anew with every byte, so that a peer which drips could hold a caller for
hours; here all reads of an answer share one timeout. A peer that nobody trusts has also said
enough after some bytes, headers included.
"""

from __future__ import annotations

import socket
import time
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase


class DeadlineReader(RawIOBase):
    """A socket's stream that ends with `TimeoutError` when the socket's timeout, counted from
    now, is over, and with `ConnectionError` behind `most` bytes."""

    def __init__(
        self, stream: BufferedReader, connection: socket.socket, max_bytes: int | None = None
    ) -> None:
        super().__init__()
        self._stream = stream.detach()
        self._connection = connection
        self._left = max_bytes
        timeout = connection.gettimeout()
        self._ends_at = None if timeout is None else time.monotonic() + timeout

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override] # narrower than typeshed's Buffer
        """Read what is there, or wait for it as long as there is time."""
        if self._ends_at is not None:
            left = self._ends_at - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
        count: int | None = self._stream.readinto(buffer)
        if self._left is not None:
            self._left -= count or 0
            if self._left < 0:
                raise ConnectionError("The answer is too long.")
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._stream.close()
        super().close()


class DeadlineResponse(HTTPResponse):
    """An answer that is read in time, its headers included, or not at all."""

    max_bytes: int | None = None
    """How many bytes of it are read."""

    def __init__(self, sock: socket.socket, *args: object, **kwargs: object) -> None:
        super().__init__(sock, *args, **kwargs)  # type: ignore[arg-type] # passed on as they come
        self.fp = BufferedReader(DeadlineReader(self.fp, sock, self.max_bytes))
