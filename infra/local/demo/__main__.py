"""`make demo`: the whole story on the real template, in an emulated AWS, with a fake Amazon."""

import sys
import time

from infra.local.demo.account_outage import Keeping
from infra.local.demo.api_migration import Moving
from infra.local.demo.console import Console
from infra.local.demo.offboarding import Leaving
from infra.local.demo.onboarding import Joining
from infra.local.demo.products import Selling
from infra.local.demo.step import StepFailed
from infra.local.stack.client import FakeAmazonControl, Scheduler, ServiceClient
from infra.local.stack.processes import StackError
from infra.local.stack.signals import stop_on_signals
from infra.local.stack.stack import running_stack


def main() -> int:
    """Play it; 0 if every step held."""
    stop_on_signals()
    began = time.monotonic()
    stage = Console()
    try:
        play(stage)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except (StepFailed, StackError, OSError) as failure:
        print(f"\ndemo failed at step {stage.steps}: {failure}", file=sys.stderr)
        return 1
    print(f"\n{time.monotonic() - began:.0f} s")
    print(f"demo passed: {stage.steps} steps")
    return 0


def play(stage: Console) -> None:
    """All five acts, on a stack of their own."""
    stage.step("The template is deployed to an emulated AWS", "template.yaml")
    with running_stack() as stack:
        stage.said(f"{len(stack.functions)} functions behind {stack.api_url}")
        stage.said(f"Amazon is played by {stack.amazon_url}")
        parties = (
            ServiceClient(stack.api_url),
            FakeAmazonControl(stack.amazon_url),
            Scheduler(stack.aws_endpoint, stack.functions["PriceSyncFunction"]),
            stage,
        )
        Joining(*parties).play()
        Selling(*parties).play()
        Keeping(*parties).play()
        Moving(*parties).play()
        Leaving(*parties).play()


if __name__ == "__main__":
    sys.exit(main())
