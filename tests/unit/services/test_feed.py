"""Expiry of content before a page of the change feed."""

import re
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from amzlinkr import telemetry
from amzlinkr.domain.feed import FeedState
from amzlinkr.domain.products import Deal
from amzlinkr.domain.shelves import Shelf
from amzlinkr.services.feed import MAX_EXPIRED_SHELVES, ChangeFeed
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import offer, product
from tests.simulation.memory_aws import MemoryAws


def test_read_expires_a_limited_number_of_shelves(
    clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    shelves = MAX_EXPIRED_SHELVES + 1
    with MemoryAws(clock.now).beneath() as config:
        deps = Dependencies(config, clock)
        for start in range(0, 10 * shelves, 10):
            products = [product(f"B{number:09d}") for number in range(start, start + 10)]
            deps.product_writer.add("site_a", "US", products)

        def read() -> tuple[int, int]:
            last, found = deps.change_feed.read_shelves("site_a")
            return last.last_seq, sum(shelf.has_expired_content(clock.now()) for shelf in found)

        clock.advance(hours=23, minutes=59)
        added, _ = read()
        assert read() == (added, 0)
        clock.advance(minutes=1)
        first, second, third = read(), read(), read()
        telemetry.flush()

    [counts] = re.findall(r'"ProductsExpired":\[([\d.,]+)', capsys.readouterr().out)
    assert sum(map(float, counts.split(","))) == 10 * shelves
    assert first == (added + 10 * MAX_EXPIRED_SHELVES, 1)
    assert second == third == (added + 10 * shelves, 0)


@pytest.mark.parametrize("is_sandbox", [False, True])
def test_read_ends_the_deals_of_a_sandbox(clock: FakeClock, is_sandbox: bool) -> None:
    site_id = f"{'test' if is_sandbox else 'site'}_a"
    deal = Deal("all", "Today", ends_at=clock.now() + timedelta(minutes=10))
    with MemoryAws(clock.now).beneath() as config:
        deps = Dependencies(config, clock)
        deps.product_writer.add(site_id, "US", [product("B000000001", replace(offer(), deal=deal))])

        def read() -> int:
            return deps.change_feed.read_shelves(site_id)[0].last_seq

        assert read() == 1
        clock.advance(minutes=11)
        # Elsewhere the planner ends the deal: the shelf is due.
        assert [read(), read()] == ([2, 2] if is_sandbox else [1, 1])


@pytest.mark.parametrize("site_id", ["site_a", "test_a"])
def test_shelf_without_content_is_read_once_and_not_expired(clock: FakeClock, site_id: str) -> None:
    products, shelves, writer = mock.Mock(), mock.Mock(), mock.Mock()
    products.feed_state.return_value = FeedState(1)
    shelves.list_for_site.return_value = [Shelf(site_id, "US", "s1", (), START, START)]
    clock.advance(hours=25)

    found = ChangeFeed(products, shelves, writer, clock).read_shelves(site_id)

    assert found == (FeedState(1), shelves.list_for_site.return_value)
    assert shelves.list_for_site.call_count == 1
    writer.expire.assert_not_called()
