"""Speaking to the benchmark by lines, whatever libraries print. The standard library only."""

import json
import os
import sys
import threading
import time

_ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def say(message: object) -> None:
    """A line for the benchmark; nothing else of this process reaches it."""
    print(json.dumps(message), file=_ANSWERS, flush=True)


def start_together() -> float:
    """Say that this process is ready, and return at the moment that all are told to start.

    Returns the steady moment of the end. The process ends when the benchmark closes its input.
    """
    say("ready")
    starts_at, ends_at = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    time.sleep(max(0.0, starts_at - time.monotonic()))
    return float(ends_at)


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)
