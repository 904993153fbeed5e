"""One schedule, repeated and printed step by step: `python -m tests.simulation.replay SEED`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from tests.simulation import faults, stores
from tests.simulation.faults import SingleFault
from tests.simulation.plans import plan_for_seed
from tests.simulation.run import run_plan


def main() -> int:
    """Print the history and the failures; return 1 if there are any."""
    options = parse_arguments(sys.argv[1:])
    plan, fault = plan_for_seed(options.seed), None
    if options.fault:
        plan, fault = replace(plan, skew=0.0), SingleFault(options.at, options.fault)
    outcome = run_plan(plan, stores.by_name(options.store), fault)
    lines = [*outcome.history, str(outcome.plan), *outcome.failures, str(dict(outcome.fired))]
    sys.stdout.write("\n".join(lines) + "\n")
    return bool(outcome.failures)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return seed and options; exit with a usage message if one is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.replay")
    parser.add_argument("seed", type=int)
    parser.add_argument("--store", choices=["memory", "moto"], default="memory")
    parser.add_argument("--fault", choices=faults.ALL, help="only this fault, once")
    parser.add_argument("--at", type=int, default=1, help="number of the place of the fault")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
