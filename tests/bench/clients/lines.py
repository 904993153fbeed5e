"""Communication with the benchmark by lines, apart from what libraries print.

Only the standard library is needed.
"""

import json
import os
import sys
import threading
import time

_OUTPUT = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def write_line(message: object) -> None:
    """Write a line for the benchmark; no other output of this process reaches it."""
    print(json.dumps(message), file=_OUTPUT, flush=True)


def wait_for_start() -> float:
    """Report that this process is ready, and return at the moment at which all processes start.

    Returns the end as a monotonic time. The process ends when the benchmark closes its input.
    """
    write_line("ready")
    starts_at, ends_at = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    time.sleep(max(0.0, starts_at - time.monotonic()))
    return float(ends_at)


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)
