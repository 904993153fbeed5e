"""Amazon's limits on an account, as the limited server applies them, and the results of its calls.

Amazon documents "1 request per second" and not how it counts. `GAP` is the strictest plausible
reading: a call must arrive a full interval after the previous accepted call. `WINDOW` is a sliding
window: at most the allowed number of accepted calls in any second. At one call per second they are
the same.
"""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

GAP, WINDOW = "gap", "window"


@dataclass(slots=True)
class Limits:
    """Limits and network conditions of an account.

    `jitter_ms` is the maximum delay between sending and arrival, evenly distributed. `latency_ms`
    is the time between arrival and response. Calls for an ASIN of `broken` fail.
    """

    per_second: int = 1
    reading: str = GAP
    jitter_ms: int = 0
    latency_ms: int = 0
    new_prices: bool = False
    broken: Sequence[str] = ()


@dataclass(slots=True)
class Account:
    """One account: its limits, and the times of its calls."""

    limits: Limits
    _arrivals: list[tuple[float, bool]] = field(default_factory=list)
    _accepted: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrive(self) -> bool:
        """Wait until a call arrives, and return whether it is within the limits."""
        time.sleep(random.uniform(0, self.limits.jitter_ms / 1000))  # noqa: S311 - no secret
        with self._lock:
            now = time.monotonic()
            accepted = self._is_free(now)
            self._arrivals.append((now, accepted))
            if accepted:
                self._accepted.append(now)
        return accepted

    def tally(self, seconds: float) -> dict[str, int]:
        """Count all calls, and those used and refused within `seconds` of the first arrival."""
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
