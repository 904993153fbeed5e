"""Runs the fake until it is told to stop: `python -m infra.local.fake_amazon --port 0`."""

import argparse
import signal
import threading
from pathlib import Path

from infra.local.fake_amazon.server import FakeAmazon


def main() -> None:
    """Start, say where, wait for SIGTERM or SIGINT, stop."""
    parser = argparse.ArgumentParser(prog="fake_amazon", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state-file", type=Path, help="keep accounts and prices in this file")
    arguments = parser.parse_args()
    asked_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with FakeAmazon(arguments.port, arguments.state_file) as fake:
        print(fake.url, flush=True)
        asked_to_stop.wait()


if __name__ == "__main__":
    main()
