"""Uniform handling of Ctrl-C, SIGTERM, and a closed terminal."""

import signal
from types import FrameType


def stop_on_signals() -> None:
    """Raise `KeyboardInterrupt` on SIGINT, SIGTERM and SIGHUP, and ignore repeated signals."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        # A second Ctrl-C must not interrupt the cleanup that the first one started.
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, interrupt)
