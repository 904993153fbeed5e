"""One Lambda environment of the refresh worker: each line is an event of the refresh queue."""

import json
import sys
import time

from functions.refresh_shelves.app import handler
from tests.bench.clients.lines import write_line
from tests.calls import Context

TIMEOUT_SECONDS = 60.0
"""The timeout of an invocation, as in the template."""


class Invocation(Context):
    """The context of an invocation that starts now."""

    def __init__(self) -> None:
        super().__init__()
        self._ends_at = time.monotonic() + TIMEOUT_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends_at - time.monotonic()) * 1000)


def main() -> None:
    """Handle events until input ends."""
    for line in sys.stdin:
        write_line(handler(json.loads(line), Invocation()))


if __name__ == "__main__":
    main()
