"""How a client is measured: it is warmed up, shows what it read, and then makes calls when told.

Only the standard library is needed, so that this runs in the environment of any client.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Result = TypeVar("Result")
Reading = tuple[str, str, int]
"""Of one product: ASIN, title, price in cents."""

WARM_UP = int(os.environ.get("WARM_UP_CALLS", "100"))


def take_turns(call: Callable[[], Result], read: Callable[[Result], Iterable[Reading]]) -> None:
    """Make as many calls as each line of standard input says; answer with what they took.

    The first line of output is what the client read from the answer, for comparison.
    """
    for _ in range(WARM_UP):
        result = call()
    _say(sorted(read(result)))
    for line in sys.stdin:
        durations = []
        cpu = time.process_time()
        for _ in range(int(line)):
            began = time.perf_counter()
            call()
            durations.append(time.perf_counter() - began)
        cpu = time.process_time() - cpu
        _say({"cpu": cpu, "durations": durations})


def _say(message: object) -> None:
    print(json.dumps(message), flush=True)
