"""Ctrl-C, SIGTERM and a closed terminal, handled alike."""

import signal
from types import FrameType


def stop_on_signals() -> None:
    """Let SIGTERM and a closed terminal end the program as Ctrl-C does, once and in order."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, interrupt)
