"""The names of all modules that one Creators call of our layer loads, printed."""

import sys

BEFORE = set(sys.modules)


def main(port: int) -> None:
    """Make one call and print the names."""
    from amzlinkr.domain.clock import Deadline
    from tests.bench import inputs
    from tests.bench.clients.our_account import CLOCK, catalog

    catalog("creators", port).items(inputs.ASINS, Deadline.after(CLOCK, 10))
    for name in sys.modules:
        if name not in BEFORE and not name.startswith("tests"):
            print(name)


if __name__ == "__main__":
    main(int(sys.argv[1]))
