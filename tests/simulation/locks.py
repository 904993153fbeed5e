"""A lock whose waiters wait in virtual time: a real one would stop everybody."""

from __future__ import annotations

from collections import deque

from tests.simulation.schedule import Scheduler, Worker

FOREVER = 1e6


class VirtualLock:
    """`threading.Lock` for the scheduler's workers."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._is_held = False
        self._waiting: deque[Worker] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock, or give up after the timeout."""
        ends = self._scheduler.now + (FOREVER if timeout < 0 else timeout)
        while self._is_held:
            left = ends - self._scheduler.now
            me = self._scheduler.current
            if left <= 0 or not blocking or me is None:
                return False
            self._waiting.append(me)
            self._scheduler.sleep(left)
        self._is_held = True
        return True

    def release(self) -> None:
        """Let the first of those who wait try."""
        self._is_held = False
        if self._waiting:
            self._scheduler.rouse(self._waiting.popleft())

    def __enter__(self) -> bool:
        """Acquire."""
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        """Release."""
        self.release()
