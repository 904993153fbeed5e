"""One sandbox of the sync's worker: each line is an event of the refresh queue."""

import json
import sys
import time

from functions.refresh_shelves.app import handler
from tests.bench.clients.lines import say
from tests.calls import Context

TIMEOUT = 60.0
"""Seconds an invocation may take, as in the template."""


class Invocation(Context):
    """The context of an invocation that begins now."""

    def __init__(self) -> None:
        super().__init__()
        self._ends_at = time.monotonic() + TIMEOUT

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends_at - time.monotonic()) * 1000)


def main() -> None:
    """Answer events until input ends."""
    for line in sys.stdin:
        say(handler(json.loads(line), Invocation()))


if __name__ == "__main__":
    main()
