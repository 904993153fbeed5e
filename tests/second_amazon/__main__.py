"""The second fake Amazon as a program: `python -m tests.second_amazon --port 9999`.

It is written from Amazon's public documentation alone and shares no code with the fake Amazon of
the local stack, so that two readings of the documentation can be compared. Start it, then
`make run AMAZON_URL=http://127.0.0.1:9999`. `--port 0` chooses a free port, which is printed.

The server accepts any number of credentials. Each identifier contains the name of a behavior,
`ok` or a fault of `faults.py`, and digits (`accounts.py`); `--credentials ok` prints those of one
behavior. The partner tag is `second-20` in North America, `second-21` in Europe and `second-22`
in the Far East. The ASINs are in `catalog.py`, `special_products.py` and `operations.py`; an ASIN
`B0FAULTnnn` produces the fault with this number.
"""

import argparse
import sys
import time

from tests.second_amazon.accounts import VERSIONS, creators_account, paapi_account
from tests.second_amazon.faults import NAMES, fault_asin
from tests.second_amazon.server import SecondAmazon


def main() -> int:
    """Serve until Ctrl-C, or print credentials."""
    parser = argparse.ArgumentParser(prog="python -m tests.second_amazon")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--credentials", metavar="BEHAVIOR", help="print credentials and exit")
    options = parser.parse_args()
    if options.credentials:
        accounts = [creators_account(options.credentials, version=v) for v in VERSIONS]
        for account in (paapi_account(options.credentials), *accounts):
            print(account.version or "PA-API", account.identifier, account.secret)
        return 0
    with SecondAmazon(options.port) as amazon:
        print(f"Second Amazon {amazon.url}")
        print("Faults        " + " ".join(f"{fault_asin(name)}={name}" for name in NAMES))
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
