"""Amazon's limits on an account, as the limited server keeps them, and what came of its calls.

Amazon says "1 request per second" and not how it counts. `GAP` is the strictest plausible reading:
a call must come a full interval after the one accepted before it. `WINDOW` is a sliding window: no
more than the allowed number of accepted calls in any one second. At one a second they are the same.
"""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

GAP, WINDOW = "gap", "window"


@dataclass(slots=True)
class Limits:
    """What an account may do, and how it is reached.

    `jitter_ms`: up to so much later than it was sent does a call arrive, evenly spread.
    `latency_ms`: so long after its arrival is it answered. Calls for an ASIN of `broken` fail.
    """

    per_second: int = 1
    reading: str = GAP
    jitter_ms: int = 0
    latency_ms: int = 0
    new_prices: bool = False
    broken: Sequence[str] = ()


@dataclass(slots=True)
class Account:
    """One account: its limits, and the moments of its calls."""

    limits: Limits
    _arrivals: list[tuple[float, bool]] = field(default_factory=list)
    _accepted: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrive(self) -> bool:
        """A call is on its way, then it is here: whether it is within the limits."""
        time.sleep(random.uniform(0, self.limits.jitter_ms / 1000))  # noqa: S311 - no secret
        with self._lock:
            now = time.monotonic()
            accepted = self._is_free(now)
            self._arrivals.append((now, accepted))
            if accepted:
                self._accepted.append(now)
        return accepted

    def tally(self, seconds: float) -> dict[str, int]:
        """Calls answered and refused from the first arrival on, for so long, and all there were."""
        with self._lock:
            arrivals = list(self._arrivals)
        first = arrivals[0][0] if arrivals else 0.0
        counted = [accepted for at, accepted in arrivals if at < first + seconds]
        return {
            "used": sum(counted),
            "refused": len(counted) - sum(counted),
            "calls": len(arrivals),
        }

    def _is_free(self, now: float) -> bool:
        if self.limits.reading == GAP:
            interval = 1 / self.limits.per_second
            return not self._accepted or now - self._accepted[-1] >= interval
        within = self._accepted[-self.limits.per_second :]
        return len(within) < self.limits.per_second or now - within[0] >= 1
