"""Rows are read one after another: whatever happens in between, a product is what Amazon said then.

Each way of reading is stopped before each of its AWS calls, and one thing happens there.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.imports import Job, chunks_of, entry_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.product_items import details_item
from amzlinkr.storage.records import OfferItem
from amzlinkr.storage.shelves import item_from_shelf
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.iam.enforcer import off_duty
from tests.integration.aws_spy import run_before_each_call
from tests.integration.feed_reader import check_shown
from tests.integration.feed_scenario import ASINS, Content, FeedScenario

FIRST, SECOND = ASINS[:2]
NEW = Content(2000, "in_stock", "Second")


def refreshed(world: FeedScenario) -> None:
    (shelf,) = [
        shelf for shelf in world.deps.shelves.list_for_site(world.site.site_id) if shelf.slots
    ]
    found = {asin: world.observe(asin) for asin in shelf.asins}
    world.deps.product_writer.refresh(shelf, LookupResult(world.now(), found))


def seen_again(world: FeedScenario) -> None:
    world.clock.advance(minutes=5)
    refreshed(world)


def changed(world: FeedScenario) -> None:
    world.clock.advance(minutes=5)
    world.history[FIRST].append((world.now(), NEW))
    refreshed(world)


def described_anew(world: FeedScenario) -> None:
    world.clock.advance(minutes=5)
    world.history[FIRST].append((world.now(), NEW._replace(price=1000)))
    refreshed(world)


def removed(world: FeedScenario) -> None:
    world.deps.product_writer.remove(world.site.site_id, "US", FIRST)


def removed_and_imported_from_an_older_answer(world: FeedScenario) -> None:
    world.clock.advance(minutes=1)
    world.history[FIRST].append((world.now(), NEW))
    old = world.observe(FIRST)
    world.clock.advance(minutes=1)
    world.history[FIRST].append((world.now(), NEW._replace(price=1000)))
    refreshed(world)
    removed(world)
    world.deps.product_writer.add(world.site.site_id, "US", [old])


def expired(world: FeedScenario) -> None:
    world.clock.advance(hours=25)
    for shelf in world.deps.shelves.list_for_site(world.site.site_id):
        world.expire(shelf)


def expired_and_back(world: FeedScenario) -> None:
    expired(world)
    changed(world)


def moved(world: FeedScenario) -> None:
    """To another shelf, as compaction would, and refreshed there."""
    site_id = world.site.site_id
    (shelf,) = [shelf for shelf in world.deps.shelves.list_for_site(site_id) if shelf.slots]
    item_from_shelf(replace(shelf, shelf_id="elsewhere")).save()
    item_from_shelf(replace(shelf, slots=())).save()
    for asin in shelf.asins:
        row = OfferItem.get(site_id, item_keys.product("US", asin))
        row.update([OfferItem.shelf_id.set("elsewhere")])
    changed(world)


EVENTS = [
    seen_again,
    changed,
    described_anew,
    removed,
    removed_and_imported_from_an_older_answer,
    expired,
    expired_and_back,
    moved,
]


def import_again(world: FeedScenario) -> list[dict[str, Any]]:
    """Ask for the results of an import that was done before."""
    site_id = world.site.site_id
    entries = (entry_of(FIRST, 0, "US"), entry_of(SECOND, 1, "US"))
    chunks = chunks_of(entries)
    job = Job("job_1", site_id, entries, chunks, world.now())
    world.deps.jobs.create(job)
    world.deps.jobs.finish(job, chunks[0], {FIRST: None, SECOND: None})
    reply = world.site.get("/v1/import/job_1")
    assert reply.status in (200, 404)  # kept for a day
    return [entry["product"] for entry in reply.json.get("results", ()) if "product" in entry]


READS: dict[str, Callable[[FeedScenario], list[dict[str, Any]]]] = {
    "one": lambda world: [world.site.get(f"/v1/products/{FIRST}", marketplace="US").json],
    "page": lambda world: world.site.get("/v1/products", marketplace="US").json["products"],
    "changes": lambda world: [
        change["product"]
        for change in world.site.get("/v1/changes").json["changes"]
        if "product" in change
    ],
    "job": import_again,
    "export": lambda world: world.site.get("/v1/export").json["products"],
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("event", EVENTS)
def test_product_read_during_a_change_is_consistent(
    event: Callable[[FeedScenario], None], read: str, aws: Config, clock: FakeClock
) -> None:
    numbers = count()
    deps = Dependencies(aws, clock)

    def interrupted(at: int) -> int:
        """Read with the event before the call of this number; how many calls were made."""
        world = FeedScenario(deps, clock, next(numbers))
        deps.product_writer.add(
            world.site.site_id, "US", [world.observe(FIRST), world.observe(SECOND)]
        )
        made = 0

        def step() -> None:
            nonlocal made
            made += 1
            if made == at:
                with off_duty():
                    event(world)

        with run_before_each_call(step):
            shown = READS[read](world)
        for product in shown:
            if "asin" in product:
                check_shown(product, world)
        return made

    calls = interrupted(0)
    assert calls >= 2
    for at in range(1, calls + 1):
        interrupted(at)


def test_rows_that_do_not_match_their_fingerprint_are_shown(aws: Config, clock: FakeClock) -> None:
    world = FeedScenario(Dependencies(aws, clock), clock, 1)
    site_id, stores = world.site.site_id, world.deps
    stores.product_writer.add(site_id, "US", [world.observe(FIRST)])
    (shelf,) = stores.shelves.list_for_site(site_id)
    (slot,) = shelf.slots
    assert slot.fingerprint is not None
    other = replace(slot, fingerprint=replace(slot.fingerprint, details="0" * 12))
    item_from_shelf(replace(shelf, slots=(other,))).save()

    assert world.site.get(f"/v1/products/{FIRST}", marketplace="US").json["price"]["amount"] == 1000
    clock.advance(hours=24)
    assert (
        world.site.get(f"/v1/products/{FIRST}", marketplace="US").json["price_status"] == "expired"
    )


@pytest.mark.parametrize("read", READS)
def test_product_expired_during_the_read_is_shown_without_content(
    read: str, aws: Config, clock: FakeClock
) -> None:
    """Rows of one answer may be of different moments, and the reader's clock may be behind."""
    world = FeedScenario(Dependencies(aws, clock), clock, 1)
    seen = world.observe(FIRST)
    world.deps.product_writer.add(world.site.site_id, "US", [seen])
    expired(world)
    details_item(world.site.site_id, seen).save()
    clock.advance(hours=-1, seconds=-1)

    (shown,) = READS[read](world)

    assert (shown["title"], shown["availability"]) == (None, None)
    assert shown["price_status"] == "expired"


@pytest.mark.parametrize("read", READS)
def test_product_possibly_older_than_24_hours_is_expired(
    read: str, aws: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = FeedScenario(Dependencies(aws, clock), clock, 1)
    world.deps.product_writer.add(world.site.site_id, "US", [world.observe(FIRST)])
    clock.advance(hours=23, minutes=59, seconds=58)
    assert [shown["price_status"] for shown in READS[read](world)] == ["current"]

    monkeypatch.setattr(clock, "uncertainty", lambda: timedelta(seconds=2))

    assert [shown["price_status"] for shown in READS[read](world)] == ["expired"]
