"""Progress of the stack's start: each step as a line, with the seconds since the beginning."""

import logging
import time

STACK_LOGGER = logging.getLogger("infra.local.stack")
"""The parent of the loggers of this package, which report their steps at level INFO."""


class StepPrinter(logging.Handler):
    """A handler that prints each step when it begins."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Print the step and the time since this handler was created."""
        elapsed = time.monotonic() - self._began
        print(f"  {elapsed:4.1f} s  {record.getMessage()}", flush=True)


def print_steps() -> None:
    """Print the steps of the next start to the terminal."""
    STACK_LOGGER.addHandler(StepPrinter())
    STACK_LOGGER.setLevel(logging.INFO)
