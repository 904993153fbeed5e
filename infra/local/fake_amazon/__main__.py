"""The fake Amazon as a program: `python -m infra.local.fake_amazon --port 0`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from infra.local.fake_amazon.server import FakeAmazon


def main() -> None:
    """Start the fake, print its URL, and stop it on SIGTERM or SIGINT."""
    options = parse_arguments(sys.argv[1:])
    stop_requested = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop_requested.set())
    with FakeAmazon(options.port, options.state_file) as fake:
        print(fake.url, flush=True)
        stop_requested.wait()


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return port and state file; exit with a usage message if an argument is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.fake_amazon")
    parser.add_argument(
        "--port", type=int, default=0, help="port to listen on; 0 selects a free port"
    )
    parser.add_argument(
        "--state-file", type=Path, help="file that stores accounts and prices between runs"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
