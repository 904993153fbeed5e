"""Two acts at once: one happens whole between two AWS calls of the other, at every moment."""

from collections.abc import Callable
from typing import NamedTuple

from tests.iam.enforcer import off_duty
from tests.integration.aws_spy import run_before_call

Action = Callable[[], None]
MAX_CALLS = 100


class Interleaving(NamedTuple):
    """Two acts at once, and what must be true after them."""

    first: Action
    second: Action
    check: Action

    def reversed(self) -> "Interleaving":
        """The same, where the first act happens in the middle of the second."""
        return Interleaving(self.second, self.first, self.check)


def at_every_aws_call(new_scene: Callable[[], Interleaving]) -> int:
    """Play a scene anew for each AWS call of its first act, with the other act right before that
    call; how often it was played."""
    for at in range(1, MAX_CALLS):
        scene = new_scene()

        def meanwhile(other: Action = scene.second) -> None:
            with off_duty():
                other()

        with run_before_call(at, meanwhile) as made:
            scene.first()
        if len(made) < at:
            return at - 1
        scene.check()
    raise AssertionError("the first act never ends")
