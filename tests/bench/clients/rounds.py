"""A measured client: it warms up, writes what it parsed, and makes calls for each line of input.

Only the standard library is needed, so that this runs in the environment of any client.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Result = TypeVar("Result")
ProductSummary = tuple[str, str, int]
"""ASIN, title, and price in cents of a product."""

WARM_UP = int(os.environ.get("WARM_UP_CALLS", "100"))


def run_rounds(
    call: Callable[[], Result], read: Callable[[Result], Iterable[ProductSummary]]
) -> None:
    """Make the number of calls in each line of standard input, and write their durations.

    The first line of output has the products that the client parsed, for comparison.
    """
    for _ in range(WARM_UP):
        result = call()
    _write(sorted(read(result)))
    for line in sys.stdin:
        durations = []
        cpu = time.process_time()
        for _ in range(int(line)):
            started_at = time.perf_counter()
            call()
            durations.append(time.perf_counter() - started_at)
        cpu = time.process_time() - cpu
        _write({"cpu": cpu, "durations": durations})


def _write(message: object) -> None:
    print(json.dumps(message), flush=True)
