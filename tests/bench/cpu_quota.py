"""A CPU quota for a process, as Linux enforces one for a group: used up, the process is stopped.

In each period a process may use its share of the core. The time that it did not use is lost, and
what it used too much is taken from the next period. This needs no root: the process is stopped and
continued by signals. Its CPU time is read twice a millisecond, so it gets slightly less.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

PERIOD_SECONDS = 0.02
"""Lambda's period."""
LOOK_SECONDS = 0.0005


@contextmanager
def limited(pid: int, share: float) -> Iterator[None]:
    """Limit a child process to this share of a core until the block ends."""
    is_over = Event()
    thread = Thread(target=_enforce, args=(pid, share * PERIOD_SECONDS, is_over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _enforce(pid: int, quota: float, is_over: Event) -> None:
    # The clock of a process's CPU time: man 3 clock_getcpuclockid has no function in Python.
    clock = ~pid << 3 | 2
    period_ends, used = time.monotonic() + PERIOD_SECONDS, time.clock_gettime(clock)
    left, is_stopped = quota, False
    while not is_over.wait(LOOK_SECONDS):
        before, used = used, time.clock_gettime(clock)
        left -= used - before
        while time.monotonic() >= period_ends:
            period_ends += PERIOD_SECONDS
            left = min(left + quota, quota)
        if (left <= 0) is not is_stopped:
            is_stopped = not is_stopped
            os.kill(pid, signal.SIGSTOP if is_stopped else signal.SIGCONT)
    os.kill(pid, signal.SIGCONT)
