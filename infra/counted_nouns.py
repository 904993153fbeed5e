"""Numbers with their noun in the commands' output: `1 shelf`, `2 shelves`."""

from __future__ import annotations


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number and its noun; the plural ends in `s` unless it is given."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"
