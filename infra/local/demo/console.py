"""What the demo shows: numbered steps, answers in short, a live progress line, a table."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console as RichConsole
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table as RichTable

Table = list[tuple[str, ...]]


class Console:
    """A terminal, or a log."""

    def __init__(self) -> None:
        self._console = RichConsole(highlight=False, soft_wrap=True)
        self.steps = 0

    def step(self, title: str, request: str) -> None:
        """Begin a step."""
        self.steps += 1
        self._console.print(f"\n[bold]{self.steps:2}. {title}[/]  [cyan]{request}[/]")

    def said(self, text: str) -> None:
        """What was answered, in a line."""
        self._console.print(f"    {text}", markup=False)

    def green(self, text: str) -> None:
        """The message an owner waits for."""
        self._console.print("    [green]✔[/] ", end="")
        self._console.print(text, style="green", markup=False)

    def refused(self, status: int, problem: dict[str, Any]) -> None:
        """A problem, as the owner reads it."""
        self._console.print(f"    [red]✘ {status} {problem['code']}[/]")
        title, detail = problem["title"], problem["detail"]
        self.said(f"{title}." if detail == title else f"{title}. {detail}")
        self.said(f"→ {problem['action']}")

    def products(self, products: Sequence[dict[str, Any]]) -> None:
        """A few products, one a line."""
        for product in products:
            price = product.get("price", {}).get("display", product["price_status"])
            self.said(f"{product['asin']}  {price:>10}  {product['title'][:60]}")

    def table(self, head: Sequence[str], rows: Table) -> None:
        """A small table."""
        table = RichTable(*head, box=None, padding=(0, 2), header_style="bold")
        for row in rows:
            table.add_row(*row)
        self._console.print(table)

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, int, str], None]]:
        """A line that moves: done, total, a word."""
        bar = Progress(
            TextColumn("    "),
            BarColumn(30),
            TextColumn("{task.completed}/{task.total} {task.description}"),
            console=self._console,
        )
        with bar:
            task = bar.add_task("", total=None)

            def show(done: int, total: int, word: str) -> None:
                bar.update(task, completed=done, total=total, description=word)

            yield show
