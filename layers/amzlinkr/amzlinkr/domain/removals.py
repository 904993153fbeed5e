"""Removal of products from their shelves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from amzlinkr.domain.shelves import MAX_SHELF_SIZE, Shelf, own_time


def remove_products(
    asins: Collection[str], shelves: Iterable[Shelf]
) -> tuple[list[Shelf], dict[str, Shelf]]:
    """Return the changed shelves without these products, and the products that changed shelves.

    `shelves` are all of the site and marketplace. At most one of them has free slots, so that n
    products always take the fewest possible calls: n / 10, rounded up. A product that moves into a
    free slot is returned with the shelf it leaves; it keeps the time it was seen. At most as many
    move as are removed.
    """
    read = {shelf.shelf_id: shelf for shelf in shelves}
    changed = {name: kept for name, shelf in read.items() if (kept := _without(shelf, asins))}
    maximum = sum(len(read[name].slots) - len(kept.slots) for name, kept in changed.items())
    partly_filled = {
        name: shelf
        for name, shelf in (read | changed).items()
        if 0 < len(shelf.slots) < MAX_SHELF_SIZE
    }
    moved: dict[str, Shelf] = {}
    for _ in range(maximum):
        if len(partly_filled) <= 1:
            break
        # From the emptiest shelf to the fullest, so that the fewest products move.
        by_size = sorted(partly_filled.values(), key=lambda one: (len(one.slots), one.shelf_id))
        source, target = by_size[0], by_size[-1]
        moved[source.slots[-1].asin] = read[source.shelf_id]
        for shelf in _with_last_moved(source, target):
            changed[shelf.shelf_id] = partly_filled[shelf.shelf_id] = shelf
            if len(shelf.slots) in (0, MAX_SHELF_SIZE):
                del partly_filled[shelf.shelf_id]
    return list(changed.values()), moved


def _without(shelf: Shelf, asins: Collection[str]) -> Shelf | None:
    """Return the shelf without these products, or None if it has none of them."""
    kept = tuple(slot for slot in shelf.slots if slot.asin not in asins)
    return None if len(kept) == len(shelf.slots) else replace(shelf, slots=kept)


def _with_last_moved(source: Shelf, target: Shelf) -> tuple[Shelf, Shelf]:
    """Return both shelves after the last product of the source moved to the target, which is first.

    The product keeps the time it was seen.
    """
    moved = source.slots[-1]
    slot = replace(moved, seen_at=own_time(source.seen_at(moved), target.observed_at))
    # A product that waits is not delayed by the move.
    due_at = min(target.due_at, source.due_at) if moved.is_waiting else target.due_at
    filled = replace(target, slots=(*target.slots, slot), due_at=due_at)
    # The product that moved may be older than this shelf: refresh it before it expires.
    return filled.with_capped_due_at(), replace(source, slots=source.slots[:-1])
