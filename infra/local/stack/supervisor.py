"""Runs one program and ends it, and all it started, as soon as the guard's own parent is gone.

Started as a script in a session of its own. The parent holds the other end of standard input:
when it closes, be it on purpose or because the parent was killed, the whole group ends.
"""

import os
import signal
import subprocess
import sys
import threading
from types import FrameType

GRACE_SECONDS = 5.0


def main(command: list[str]) -> None:
    """Run `command` until it ends or standard input does."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def end_group() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"{command[0]} did not stop by itself", file=sys.stderr)
        os.killpg(0, signal.SIGKILL)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        end_group()

    def on_exit_of_child() -> None:
        child.wait()
        os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGTERM, on_signal)
    threading.Thread(target=on_exit_of_child, daemon=True).start()
    os.read(0, 1)
    end_group()


if __name__ == "__main__":
    main(sys.argv[1:])
