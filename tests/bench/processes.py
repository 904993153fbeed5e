"""The canned Amazon and the clients, each in a process that ends with its block."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = Path(sys.executable)
STOP_SECONDS = 5.0
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath)}
"""Environment of the clients: without our proxies and settings."""
OUR_ENVIRONMENT = {**ENVIRONMENT, "PYTHONPATH": str(ROOT / "layers" / "amzlinkr")}
"""The same for our own programs, which need the layer."""


class Line:
    """A program that responds to lines with lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout
        self.pid = process.pid
        self._name = " ".join(map(str, process.args))  # type: ignore[arg-type] # a list of words

    def read(self) -> Any:
        """Return its next line, decoded from JSON."""
        line = self._stdout.readline()
        if not line:
            raise SystemExit(f"{self._name} ended before its time")
        return json.loads(line)

    def tell(self, message: object) -> None:
        """Send it a line."""
        print(message, file=self._stdin, flush=True)

    def ask(self, message: object) -> Any:
        """Send it a line and return its response."""
        self.tell(message)
        return self.read()


@contextmanager
def running(
    python: Path, module: str, *arguments: object, settings: Mapping[str, str] | None = None
) -> Iterator[Line]:
    """Run a module of this folder with an interpreter until the block ends.

    `settings` is added to its environment. It runs in a separate session: Ctrl-C reaches only the
    benchmark, which ends the program by closing its standard input. That also ends it when the
    benchmark is killed.
    """
    process = subprocess.Popen(
        [python, "-m", f"tests.bench.{module}", *map(str, arguments)],
        cwd=ROOT,
        env={**(OUR_ENVIRONMENT if python == OURS else ENVIRONMENT), **(settings or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Line(process)
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


@contextmanager
def canned_amazon(kind: str) -> Iterator[int]:
    """Run a server that returns the `lean` or the `full` response; yield its port."""
    with running(OURS, "server", kind) as server:
        yield server.read()
