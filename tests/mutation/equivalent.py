"""Mutants of the sampler that change nothing that a test could or should notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Equivalent:
    """Lines before and after a change, with single spaces, and why no test should notice it."""

    file: str
    old: str
    new: str
    reason: str


EQUIVALENT: tuple[Equivalent, ...] = ()
