"""Two acts at once: one happens whole between two AWS calls of the other, at every moment."""

from collections.abc import Callable
from typing import NamedTuple

from tests.iam.enforcer import without_enforcement
from tests.integration.aws_spy import interrupted

Act = Callable[[], None]
ENDLESS = 100


class Scene(NamedTuple):
    """Two acts at once, and what must be true after them."""

    one: Act
    other: Act
    look: Act

    def swapped(self) -> "Scene":
        """The same, where the first act happens in the middle of the second."""
        return Scene(self.other, self.one, self.look)


def at_every_moment(new_scene: Callable[[], Scene]) -> int:
    """Play a scene anew for each AWS call of its first act, with the other act right before that
    call; how often it was played."""
    for at in range(1, ENDLESS):
        scene = new_scene()

        def meanwhile(other: Act = scene.other) -> None:
            with without_enforcement():
                other()

        with interrupted(at, meanwhile) as made:
            scene.one()
        if len(made) < at:
            return at - 1
        scene.look()
    raise AssertionError("the first act never ends")
