"""The demo as a program (`make demo`): template.yaml on emulated AWS, with the fake Amazon."""

import sys
import time

from infra.local.demo.account_outage import AccountOutage
from infra.local.demo.api_migration import ApiMigration
from infra.local.demo.before_access import BeforeAccess
from infra.local.demo.console import Console
from infra.local.demo.offboarding import Offboarding
from infra.local.demo.onboarding import Onboarding
from infra.local.demo.operator_view import show_operator_view
from infra.local.demo.products import Products
from infra.local.demo.step import StepFailed
from infra.local.stack.client import FakeAmazonControl, Scheduler, ServiceClient
from infra.local.stack.processes import StackError
from infra.local.stack.signals import stop_on_signals
from infra.local.stack.stack import ROOT, running_stack

DEMO_STATE = ROOT / ".local" / "demo"


def main() -> int:
    """Run the demo and return the exit status: 0 if every step passed."""
    stop_on_signals()
    started_at = time.monotonic()
    console = Console()
    try:
        run_all(console)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except (StepFailed, StackError, OSError) as failure:
        print(f"\ndemo failed at step {console.steps}: {failure}", file=sys.stderr)
        return 1
    print(f"\n{time.monotonic() - started_at:.0f} s")
    print(f"demo passed: {console.steps} steps")
    return 0


def run_all(console: Console) -> None:
    """Run all seven parts on a new stack, which is stopped at the end."""
    console.print_step("Deploy the template to an emulated AWS", "template.yaml")
    # A separate folder, so that a running `make run` keeps its stack.json and logs.
    with running_stack(state=DEMO_STATE) as stack:
        console.print_info(f"{len(stack.functions)} functions at {stack.api_url}")
        console.print_info(f"Fake Amazon at {stack.amazon_url}")
        clients = (
            ServiceClient(stack.api_url),
            FakeAmazonControl(stack.amazon_url),
            Scheduler(stack.aws_endpoint, stack.functions["PriceSyncFunction"]),
            console,
        )
        Onboarding(*clients).run()
        Products(*clients).run()
        AccountOutage(*clients).run()
        ApiMigration(*clients).run()
        BeforeAccess(*clients).run()
        Offboarding(*clients).run()
        show_operator_view(console, DEMO_STATE / "stack.json")


if __name__ == "__main__":
    sys.exit(main())
