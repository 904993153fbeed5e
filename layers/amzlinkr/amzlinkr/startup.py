"""The INIT phase of a function on Lambda, and its restoration from a snapshot.

INIT has about two CPUs; the handler has a share of one in proportion to the function's memory. So
each function constructs in INIT what every call needs. Elsewhere, handlers are imported without an
environment, and construct it on their first call.
"""

from __future__ import annotations

import gc
import importlib
import random
from collections.abc import Callable
from typing import Protocol

from amzlinkr.config import is_restored_from_snapshots, runs_on_lambda


class Restorable(Protocol):
    """Dependencies, constructed when they are used, that can be restored from a snapshot."""

    def construct(self, *names: str) -> None:
        """Construct the named dependencies."""
        ...

    def after_restore(self) -> None:
        """Drop connections, secrets, and the state of the clock."""
        ...


def initialize(provide: Callable[[], Restorable], *names: str) -> None:
    """Construct what every call of a function needs, if Lambda runs this process.

    Args:
        provide: Returns the dependencies of the process.
        names: The names of those that every call needs; others are constructed when used.
    """
    if not runs_on_lambda():
        return
    deps = provide()
    deps.construct(*names)
    if is_restored_from_snapshots():
        # Provided by Lambda's managed runtime only.
        hooks = importlib.import_module("snapshot_restore_py")
        hooks.register_after_restore(after_restore, deps)
    # What exists now lives as long as the process: the collector need not search it again. The
    # import of the package disabled the collector.
    gc.freeze()
    gc.enable()


def after_restore(deps: Restorable) -> None:
    """Seed the generator of random numbers, which restored processes share, and drop old state."""
    random.seed()
    deps.after_restore()
