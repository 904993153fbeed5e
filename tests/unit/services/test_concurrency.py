"""Results keep the order of their items, and one thread or one item starts no pool."""

from threading import Barrier, current_thread

import pytest

from amzlinkr.services.concurrency import ConcurrentMap


def test_items_are_processed_concurrently_and_results_keep_their_order() -> None:
    together = Barrier(3)

    def work(number: int) -> int:
        together.wait(timeout=5)
        return number * 10

    assert ConcurrentMap(3)([1, 2, 3], work) == [10, 20, 30]


@pytest.mark.parametrize(("max_threads", "items"), [(1, [1, 2, 3]), (8, [1]), (8, [])])
def test_no_thread_is_started_without_need(max_threads: int, items: list[int]) -> None:
    threads = ConcurrentMap(max_threads)(items, lambda _: current_thread())

    assert threads == [current_thread()] * len(items)


def test_exception_of_an_item_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        ConcurrentMap(2)([1, 0], lambda number: 1 // number)
