"""A mutant: one deliberate flaw in one file, and the test that must fail because of it."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYER = "layers/amzlinkr/amzlinkr"


@dataclass(frozen=True)
class Mutant:
    """The replacement of `old` by `new` in `file`, and the test that must detect it.

    `name` states the wrong behavior. `old` must occur exactly once in `file`. `detected_by` is a
    test as pytest names it, with a parameter if a single one is enough.
    """

    name: str
    file: str
    old: str
    new: str
    detected_by: str

    def read_mutated(self) -> str:
        """Return the text of the file with the flaw."""
        text = (ROOT / self.file).read_text()
        count = text.count(self.old)
        assert count == 1, f"{self.file} contains the old text {count} times"
        return text.replace(self.old, self.new)
