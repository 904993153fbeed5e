"""DynamoDB's capacity units: the published rules for item sizes, read and write units.

An item's size is that of its names and values. A write costs one unit per started KB of the larger
of the old and new item, twice that in a transaction. An index entry that appears, changes or
disappears costs a write, one with a changed key two. The documentation does not state whether a
transaction doubles its index writes. The higher value is counted; for the asynchronous global
indexes, `GLOBAL_DOUBLES` decides.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

KB, READ_KB = 1024, 4096
GLOBAL_DOUBLES = True


def size_of(item: dict[str, dict[str, Any]]) -> int:
    """Return the bytes of an item's names and values."""
    return sum(len(name.encode()) + _bytes(value) for name, value in item.items())


def _bytes(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content.strip("-").strip("0").replace(".", "")) // 2 + 2
        case "B":
            return len(content)
        case "BOOL" | "NULL":
            return 1
    raise NotImplementedError(kind)


def units(size: int, unit: int) -> int:
    """Return the started units, at least one."""
    return max(1, -(-size // unit))


@dataclass(frozen=True, slots=True)
class Entry:
    """The units that one request used on a table or one of its indexes."""

    operation: str
    table: str
    index: str
    read: float = 0
    write: float = 0


@dataclass
class Ledger:
    """A record of the used units, if it is enabled."""

    is_enabled: bool = False
    entries: list[Entry] = field(default_factory=list)

    def writes(self) -> Counter[tuple[str, str, str]]:
        """Return the write units by operation, table and index."""
        used: Counter[tuple[str, str, str]] = Counter()
        for entry in self.entries:
            used[entry.operation, entry.table, entry.index] += entry.write  # type: ignore[assignment] # read units have halves
        return used

    def reads(self) -> float:
        """Return all read units."""
        return sum(entry.read for entry in self.entries)


def index_units(before: int | None, after: int | None, *, moved: bool, changed: bool) -> int:
    """Return the write units of an index entry, from its sizes before and after."""
    if before is None and after is None:
        return 0
    if before is None or after is None:
        return units(before or after or 0, KB)
    if moved:
        return units(before, KB) + units(after, KB)
    return units(max(before, after), KB) if changed else 0
