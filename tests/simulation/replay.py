"""One schedule again, step by step: `python -m tests.simulation.replay SEED`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from tests.simulation import faults, stores
from tests.simulation.faults import OneFault
from tests.simulation.plans import plan_of
from tests.simulation.run import run_plan


def main() -> int:
    """Print the history and what did not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("--store", choices=["memory", "moto"], default="memory")
    parser.add_argument("--fault", choices=faults.ALL, help="this single fault, and no other")
    parser.add_argument("--at", type=int, default=1, help="at the place with this number")
    asked = parser.parse_args()
    plan, fault = plan_of(asked.seed), None
    if asked.fault:
        plan, fault = replace(plan, skew=0.0), OneFault(asked.at, asked.fault)
    outcome = run_plan(plan, stores.named(asked.store), fault)
    lines = [*outcome.history, str(outcome.plan), *outcome.broken, str(dict(outcome.fired))]
    sys.stdout.write("\n".join(lines) + "\n")
    return bool(outcome.broken)


if __name__ == "__main__":
    sys.exit(main())
