"""Starting programs that never outlive the stack, and finding ports for them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SUPERVISOR = Path(__file__).with_name("supervisor.py")
STOP_SECONDS = 10.0

# What a program needs to find its files and, for Amazon itself, the way out of this network.
INHERITED_VARIABLES = (
    "PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy",
)  # fmt: skip


class StackError(Exception):
    """The local stack cannot start or has ended; the message is for a person to read."""


@contextmanager
def supervised(
    name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` for the duration of the block, its output in `log`."""
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
    """Let go of the guard, which ends its group; insist if it does not."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        print(f"{name} had to be killed", file=sys.stderr)


def inherited_environment() -> dict[str, str]:
    """This machine's paths and proxies, and none of its AWS settings."""
    kept = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    here = "127.0.0.1,localhost"
    return kept | {"NO_PROXY": here, "no_proxy": here, "PYTHONUNBUFFERED": "1"}


def choose_port(requested: int | None) -> int:
    """The wanted port if it is free, else one that the system finds free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", requested or 0))
        except OSError as exc:
            raise StackError(f"Port {requested} cannot be used: {exc.strerror}.") from exc
        port: int = probe.getsockname()[1]
    return port


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
