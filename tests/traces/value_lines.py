"""Values as lines of text: short ones in one line, others with one member per line.

Of a long list, the first entry is shown, and a mark that changes with the others. A long value that
was shown already is named by its mark.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

MAX_CHARS = 120
MAX_LISTED = 3
MIN_REPEATED_LINES = 5


class ValueLines:
    """The values of one trace; `replace` puts placeholders into a text."""

    def __init__(self, replace: Callable[[str], str]) -> None:
        self.replace = replace
        self._shown: set[str] = set()

    def named(self, name: str, value: object) -> list[str]:
        """Return a value with its name."""
        lines = self._members(f"{name}: ", value)
        if len(lines) < MIN_REPEATED_LINES:
            return lines
        text = "\n".join(map(self.replace, lines))
        if text in self._shown:
            return [f"{name}: <as before, {mark_of(text)}>"]
        self._shown.add(text)
        return lines

    def _members(self, begin: str, value: object) -> list[str]:
        line = begin + json.dumps(value, sort_keys=True, ensure_ascii=False)
        if len(line) <= MAX_CHARS or not isinstance(value, dict | list) or not value:
            return [line]
        if isinstance(value, dict):
            parts = [self._members(f"{name}: ", value[name]) for name in sorted(value)]
        elif len(value) <= MAX_LISTED:
            parts = [self._members("- ", part) for part in value]
        else:
            rest = self.replace(json.dumps(value[1:], sort_keys=True))
            parts = [self._members("- ", value[0]), [f"- <{len(value) - 1} more, {mark_of(rest)}>"]]
        return [begin.rstrip(), *indented(line for part in parts for line in part)]


def one_line(name: str, fields: dict[str, Any]) -> str:
    """Return flat fields in one line."""
    return f"{name} {'; '.join(f'{field}: {fields[field]}' for field in sorted(fields))}".rstrip()


def indented(lines: Iterable[str]) -> list[str]:
    """Return lines below a heading."""
    return [f"  {line}" for line in lines]


def mark_of(text: str) -> str:
    """Return four characters that differ for different texts."""
    return hashlib.sha256(text.encode()).hexdigest()[:4]
