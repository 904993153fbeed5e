"""One environment of the refresh worker on a fraction of a core; each line is an event.

Arguments: the core, and the share of it that Lambda gives the worker. Lambda builds an environment
with full speed and then limits it, so the competitors for the core start after the imports.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

from amzlinkr import telemetry
from functions.refresh_shelves.app import handler
from tests.bench.clients.lines import write_line

TIMEOUT_SECONDS = 60.0
"""The timeout of an invocation, as in the template."""
SHARE_SECONDS = 0.5
WEIGHTS = (
    *(1024, 820, 655, 526, 423, 335, 272, 215, 172, 137),
    *(110, 87, 70, 56, 45, 36, 29, 23, 18, 15),
)
"""The weight of a process in Linux's scheduler by how much nicer it is."""


class Invocation:
    """The context of an invocation that starts now."""

    aws_request_id = "bench"

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + TIMEOUT_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda would stop the invocation."""
        return int((self._ends_at - time.monotonic()) * 1000)


def competitors_for(share: float) -> list[int]:
    """Return the increments of `nice` of busy processes that leave this share of a core."""
    missing = WEIGHTS[0] / share - WEIGHTS[0]
    increments = list[int]()
    for increment, weight in enumerate(WEIGHTS):
        while missing >= weight:
            increments.append(increment)
            missing -= weight
    return increments


def start(increments: Sequence[int]) -> None:
    """Start the competitors. Each ends soon after this process."""
    worker = os.getpid()
    for increment in increments:
        if os.fork():
            continue
        os.nice(increment)
        while os.getppid() == worker:
            for _ in range(10_000):
                pass
        os._exit(0)


def measured_share() -> float:
    """Return the share of the core that this process has now, if it is busy."""
    began, used = time.monotonic(), time.process_time()
    while time.monotonic() - began < SHARE_SECONDS:
        pass
    return (time.process_time() - used) / (time.monotonic() - began)


def count_metrics() -> Counter[str]:
    """Return the metrics that the service counts from now on."""
    counts = Counter[str]()
    real = telemetry.count

    def count(name: str, value: float = 1) -> None:
        counts[name] += int(value)
        real(name, value)

    telemetry.count = count
    return counts


def main() -> None:
    """Handle events until input ends. The response has the metrics, and the CPU time in seconds."""
    core, share = int(sys.argv[1]), float(sys.argv[2])
    os.sched_setaffinity(0, {core})
    start(competitors_for(share))
    counts = count_metrics()
    write_line("ready")
    for line in sys.stdin:
        counts.clear()
        used = time.process_time()
        handler(json.loads(line), Invocation())
        used = time.process_time() - used
        write_line({"counts": counts, "cpu": used, "share": measured_share()})


if __name__ == "__main__":
    main()
