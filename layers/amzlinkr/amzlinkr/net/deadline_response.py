"""HTTP responses with one timeout for all reads, and a maximum size.

A socket applies its timeout to each read separately, so a server that sends single bytes could
keep a caller for hours. Here all reads of a response share one timeout. For untrusted servers, the
size of the response including its headers is limited too.
"""

from __future__ import annotations

import socket
import time
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase


class DeadlineReader(RawIOBase):
    """Raw stream of a socket, with one timeout for all reads.

    Reads raise `TimeoutError` when the socket's timeout has passed since construction, and
    `ConnectionError` after more than `max_bytes`.
    """

    def __init__(
        self, stream: BufferedReader, connection: socket.socket, max_bytes: int | None = None
    ) -> None:
        super().__init__()
        self._stream = stream.detach()
        self._connection = connection
        self._remaining_bytes = max_bytes
        # Not a `Deadline`: `http.client` constructs responses with the socket only, so its timeout
        # is the one limit that reaches this class. It counts real seconds, as the socket does.
        timeout = connection.gettimeout()
        self._ends_at = None if timeout is None else time.monotonic() + timeout

    def readable(self) -> bool:
        """Return True, as `io.RawIOBase` requires of a stream that can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override] # narrower than typeshed's Buffer
        """Read available bytes, or wait for some until the timeout has passed."""
        if self._ends_at is not None:
            remaining = self._ends_at - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            self._connection.settimeout(remaining)
        count: int | None = self._stream.readinto(buffer)
        if self._remaining_bytes is not None:
            self._remaining_bytes -= count or 0
            if self._remaining_bytes < 0:
                raise ConnectionError("The response is too long.")
        return count

    def close(self) -> None:
        """Close the stream and release the socket."""
        self._stream.close()
        super().close()


class DeadlineResponse(HTTPResponse):
    """HTTP response of which headers and body are read before one timeout, or not at all."""

    max_bytes: int | None = None
    """Maximum number of bytes that are read, including headers; None for no limit."""

    def __init__(self, sock: socket.socket, *args: object, **kwargs: object) -> None:
        super().__init__(sock, *args, **kwargs)  # type: ignore[arg-type] # passed on unchanged
        # http.client reads status line and headers through `fp` too, so the limits cover them.
        self.fp = BufferedReader(DeadlineReader(self.fp, sock, self.max_bytes))
