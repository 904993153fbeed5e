"""Tables of the benchmark: one row per measurement, with its limit and whether it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

COLUMNS = ("", "value", "compared with", "ratio", "limit", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement; `at_most` or `at_least` limits its ratio."""

    name: str
    value: str
    compared_with: str = ""
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def passed(self) -> bool:
        """Return whether the limit holds; a row without a limit always passes."""
        if self.ratio is None:
            return True
        too_much = self.at_most is not None and self.ratio > self.at_most
        too_little = self.at_least is not None and self.ratio < self.at_least
        return not (too_much or too_little)

    def cells(self) -> tuple[str, ...]:
        """Return the cells of the row."""
        limit = f"≤ {self.at_most:g}×" if self.at_most is not None else ""
        limit = f"≥ {self.at_least:g}×" if self.at_least is not None else limit
        verdict = ("pass" if self.passed else "FAIL") if limit else ""
        ratio = f"{self.ratio:.2f}×" if self.ratio is not None else ""
        return self.name, self.value, self.compared_with, ratio, limit, verdict


def table(rows: list[Row | str]) -> str:
    """Return the rows under their column heads, aligned; a text is a heading."""
    cells = [row if isinstance(row, str) else row.cells() for row in rows]
    return columns(COLUMNS, cells, left=(0, 2, 5))


def columns(head: Sequence[str], rows: Iterable[str | Sequence[str]], left: Collection[int]) -> str:
    """Return cells under their heads, aligned to the left in the columns `left`.

    A text in place of cells is a heading.
    """
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*_cells_of(lines), strict=True)]
    return "\n".join(
        f"\n{line}" if isinstance(line, str) else _line(line, widths, left) for line in lines
    )


def _cells_of(lines: Iterable[str | Sequence[str]]) -> list[Sequence[str]]:
    return [line for line in lines if not isinstance(line, str)]


def _line(cells: Sequence[str], widths: Sequence[int], left: Collection[int]) -> str:
    aligned = (
        cell.ljust(width) if place in left else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"  {'  '.join(aligned)}".rstrip()
