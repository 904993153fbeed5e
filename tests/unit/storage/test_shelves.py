"""Shelves: stored as they are, found when due, leased once, and read consistently."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.due_shelves import AccountCalls
from amzlinkr.domain.planning import ConnectionKey
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.storage import shelves as shelf_storage
from amzlinkr.storage.item_keys import DUE_SHARDS, due_shard
from amzlinkr.storage.records import ShelfItem
from amzlinkr.storage.shelf_items import item_from_shelf
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.integration.aws_spy import Arguments, intercept_calls
from tests.unit.storage.reads import recorded_reads

HOUR = timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)
CONTENT = Fingerprint("0" * 12, "1" * 12, "2" * 12)
SHELF = Shelf("site_a", "US", "1", (Slot("B000000001", None),), START, START + HOUR)


def stored(shelf_id: str = "1", **changed: Any) -> Shelf:
    """Store a shelf and return it as it is read."""
    shelf = replace(SHELF, shelf_id=shelf_id, **changed)
    item_from_shelf(shelf).save()
    return replace(shelf, version=shelf.version + 1)


@pytest.mark.parametrize("write", ["defer", "release_lease", "reschedule"])
def test_due_time_is_at_most_the_next_expiry(stores: Dependencies, write: str) -> None:
    read = stored(slots=(Slot("B000000001", CONTENT, START), Slot("B000000002", None)))
    assert stores.shelves.lease(read, "l1", START + HOUR, START + 2 * HOUR)
    leased = stores.shelves.get("site_a", "US", "1")
    assert leased is not None

    for hours, due in ((23, 23), (25, 24)):
        shelf = stores.shelves.get("site_a", "US", "1")
        assert shelf is not None
        if write == "release_lease" and not shelf.lease:
            assert stores.shelves.lease(shelf, "l2", shelf.due_at, shelf.due_at + HOUR)
            shelf = replace(shelf, lease="l2")
        assert getattr(stores.shelves, write)(shelf, START + hours * HOUR)
        written = stores.shelves.get("site_a", "US", "1")
        assert written is not None
        assert written.due_at == START + due * HOUR


@pytest.mark.parametrize("write", ["defer", "release_lease", "reschedule"])
def test_due_time_is_not_set_for_other_content(stores: Dependencies, write: str) -> None:
    read = stored(lease="l1")
    older = Slot("B000000002", CONTENT, START - 23 * HOUR)
    item_from_shelf(replace(read, slots=(*read.slots, older))).save()

    assert not getattr(stores.shelves, write)(read, START + 9 * HOUR)

    assert [shelf.due_at for shelf in stores.shelves.list_for_site("site_a")] == [read.due_at]


def test_due_shelves_of_all_shards_are_found_in_order(stores: Dependencies) -> None:
    shelves = [stored(str(n), due_at=START + (7 * n % 40) * MILLISECOND) for n in range(40)]
    stored("empty", slots=(), due_at=START)
    later = stored("later", due_at=START + HOUR)

    due = stores.shelves.due(START + HOUR - MILLISECOND, 100)

    assert due == sorted(shelves, key=lambda shelf: shelf.due_at)
    assert later in stores.shelves.due(START + HOUR, 100)
    by_shard: dict[int, list[Shelf]] = {}
    for shelf in due:
        by_shard.setdefault(due_shard(shelf.site_id, f"US#{shelf.shelf_id}"), []).append(shelf)
    assert len(by_shard) == DUE_SHARDS
    assert stores.shelves.due(START + HOUR, 20) == due[:20]
    assert stores.shelves.oldest_due_at(START + HOUR) == due[0].due_at
    assert stores.shelves.oldest_due_at(START - MILLISECOND) is None


def test_accounts_take_turns_if_not_all_due_shelves_are_read(stores: Dependencies) -> None:
    for number in range(20):
        stored(str(number), due_at=START)
    other = stored(site_id="site_b")

    def find(keys: list[ConnectionKey]) -> dict[ConnectionKey, AccountCalls]:
        return {key: AccountCalls(key[0], int(key[0] == "site_b")) for key in keys}

    assert other in stores.shelves.due(START + HOUR, 1, find)


def test_sandboxes_take_a_fixed_part_of_the_due_shelves(
    stores: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_storage, "MAX_SANDBOX_SHELVES", 3)
    for number in range(10):
        stored(str(number), site_id="test_a", due_at=START - HOUR)
    live = stored(due_at=START)

    due = stores.shelves.due(START + HOUR, 100)

    assert [one.site_id for one in due] == ["test_a"] * 3 + ["site_a"]
    # The view of the operator shows the delay of live sites.
    assert stores.shelves.oldest_due_at(START + HOUR) == live.due_at


@pytest.mark.parametrize(
    "changed", [{"due_at": START + 2 * HOUR}, {"slots": ()}], ids=["not due", "empty"]
)
def test_outdated_entry_of_the_index_is_left_out(
    stores: Dependencies, changed: dict[str, Any]
) -> None:
    shelf, other = stored("1"), stored("2")

    def intercept(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        response = proceed()
        if operation == "Query" and response["Count"]:
            item_from_shelf(replace(shelf, **changed)).save()
        return response

    with intercept_calls(intercept):
        assert stores.shelves.due(START + HOUR, 10) == [other]


def test_shelf_is_leased_again_only_after_the_lease(stores: Dependencies) -> None:
    shelf, due = stored(), START + HOUR
    attempts = [
        stores.shelves.lease(shelf, lease, now, now + HOUR)
        for lease, now in (
            ("l1", due),
            ("l2", due + HOUR - MILLISECOND),
            ("l3", due + HOUR),
        )
    ]

    leased = stores.shelves.get("site_a", "US", "1")
    assert attempts == [True, False, True]
    assert leased == replace(shelf, lease="l3", leased_until=due + 2 * HOUR)


def lease(stores: Dependencies, shelf: Shelf) -> None:
    assert stores.shelves.lease(shelf, "new", START + HOUR, START + 2 * HOUR)


def reschedule(stores: Dependencies, shelf: Shelf) -> None:
    assert stores.shelves.reschedule(shelf, START)


def delete(_stores: Dependencies, shelf: Shelf) -> None:
    ShelfItem(shelf.site_id, f"US#{shelf.shelf_id}").delete()


@pytest.mark.parametrize("change", [lease, reschedule, delete])
def test_shelf_that_changed_since_it_was_read_is_not_deferred_leased_or_released(
    stores: Dependencies, change: Callable[[Dependencies, Shelf], None]
) -> None:
    shelf = stored()
    change(stores, shelf)
    before = stores.shelves.list_for_site("site_a")

    assert not stores.shelves.defer(shelf, START + 5 * HOUR)
    assert not stores.shelves.lease(shelf, "other", START + HOUR, START + 2 * HOUR)
    assert not stores.shelves.release_lease(replace(shelf, lease="other"), START + 5 * HOUR)
    assert stores.shelves.list_for_site("site_a") == before


def test_rescheduled_shelf_has_no_lease(stores: Dependencies) -> None:
    shelf = stored(lease="l1", leased_until=START + HOUR)

    assert stores.shelves.reschedule(shelf, START)

    free = replace(shelf, lease="", leased_until=None, due_at=START)
    assert stores.shelves.get("site_a", "US", "1") == free
    delete(stores, shelf)
    assert not stores.shelves.reschedule(shelf, START)
    assert stores.shelves.get("site_a", "US", "1") is None


def test_shelves_are_listed_by_site_and_marketplace(stores: Dependencies) -> None:
    american, german = stored(), stored(marketplace="DE")
    other = stored(site_id="site_b")

    assert stores.shelves.list_for_site("site_a") == [german, american]
    assert stores.shelves.list_for_site("site_a", "US") == [american]
    assert stores.shelves.get_many("site_b", [("US", "1"), ("DE", "1"), ("US", "1")]) == {
        ("US", "1"): other
    }


def test_shelves_are_read_consistently(stores: Dependencies) -> None:
    stored()
    with recorded_reads() as reads:
        stores.shelves.get("site_a", "US", "1")
        stores.shelves.get_many("site_a", [("US", "1")])
        stores.shelves.list_for_site("site_a")
        stores.shelves.due(START + HOUR, 10)

    assert reads.consistent == ["GetItem", "BatchGetItem", "Query", "BatchGetItem"]
    assert reads.eventual == ["Query"] * DUE_SHARDS, "a global index has no consistent reads"
