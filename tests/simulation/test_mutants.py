"""A harness that finds nothing is worth nothing unless it finds what is there."""

import pytest

from tests.simulation import stores
from tests.simulation.mutants import BUGS
from tests.simulation.run import run

ENOUGH_SEEDS = 400


@pytest.mark.slow
@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(name: str) -> None:
    assert caught_by(name) is not None


def caught_by(name: str) -> int | None:
    """The first seed whose schedule shows the bug."""
    with BUGS[name]():
        for seed in range(ENOUGH_SEEDS):
            if run(seed, stores.memory).broken:
                return seed
    return None
