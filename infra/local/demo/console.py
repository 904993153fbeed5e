"""Terminal output of the demo: numbered steps, short results, progress bars, tables."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console as RichConsole
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table as RichTable

Table = list[tuple[str, ...]]


class Console:
    """A terminal or a log file; counts the steps that were printed."""

    def __init__(self) -> None:
        self._console = RichConsole(highlight=False, soft_wrap=True)
        self.steps = 0

    def print_step(self, title: str, request: str) -> None:
        """Print the number and title of the next step, and the request that it sends."""
        self.steps += 1
        self._console.print(f"\n[bold]{self.steps:2}. {title}[/]  [cyan]{request}[/]")

    def print_info(self, text: str) -> None:
        """Print a line of a step's result."""
        self._console.print(f"    {text}", markup=False)

    def print_success(self, text: str) -> None:
        """Print a success message in green."""
        self._console.print("    [green]✔[/] ", end="")
        self._console.print(text, style="green", markup=False)

    def print_problem(self, status: int, problem: dict[str, Any]) -> None:
        """Print a problem response: status, code, title, detail and action."""
        self._console.print(f"    [red]✘ {status} {problem['code']}[/]")
        title, detail = problem["title"].rstrip("."), problem["detail"]
        self.print_info(f"{title}." if detail.rstrip(".") == title else f"{title}. {detail}")
        self.print_info(f"→ {problem['action']}")

    def print_products(self, products: Sequence[dict[str, Any]]) -> None:
        """Print ASIN, price and title of each product on one line."""
        for product in products:
            price = product.get("price", {}).get("display", product["price_status"])
            self.print_info(f"{product['asin']}  {price:>10}  {product['title'][:60]}")

    def print_table(self, head: Sequence[str], rows: Table) -> None:
        """Print a table without borders."""
        table = RichTable(*head, box=None, padding=(0, 2), header_style="bold")
        for row in rows:
            table.add_row(*row)
        self._console.print(table)

    @contextmanager
    def show_progress(self) -> Iterator[Callable[[int, int, str], None]]:
        """Show a progress bar; the yielded function sets done, total and description."""
        bar = Progress(
            TextColumn("    "),
            BarColumn(30),
            TextColumn("{task.completed}/{task.total} {task.description}"),
            console=self._console,
        )
        with bar:
            task = bar.add_task("", total=None)

            def show(done: int, total: int, description: str) -> None:
                bar.update(task, completed=done, total=total, description=description)

            yield show
