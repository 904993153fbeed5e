"""Mutants of lists, which the simulation must detect."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from amzlinkr.domain import list_refresh
from amzlinkr.domain.list_refresh import with_list_results
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import list_writer, product_transaction
from amzlinkr.storage.list_items import save_lists
from amzlinkr.storage.list_records import ListItem
from amzlinkr.storage.records import ShelfItem
from amzlinkr.storage.shelf_items import item_from_shelf


def _unchanged_list_in_feed() -> AbstractContextManager[Any]:
    return patch.object(list_writer, "has_same_results", lambda _before, _after: False)


def _order_not_in_feed() -> AbstractContextManager[Any]:
    real = list_refresh._contents
    return patch.object(list_refresh, "_contents", lambda shelf: sorted(real(shelf), key=str))


def _expired_list_not_removed() -> AbstractContextManager[Any]:
    return patch.object(list_writer.ListWriter, "expire", lambda _self, _shelf, _now: 0)


def _removed_list_without_tombstone() -> AbstractContextManager[Any]:
    def save(transaction: Any, lists: Any, numbers: Any, now: Any) -> None:
        removed = [one for one in lists if one.shelf.definition is None]
        save_lists(transaction, [one for one in lists if one not in removed], numbers, now)
        for one in removed:
            next(numbers)
            transaction.delete(ListItem(one.shelf.site_id, f"#list#{one.name}"))

    return patch.object(product_transaction, "save_lists", save)


def _list_leaves_the_index() -> AbstractContextManager[Any]:
    def off_the_index(shelf: Shelf) -> ShelfItem:
        item = item_from_shelf(shelf)
        if shelf.has_results and not shelf.slots:
            item.shard = None
        return item

    return patch.object(product_transaction, "item_from_shelf", off_the_index)


def _end_of_deal_not_in_list() -> AbstractContextManager[Any]:
    return patch.object(list_writer, "offer_at", lambda offer, _now: offer)


def _results_dated_after_the_calls() -> AbstractContextManager[Any]:
    def later(shelf: Shelf, results: Any, interval: Any, requested: Shelf) -> Shelf | None:
        at = results.requested_at + interval / 60
        return with_list_results(shelf, replace(results, requested_at=at), interval, requested)

    return patch.object(list_writer, "with_list_results", later)


LIST_MUTANTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "an unchanged list is in the feed": _unchanged_list_in_feed,
    "another order of a list is not in the feed": _order_not_in_feed,
    "an expired list keeps its results": _expired_list_not_removed,
    "a list is removed without a tombstone": _removed_list_without_tombstone,
    "a list without results leaves the index": _list_leaves_the_index,
    "the end of a deal in a list is not in the feed": _end_of_deal_not_in_list,
    "results of a list are dated after the calls": _results_dated_after_the_calls,
}
