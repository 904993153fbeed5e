"""The fake Amazon as a program: `python -m infra.local.fake_amazon --port 0`."""

import argparse
import signal
import threading
from pathlib import Path

from infra.local.fake_amazon.server import FakeAmazon


def main() -> None:
    """Start the fake, print its URL, and stop it on SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="fake_amazon", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="port to listen on; 0 selects a free port"
    )
    parser.add_argument(
        "--state-file", type=Path, help="file that stores accounts and prices between runs"
    )
    arguments = parser.parse_args()
    stop_requested = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop_requested.set())
    with FakeAmazon(arguments.port, arguments.state_file) as fake:
        print(fake.url, flush=True)
        stop_requested.wait()


if __name__ == "__main__":
    main()
