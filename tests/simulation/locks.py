"""A lock with waiters in virtual time; a real lock would block the only running thread."""

from __future__ import annotations

from collections import deque

from tests.simulation.schedule import Scheduler, Worker

NO_TIMEOUT_SECONDS = 1e6


class VirtualLock:
    """`threading.Lock` for the scheduler's workers."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._is_held = False
        self._waiting: deque[Worker] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquire the lock; return False after the timeout."""
        ends_at = self._scheduler.now + (NO_TIMEOUT_SECONDS if timeout < 0 else timeout)
        while self._is_held:
            remaining = ends_at - self._scheduler.now
            worker = self._scheduler.current
            if remaining <= 0 or not blocking or worker is None:
                return False
            self._waiting.append(worker)
            try:
                self._scheduler.sleep(remaining)
            finally:
                # Still there after a timeout or a crash: `release` must wake another one.
                if worker in self._waiting:
                    self._waiting.remove(worker)
        self._is_held = True
        return True

    def release(self) -> None:
        """Release the lock and wake the first waiter, which tries again."""
        self._is_held = False
        if self._waiting:
            self._scheduler.wake(self._waiting.popleft())

    def __enter__(self) -> bool:
        """Acquire the lock."""
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        """Release the lock."""
        self.release()
