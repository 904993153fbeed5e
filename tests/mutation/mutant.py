"""A flaw that somebody might write: one change of one file, and the test that must fail of it."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYER = "layers/amzlinkr/amzlinkr"


@dataclass(frozen=True)
class Mutant:
    """In `file`, `new` for `old`, which occurs once; `seen_by` is a test, as pytest names it."""

    name: str
    file: str
    old: str
    new: str
    seen_by: str

    def planted(self) -> str:
        """The file with the flaw."""
        text = (ROOT / self.file).read_text()
        assert text.count(self.old) == 1, f"{self.file} has this {text.count(self.old)} times"
        return text.replace(self.old, self.new)
