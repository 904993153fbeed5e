"""Products by state: each is counted once."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.product_counts import ProductCounts, count_products
from amzlinkr.domain.shelves import MAX_OMISSIONS, Shelf, Slot, add_products
from tests.clock import START
from tests.fakes import product

HOUR = timedelta(hours=1)
AGES = [2 * HOUR - timedelta(seconds=1), 2 * HOUR, 24 * HOUR, 3 * HOUR, 24 * HOUR]


def shelf_with(count: int) -> Shelf:
    """Return a shelf with one product of each age."""
    products = [
        product(f"B0{number:08d}", observed_at=START - age)
        for number, age in enumerate(AGES[:count])
    ]
    return add_products(products, [], Shelf("site", "US", "s", (), START, START + HOUR))[0]


def test_products_are_counted_by_state() -> None:
    fresh, stale, old, *others = shelf_with(5).slots
    expired = replace(others[0], fingerprint=None)
    missing = replace(others[1], fingerprint=None, omissions=MAX_OMISSIONS)
    waiting = [Slot(f"B1{number:08d}", None, START, is_waiting=True) for number in range(3)]
    shelf = replace(shelf_with(5), slots=(fresh, stale, old, expired, missing, *waiting))

    assert count_products([shelf], START, HOUR) == ProductCounts(1, 1, 2, 1, 3)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, MAX_OMISSIONS), st.booleans())),
    st.integers(1, 12),
)
def test_each_product_is_counted_once(slots: list[tuple[int, int, bool]], hours: int) -> None:
    shelf = shelf_with(1)
    content = shelf.slots[0].fingerprint
    shelf = replace(
        shelf,
        slots=tuple(
            Slot(
                f"B0{number:08d}",
                content if has_content and omissions < MAX_OMISSIONS else None,
                START - age * HOUR,
                omissions,
            )
            for number, (age, omissions, has_content) in enumerate(slots)
        ),
    )

    counts = count_products([shelf, shelf], START, hours * HOUR)

    total = counts.fresh + counts.stale + counts.expired + counts.missing
    assert total == 2 * len(slots)
    assert counts.missing == 2 * sum(omissions == MAX_OMISSIONS for _, omissions, _ in slots)
