"""Limits and durations that are constants of the code: `python -m infra.built_in_limits`.

The command writes docs/limits.md from the names, values, and docstrings of the constants. Limits
that an operator can change are parameters of the template.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LAYER = ROOT / "layers/amzlinkr"
PAGE = ROOT / "docs/limits.md"
INTRODUCTION = """\
# Built-in limits

Limits and durations that are constants of the code, by module. `python -m infra.built_in_limits`
writes this page, and a test compares it with the code, so that a change of a value is visible in
its review. The limits that an operator can change are
[parameters of the template](operations.md#parameters). A unit is part of the name where the value
has none.
"""
MAX_MEMBERS = 5
"""Members of a collection of limits. A larger one is data, such as all statuses of a kind."""
NOT_LIMITS = frozenset({"_DOTS"})
"""Tables of characters."""
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class BuiltInLimit:
    """A constant: its module, such as `domain.lists`, its value, and its docstring or nothing."""

    module: str
    name: str
    value: object
    meaning: str


def find_limits() -> Iterator[BuiltInLimit]:
    """Yield the constants of all modules that are numbers, durations, or collections of them."""
    for source in (LAYER, ROOT / "functions"):
        base = source if source == LAYER else ROOT
        for file in sorted(source.rglob("*.py")):
            name = ".".join(file.relative_to(base).with_suffix("").parts)
            name = name.removesuffix(".__init__")
            short = name.removeprefix("amzlinkr.").removesuffix(".app")
            for constant, meaning in _constants(ast.parse(file.read_text())):
                value = getattr(import_module(name), constant)
                if _is_limit(value):
                    yield BuiltInLimit(short, constant.lstrip("_"), value, meaning)


def _constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names of a module's constants and their docstrings, without a line break."""
    for statement, following in pairwise([*module.body, ast.Pass()]):
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            meaning = " ".join(_text_of(following).split())
            stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
            for name in (node.id for node in stored if isinstance(node.ctx, ast.Store)):
                if name.isupper() and name not in NOT_LIMITS:
                    yield name, meaning


def _text_of(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return str(statement.value.value)
    return ""


def _is_limit(value: object) -> bool:
    if isinstance(value, dict | tuple | frozenset):
        members = value.values() if isinstance(value, dict) else value
        return 0 < len(value) <= MAX_MEMBERS and all(map(_is_limit, members))
    return isinstance(value, int | float | timedelta) and not isinstance(value, bool)


def format_value(value: Any) -> str:
    """Return a number with separators, or a duration in its largest whole unit."""
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        unit, size = next((one for one in UNITS if seconds % one[1] == 0), ("second", 1))
        return f"{seconds / size:,g} {unit}{'' if seconds == size else 's'}"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {format_value(each)}" for key, each in sorted(value.items()))
    if isinstance(value, tuple | frozenset):
        return ", ".join(
            map(format_value, sorted(value) if isinstance(value, frozenset) else value)
        )
    return f"{value:,}"


def page_text() -> str:
    """Return the page as it should be."""
    lines = [INTRODUCTION]
    for module, limits in groupby(find_limits(), key=lambda limit: limit.module):
        lines += [f"## `{module}`", "", "| Limit | Value | Meaning |", "|---|---|---|"]
        lines += [
            f"| `{limit.name}` | {format_value(limit.value)} | {limit.meaning} |"
            for limit in limits
        ]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page_text())
