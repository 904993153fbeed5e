"""Concurrent work on a list of items, with a bounded number of threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

MAX_THREADS = 8
"""Concurrent calls of one process: enough for 10 calls per second that take 800 ms each."""
T = TypeVar("T")
R = TypeVar("R")


class ConcurrentMap:
    """A function that applies `work` to each item, in up to `max_threads` threads."""

    def __init__(self, max_threads: int = MAX_THREADS) -> None:
        self.max_threads = max_threads

    def __call__(self, items: Sequence[T], work: Callable[[T], R]) -> list[R]:
        """Return the result of `work` for each item, in the order of the items."""
        if self.max_threads == 1 or len(items) <= 1:
            return [work(item) for item in items]
        with ThreadPoolExecutor(min(self.max_threads, len(items))) as pool:
            return list(pool.map(work, items))
