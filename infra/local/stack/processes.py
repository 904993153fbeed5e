"""Child processes that end with the stack, and free ports for them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SUPERVISOR = Path(__file__).with_name("supervisor.py")
MAX_START_SECONDS, STOP_SECONDS = 30.0, 10.0

# Variables that programs need to find files and, for the live Amazon, to reach the internet.
INHERITED_VARIABLES = (
    "PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy",
)  # fmt: skip


class StackError(Exception):
    """The local stack cannot start or has stopped; the message is shown to the user."""


@contextmanager
def supervised(
    name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` under the supervisor for the duration of the block, with output in `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-S", str(SUPERVISOR), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**inherited_environment(), **environment},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        stop(name, process)


def stop(name: str, process: subprocess.Popen[bytes]) -> None:
    """Close the supervisor's input, which ends its process group; kill the group on timeout."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # The supervisor leads the session, so its ID is also that of the process group.
        os.killpg(process.pid, 9)
        process.wait()
        print(f"{name} did not stop and was killed", file=sys.stderr)


def inherited_environment() -> dict[str, str]:
    """Return this process's paths and proxies, without its AWS settings."""
    inherited = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    loopback = "127.0.0.1,localhost"
    return inherited | {"NO_PROXY": loopback, "no_proxy": loopback, "PYTHONUNBUFFERED": "1"}


def choose_port(requested: int | None) -> int:
    """Return the requested port, or a free one if none is requested.

    Raises:
        StackError: The requested port is in use or may not be bound.
    """
    # The port is free again after this block, so another process could still take it before the
    # emulator binds it; the emulator then stops with an error.
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", requested or 0))
        except OverflowError as exc:
            raise StackError(f"Port {requested} is not a number from 1 to 65535.") from exc
        except OSError as exc:
            raise StackError(f"Port {requested} is not available: {exc.strerror}.") from exc
        port: int = probe.getsockname()[1]
    return port


def last_lines(log: Path, count: int = 15) -> str:
    """Return the last lines of a log file for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
