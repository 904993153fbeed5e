"""Lists of a site in tests of the stores."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.list_refresh import ListResults
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.domain.shelves import Shelf
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.integration.aws_spy import intercept_calls

SITE = "site_a"
ASINS = [f"B{number:09d}" for number in range(30)]
HOUR = timedelta(hours=1)


def put(deps: Dependencies, name: str, size: int = 20, maximum: int = 50) -> Shelf:
    """Define a list in the US."""
    definition = ListDefinition(name, Search(name), size)
    return deps.product_writer.lists.put(SITE, "US", definition, maximum)[0]


def shelf_of(deps: Dependencies, name: str) -> Shelf:
    """Return the shelf of a list as it is stored."""
    (found,) = [s for s in deps.shelves.lists(SITE) if s.definition and s.definition.name == name]
    return found


def results_of(
    asins: list[str], at: datetime = START + HOUR, amount: int = 1999, marketplace: str = "US"
) -> ListResults:
    """Return the results of a search, with one price for all products."""
    items = [product(asin, offer(amount), at, marketplace=marketplace) for asin in asins]
    return ListResults(at, tuple(items))


def refresh(
    deps: Dependencies,
    name: str,
    asins: list[str],
    at: datetime = START + HOUR,
    amount: int = 1999,
    marketplace: str = "US",
) -> bool:
    """Store the results of a list; return True if they were published."""
    results = results_of(asins, at, amount, marketplace)
    return deps.product_writer.lists.refresh(shelf_of(deps, name), results)


def filled(deps: Dependencies, name: str, asins: list[str]) -> Shelf:
    """Define a list with these results. Return its shelf."""
    put(deps, name)
    refresh(deps, name, asins)
    return shelf_of(deps, name)


def feed(deps: Dependencies, after: int = 0) -> list[tuple[str, str]]:
    """Return the names and kinds of the entries of the feed."""
    entries = deps.products.changes(SITE, after, 100).entries
    return [(getattr(entry, "name", "") or getattr(entry, "asin", ""), entry.kind)
            for entry in entries]  # fmt: skip


@contextmanager
def before_transaction(action: Callable[[], object]) -> Iterator[None]:
    """Run `action` once, before the first transaction in the block."""
    is_done = False

    def intercept(operation: str, _arguments: Any, proceed: Callable[[], Any]) -> Any:
        nonlocal is_done
        if operation == "TransactWriteItems" and not is_done:
            is_done = True
            action()
        return proceed()

    with intercept_calls(intercept):
        yield
