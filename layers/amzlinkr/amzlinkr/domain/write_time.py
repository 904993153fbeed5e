"""The expected duration of the write that reserves a moment: an earlier moment would be past."""

from __future__ import annotations

from collections import deque

FIRST_WRITE_MS, MIN_WRITE_MS, MAX_WRITE_MS = 200, 10, 500
"""The first write of a process sets up its connection, beside other threads on a slow processor."""
WRITE_SAMPLES, MIN_WRITE_SAMPLES = 8, 3
SAFETY_FACTOR = 1.5
"""A moment that is missed costs an account its interval, an early write almost nothing."""


class WriteTime:
    """The expected duration for all accounts of a process, which share processor and connections.

    It is that of the second slowest of the last writes: a single slow write must not delay the
    next reservations, but the threads of a batch slow down each other's writes.
    """

    def __init__(self, first_ms: int = FIRST_WRITE_MS) -> None:
        self._samples = deque([first_ms], maxlen=WRITE_SAMPLES)

    @property
    def expected_ms(self) -> int:
        """Return the expected milliseconds of the next write."""
        slowest = sorted(self._samples.copy(), reverse=True)
        return slowest[1] if len(slowest) >= MIN_WRITE_SAMPLES else slowest[0]

    def record(self, seconds: float) -> None:
        """Record the duration of a write."""
        allowed_ms = round(seconds * 1000 * SAFETY_FACTOR)
        self._samples.append(min(max(MIN_WRITE_MS, allowed_ms), MAX_WRITE_MS))
