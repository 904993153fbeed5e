"""Two concurrent actions: one runs completely between two AWS calls of the other, at each gap."""

from collections.abc import Callable
from typing import NamedTuple

from tests.iam.enforcer import without_enforcement
from tests.integration.aws_spy import run_before_call

Action = Callable[[], None]
MAX_CALLS = 100


class Interleaving(NamedTuple):
    """Two concurrent actions, and a check of the state after both."""

    first: Action
    second: Action
    check: Action

    def reversed(self) -> "Interleaving":
        """Return the same with the roles exchanged: the first action interrupts the second."""
        return Interleaving(self.second, self.first, self.check)


def at_every_aws_call(new_interleaving: Callable[[], Interleaving], step: int = 1) -> int:
    """Run the second action before each AWS call of the first; return the number of those calls.

    Each run uses new actions, so that it does not see the data of an earlier run. With a `step`,
    it runs before every second call, and so on.
    """
    for number in range(1, MAX_CALLS, step):
        interleaving = new_interleaving()

        def interrupt(second: Action = interleaving.second) -> None:
            # The interrupting action is another process, so it has its own permissions.
            with without_enforcement():
                second()

        with run_before_call(number, interrupt) as made:
            interleaving.first()
        if len(made) < number:
            return len(made)
        interleaving.check()
    raise AssertionError(f"the first action makes more than {MAX_CALLS} AWS calls")
