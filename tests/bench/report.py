"""The table of the benchmark: a line a fact, and whether each limit is held."""

from __future__ import annotations

from dataclasses import dataclass

COLUMNS = ("", "value", "compared with", "ratio", "limit", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing; with `at_most` or `at_least`, a promise about its ratio."""

    name: str
    value: str
    compared_with: str = ""
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the promise is kept; a row without one always passes."""
        if self.ratio is None:
            return True
        too_much = self.at_most is not None and self.ratio > self.at_most
        too_little = self.at_least is not None and self.ratio < self.at_least
        return not (too_much or too_little)

    def cells(self) -> tuple[str, ...]:
        """The row as texts."""
        limit = f"≤ {self.at_most:g}×" if self.at_most is not None else ""
        limit = f"≥ {self.at_least:g}×" if self.at_least is not None else limit
        verdict = ("pass" if self.passed else "FAIL") if limit else ""
        ratio = f"{self.ratio:.2f}×" if self.ratio is not None else ""
        return self.name, self.value, self.compared_with, ratio, limit, verdict


def table(rows: list[Row | str]) -> str:
    """The rows under their column heads, aligned; a text is the heading of what follows."""
    cells = [COLUMNS, *(row.cells() for row in rows if isinstance(row, Row))]
    widths = [max(len(row[place]) for row in cells) for place in range(len(COLUMNS))]
    lines = [_line(COLUMNS, widths)]
    for row in rows:
        lines.append(_line(row.cells(), widths) if isinstance(row, Row) else f"\n{row}")
    return "\n".join(lines)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    name, value, compared_with, ratio, limit, verdict = (
        cell.rjust(width) if place in (1, 3, 4) else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"  {name}  {value}  {compared_with}  {ratio}  {limit}  {verdict}".rstrip()
