"""The local stack as a program: `python -m infra.local.stack`, until Ctrl-C."""

import json
import os
import sys
import time
from http import HTTPStatus
from pathlib import Path
from typing import NoReturn

from infra.base_urls import base_url_flaw
from infra.command_failures import EXIT_BAD_INPUT, EXIT_FAILED, EXIT_INTERRUPTED
from infra.local.fake_amazon.accounts import (
    COGNITO_CREDENTIAL,
    DEMO_ACCESS_KEY,
    DEMO_CREDENTIAL,
    DEMO_PARTNER_TAGS,
    DEMO_SECRET_KEY,
)
from infra.local.stack.client import ServiceClient
from infra.local.stack.processes import StackError
from infra.local.stack.progress import print_steps
from infra.local.stack.signals import stop_on_signals
from infra.local.stack.stack import (
    LIVE_AMAZON,
    ROOT,
    Stack,
    production_limits,
    running_stack,
)

PRODUCTION = "production"
LOCAL_STORES = ("secretsmanager", "kms")
"""Values of the template parameter `CredentialStore`."""
STATE = ROOT / ".local"
_MAX_PORT = 65_535
LISTED_MARKETPLACES = ("US", "DE", "JP")


def main() -> int:
    """Run the stack until a signal stops it or one of its processes ends."""
    stop_on_signals()
    port, amazon_url, limits, store = (
        os.environ.get(name, "") for name in ("PORT", "AMAZON_URL", "LIMITS", "CREDENTIAL_STORE")
    )
    if problem := unusable_setting(port, amazon_url, limits, store):
        print(problem, file=sys.stderr)
        return EXIT_BAD_INPUT
    if (other := running_api_url(STATE / "stack.json")) is not None:
        print(f"A stack of this folder already runs at {other}. Stop it first.", file=sys.stderr)
        return EXIT_FAILED
    print_steps()
    try:
        with running_stack(
            amazon_url,
            int(port) if port else None,
            # Users call the Lambda functions with any credentials, for example their own profile.
            enforce_iam=False,
            parameters=chosen_parameters(limits, store),
        ) as stack:
            print_details(stack)
            wait_for_signal(stack)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except (StackError, OSError) as exc:
        print(f"The stack stopped: {exc}", file=sys.stderr)
        return EXIT_FAILED


def unusable_setting(port: str, amazon_url: str, limits: str, credential_store: str) -> str:
    """Return what the first wrong setting must be, or an empty string."""
    if port and not (port.isdecimal() and 1 <= int(port) <= _MAX_PORT):
        return f"PORT must be a number from 1 to {_MAX_PORT}."
    if amazon_url not in ("", LIVE_AMAZON) and (flaw := base_url_flaw(amazon_url)):
        form = "a URL, such as http://127.0.0.1:9999"
        return f"AMAZON_URL must be {form}, or {LIVE_AMAZON}. The value {flaw}."
    if limits not in ("", PRODUCTION):
        return f"LIMITS must be {PRODUCTION} or empty."
    if credential_store not in ("", *LOCAL_STORES):
        return f"CREDENTIAL_STORE must be {' or '.join(LOCAL_STORES)}, or empty."
    return ""


def chosen_parameters(limits: str, credential_store: str) -> dict[str, str]:
    """Return the template parameters that the user of the program chose."""
    chosen = production_limits() if limits == PRODUCTION else {}
    return chosen | ({"CredentialStore": credential_store} if credential_store else {})


def running_api_url(description: Path) -> str | None:
    """Return the API's URL in `stack.json` if that API responds, otherwise None."""
    try:
        api_url: str = json.loads(description.read_text())["api_url"]
        response = ServiceClient(api_url).call("GET", "/marketplaces")
    except (OSError, ValueError, KeyError):
        return None
    return api_url if response.status == HTTPStatus.OK else None


def wait_for_signal(stack: Stack) -> NoReturn:
    """Check the processes of the stack until a signal arrives."""
    try:
        while True:
            stack.check()
            time.sleep(0.5)
    except KeyboardInterrupt:
        # Before the processes end, which takes seconds.
        print("\nStopping", flush=True)
        raise


def print_details(stack: Stack) -> None:
    """Print the URLs, and credentials that the fake Amazon accepts."""
    print(f"\nAPI           {stack.api_url}")
    print(f"AWS endpoint  {stack.aws_endpoint}  (region {stack.region})")
    print(f"Amazon        {stack.amazon_url}")
    if stack.fake_amazon:
        print(f"PA-API keys   access key {DEMO_ACCESS_KEY}  secret key {DEMO_SECRET_KEY}")
        for name, secret, version in (DEMO_CREDENTIAL, COGNITO_CREDENTIAL):
            print(f"Creators API  ID {name}  secret {secret}  version {version}")
        print(
            "Partner tags  "
            + ", ".join(f"{DEMO_PARTNER_TAGS[code]} ({code})" for code in LISTED_MARKETPLACES)
        )
    print("Details       .local/stack.json; logs in .local/")
    print("Press Ctrl-C to stop.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
