"""Supervisor of one program: stops it and its children when the parent process ends.

Run as a script in its own session. The parent keeps the write end of the supervisor's
standard input open. When that end closes, because the parent closed it or was killed, the
supervisor stops the whole process group.
"""

import os
import signal
import subprocess
import sys
import threading
from types import FrameType

GRACE_SECONDS = 5.0


def main(command: list[str]) -> None:
    """Run `command` until it exits or standard input closes."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def end_group() -> None:
        # SIGTERM goes to the whole group, which includes this process.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            message = f"{command[0]} did not stop within {GRACE_SECONDS:.0f} s and is killed"
            print(message, file=sys.stderr)
        os.killpg(0, signal.SIGKILL)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        end_group()

    def on_exit_of_child() -> None:
        child.wait()
        # The child's own children can still run, for example Lambda workers of the emulator.
        os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGTERM, on_signal)
    threading.Thread(target=on_exit_of_child, daemon=True).start()
    # Returns when the parent closes its end of the pipe, or is killed.
    os.read(0, 1)
    end_group()


if __name__ == "__main__":
    main(sys.argv[1:])
