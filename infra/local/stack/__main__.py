"""Start the local stack and keep it running: `python -m infra.local.stack`."""

import os
import sys
import time

from infra.local.fake_amazon.accounts import (
    COGNITO_CREDENTIAL,
    DEMO_ACCESS_KEY,
    DEMO_CREDENTIAL,
    DEMO_PARTNER_TAGS,
    DEMO_SECRET_KEY,
)
from infra.local.stack.processes import StackError
from infra.local.stack.signals import stop_on_signals
from infra.local.stack.stack import Stack, running_stack

SHOWN = ("US", "DE", "JP")


def main() -> int:
    """Keep the stack running until someone stops it or a part of it ends."""
    stop_on_signals()
    port = os.environ.get("PORT", "")
    try:
        with running_stack(
            os.environ.get("AMAZON_URL"),
            int(port) if port else None,
            # Whoever explores the stack calls its Lambdas with whatever credentials they have.
            enforce_iam=False,
        ) as stack:
            describe(stack)
            while True:
                stack.check()
                time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except (StackError, ValueError) as exc:
        print(f"The stack is not running: {exc}", file=sys.stderr)
        return 1


def describe(stack: Stack) -> None:
    """Print what a person needs to start using the stack."""
    print(f"API           {stack.api_url}")
    print(f"AWS endpoint  {stack.aws_endpoint}  (region {stack.region})")
    print(f"Amazon        {stack.amazon_url}")
    if stack.fake_amazon:
        print("PA-API keys   " + " ".join((DEMO_ACCESS_KEY, DEMO_SECRET_KEY)))
        for credential in (DEMO_CREDENTIAL, COGNITO_CREDENTIAL):
            print("Creators API  " + " ".join(credential))
        print("Partner tags  " + ", ".join(f"{DEMO_PARTNER_TAGS[code]} ({code})" for code in SHOWN))
    print("Details       .local/stack.json, logs in .local/")
    print("Ctrl-C stops it.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
